from __future__ import annotations

import asyncio
from contextlib import aclosing

from hub.call import Call
from hub.model.vocabulary import Kind
from resolvers.watch import Watch
from subscriptions.topics import Topic
from tests.kit.changes import make_line
from tests.kit.wait import until
from tests.resolvers.endpoint.sample import World

CALL = Call(actor="rep", tenant="acme", correlation_id="c")


async def test_whoever_iterates_a_watch_gets_a_stream_for_himself() -> None:
    feed = World().feed
    topic = Topic(tenant="acme", kind=Kind.ORDER)
    watch = Watch(feed=feed, call=CALL, topic=topic, shown=lambda one: f"v{one.version}")
    async with aclosing(aiter(watch)) as events:
        coming = asyncio.ensure_future(anext(events))
        await until(lambda: feed.subscribers == 1)
        feed.push([make_line(1, version=7), make_line(2, version=8)])
        assert [await coming, await anext(events)] == ["v7", "v8"]
    assert feed.subscribers == 0
