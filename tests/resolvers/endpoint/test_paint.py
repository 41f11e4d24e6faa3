from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from typing import Any, cast

from hub.call import Call
from hub.model.changes import ChangeKind
from hub.model.vocabulary import Kind
from resolvers.endpoint.answer import Answer
from resolvers.endpoint.paint import Painter
from resolvers.watch import Watch
from subscriptions.event import MARK
from subscriptions.feed import Feed
from subscriptions.streams import Envelope
from subscriptions.topics import Topic

CALL = Call(actor="rep", tenant="acme", correlation_id="c")
ENVELOPE = Envelope(
    cursor=MARK, kind=ChangeKind.UPDATED, occurred_at=datetime(2026, 1, 1, tzinfo=UTC), correlation_id="cause-1"
)


def painter(data: dict[str, Any] | None, *merged: str, is_last: bool = False) -> Painter:
    async def execute(event: object, correlation_id: str | None) -> Answer:
        assert (event, correlation_id) == (MARK, "cause-1")
        return Answer(body=json.dumps({"data": data}).encode(), is_last=is_last)

    watch: Watch[str] = Watch(
        feed=cast("Feed", None), call=CALL, topic=Topic(tenant="acme", kind=Kind.ORDER), shown=lambda one: one.cursor
    )
    return Painter(watch, execute, merged, asyncio.Semaphore(1))


async def test_an_event_is_cut_wherever_the_cursor_stands() -> None:
    painted = await painter({"e": {"cursor": MARK, "again": MARK, "n": 1}})(ENVELOPE)
    assert json.loads(b"CURSOR".join(painted.pieces)) == {
        "data": {"e": {"cursor": "CURSOR", "again": "CURSOR", "n": 1}}
    }
    assert (painted.ends, painted.merged) == (False, None)


async def test_coalescing_is_said_wherever_it_was_asked_for() -> None:
    painted = await painter({"e": {"m": 0, "cursor": MARK, "merged": 0}}, "m", "merged")(ENVELOPE)
    assert painted.merged is not None
    assert json.loads(b"C".join(painted.merged(7))) == {"data": {"e": {"m": 7, "cursor": "C", "merged": 7}}}


async def test_an_answer_without_data_cannot_say_it_and_one_that_is_last_ends() -> None:
    painted = await painter(None, "merged", is_last=True)(ENVELOPE)
    assert painted.merged is not None
    assert (json.loads(b"".join(painted.merged(7))), painted.ends) == ({"data": None}, True)
