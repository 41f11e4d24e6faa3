from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from starlette.types import ASGIApp

from resolvers.endpoint.answer import Answer
from resolvers.endpoint.edge import Endpoint
from resolvers.endpoint.pipe import event_of
from resolvers.endpoint.ports import Limits
from tests.kit.wait import until
from tests.resolvers.endpoint.drive import KEY, STREAM, Reply, ask, live, query
from tests.resolvers.endpoint.sample import CANARY, World, app_of

COMPLETE = b"event: complete\ndata:\n\n"


def _event(value: int) -> bytes:
    return b'event: next\nid: %d\ndata: {"data":{"count":{"cursor":"%d","value":%d}}}\n\n' % (value, value, value)


@asynccontextmanager
async def _silent_stream(app: ASGIApp, endpoint: Endpoint) -> AsyncIterator[asyncio.Task[Reply]]:
    """A stream that is open and says nothing; the task gives what came through it in the end."""
    before = endpoint.open_streams
    task = asyncio.create_task(query(app, "subscription { silence { value } }", STREAM))
    await until(lambda: endpoint.open_streams == before + 1)
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_a_subscription_is_pushed_event_by_event_with_its_cursors() -> None:
    reply = await query(app_of(World())[0], "subscription { count { cursor value } }", STREAM)
    assert reply.status == 200
    assert reply.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert reply.body == b":\n\n" + _event(1) + _event(2) + _event(3) + COMPLETE
    assert b"\r" not in reply.body


async def test_a_client_that_comes_back_goes_on_after_the_last_event_it_saw() -> None:
    app, _ = app_of(World())
    for document in (
        "subscription { count { cursor value } }",
        "subscription ($a: String) { count(after: $a) { cursor value } }",
        'subscription { count(after: "0") { cursor value } }',
    ):
        reply = await query(app, document, {**STREAM, "last-event-id": "2"})
        assert reply.body == b":\n\n" + _event(3) + COMPLETE


async def test_a_subscription_by_get_streams_too() -> None:
    url = "/graphql?query=subscription%7Bcount%7Bcursor%20value%7D%7D"
    reply = await ask(app_of(World())[0], b"", {**KEY, "accept": "text/event-stream"}, method="GET", url=url)
    assert reply.body.endswith(_event(3) + COMPLETE)


async def test_without_the_cursor_selected_events_bear_no_id() -> None:
    reply = await query(app_of(World())[0], "subscription { count(to: 1) { value } }", STREAM)
    assert reply.body == b':\n\nevent: next\ndata: {"data":{"count":{"value":1}}}\n\n' + COMPLETE


async def test_a_query_by_event_stream_is_one_event() -> None:
    reply = await query(app_of(World())[0], "{ hello }", STREAM)
    assert reply.body == b'event: next\ndata: {"data":{"hello":"hello world"}}\n\n' + COMPLETE


async def test_a_cursor_that_expired_is_said_in_the_stream() -> None:
    reply = await query(app_of(World())[0], 'subscription { count(after: "expired") { value } }', STREAM)
    assert b'"code":"CURSOR_EXPIRED"' in reply.body
    assert reply.body.endswith(COMPLETE)


async def test_a_source_that_breaks_ends_the_stream_with_a_masked_error() -> None:
    reply = await query(app_of(World())[0], "subscription { breaks { value } }", STREAM)
    assert b'"value":1' in reply.body
    assert b'"code":"INTERNAL"' in reply.body
    assert CANARY.encode() not in reply.body
    assert reply.body.endswith(COMPLETE)


async def test_arguments_that_do_not_fit_are_said_in_the_stream() -> None:
    reply = await query(app_of(World())[0], "subscription ($n: Int!) { count(to: $n) { value } }", STREAM)
    assert b'"code":"BAD_USER_INPUT"' in reply.body


async def test_each_event_is_read_through_a_context_of_its_own() -> None:
    """Fault F8: a context that lives as long as its stream tells the first value for ever."""
    reply = await query(app_of(World())[0], "subscription { count { truth } }", STREAM)
    assert [part.split(b'"truth":')[1][:1] for part in reply.body.split(b"data: ")[1:]] == [b"1", b"2", b"3"]


async def test_a_revoked_key_gets_no_further_event() -> None:
    world = World(revoked={"rep"})
    reply = await query(app_of(world)[0], "subscription { count { value } }", STREAM)
    assert b'"value"' not in reply.body
    assert b'"code":"SUBSCRIPTION_AUTH_EXPIRED"' in reply.body


async def test_a_stream_ends_when_its_key_does() -> None:
    world = World(admitted_until=datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=1))
    reply = await query(app_of(world)[0], "subscription { silence { value } }", STREAM)
    assert b'"code":"SUBSCRIPTION_AUTH_EXPIRED"' in reply.body
    assert reply.body.endswith(COMPLETE)
    assert world.open_feeds == 0


async def test_a_busy_stream_ends_when_its_key_does_too() -> None:
    world = World(admitted_until=datetime(2026, 1, 1, tzinfo=UTC))
    reply = await query(app_of(world)[0], "subscription { count { value } }", STREAM)
    assert b'"code":"SUBSCRIPTION_AUTH_EXPIRED"' in reply.body
    assert b'"value"' not in reply.body


async def test_a_quiet_stream_is_kept_alive_by_comments_and_closed_with_its_client() -> None:
    world = World()
    app, endpoint = app_of(world, Limits(keep_alive=0.01))
    async with live(app) as host, httpx.AsyncClient() as client:
        asked = {"query": "subscription { silence { value } }"}
        async with client.stream("POST", f"http://{host}/graphql", json=asked, headers=STREAM) as response:
            received = b""
            async for chunk in response.aiter_raw():
                received += chunk
                if received.count(b":\n\n") >= 3:
                    break
            assert set(received) == set(b":\n")
            assert (world.open_feeds, endpoint.open_streams) == (1, 1)
        await until(lambda: (world.open_feeds, endpoint.open_streams) == (0, 0))


async def test_streams_leave_when_the_hub_does_without_saying_complete() -> None:
    world = World()
    app, endpoint = app_of(world)
    async with _silent_stream(app, endpoint) as received:
        assert await endpoint.drain() == 0
        assert (await received).body == b":\n\n"
    assert world.open_feeds == 0


async def test_a_credential_has_a_bounded_number_of_streams() -> None:
    app, endpoint = app_of(World(), Limits(streams=1))
    async with _silent_stream(app, endpoint):
        reply = await query(app, "subscription { silence { value } }", STREAM)
        assert (reply.status, reply.codes) == (429, ["THROTTLED"])
        other = {**STREAM, "authorization": "Bearer other-key"}
        assert (await query(app, "subscription { count { value } }", other)).status == 200
        await endpoint.drain()


@pytest.mark.parametrize("cursor", ["a\nb", "é", "\x00", ""])
def test_an_id_that_would_break_the_stream_is_left_out(cursor: str) -> None:
    assert event_of(Answer(body=b"{}", cursor=cursor)) == b"event: next\ndata: {}\n\n"
