"""Shared subscriptions over event streams."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.types import ASGIApp

from tests.kit.wait import until
from tests.resolvers.endpoint.drive import STREAM, Reply, query
from tests.resolvers.endpoint.sample import World, app_of
from tests.resolvers.endpoint.scripted import SHARED, tell


@asynccontextmanager
async def streaming(app: ASGIApp, world: World, **headers: str) -> AsyncIterator[asyncio.Task[Reply]]:
    """A shared stream; the task gives what came through it in the end."""
    before = world.feed.subscribers
    task = asyncio.create_task(query(app, SHARED, {**STREAM, **headers}))
    await until(lambda: world.feed.subscribers == before + 1)
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def told() -> None:
    """Let what the log says reach who streams: some turns of the loop, however late each comes."""
    await asyncio.sleep(0.05)
    for _ in range(50):
        await asyncio.sleep(0)


def ids(reply: Reply) -> list[str]:
    """Of its events."""
    return [line.removeprefix("id: ") for line in reply.body.decode().splitlines() if line.startswith("id: ")]


async def test_events_bear_their_cursor_and_the_last_one_is_given_when_the_hub_leaves() -> None:
    world = World()
    app, endpoint = app_of(world)
    async with streaming(app, world) as coming:
        tell(world, 1, 2)
        await told()
        assert await endpoint.drain() == 0
        reply = await coming
    assert [b'"value":%d' % value in reply.body for value in (1, 2, 0)] == [True] * 3
    assert len(set(ids(reply))) == 2  # the checkpoint says where the second event was
    assert b"complete" not in reply.body
    assert world.feed.subscribers == 0


async def test_who_comes_back_with_the_last_id_hears_what_was_missed() -> None:
    world = World()
    app, endpoint = app_of(world)
    async with streaming(app, world) as coming:
        tell(world, 1)
        await told()
        await endpoint.drain()
        last = ids(await coming)[0]
    tell(world, 2, 3)
    app, endpoint = app_of(world)
    async with streaming(app, world, **{"last-event-id": last}) as coming:
        await told()
        await endpoint.drain()
        reply = await coming
    assert [b'"value":%d' % value in reply.body for value in (1, 2, 3)] == [False, True, True]


async def test_a_foreign_id_is_refused_in_the_stream() -> None:
    reply = await query(app_of(World())[0], SHARED, {**STREAM, "last-event-id": "bm9uZQ"})
    assert b'"code":"CURSOR_INVALID"' in reply.body
    assert reply.body.endswith(b"event: complete\ndata:\n\n")
