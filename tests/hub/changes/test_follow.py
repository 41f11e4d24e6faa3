"""Followers read everything once saved, and a place that lost its meaning is said so, never skipped (rule 3)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence

import pytest
from sqlalchemy import text

from hub.call import worker_call
from hub.changes.follow import follow, last_place, page_after
from hub.changes.relay import Relay
from hub.errors import CursorExpired
from hub.store.changelog import LoggedChange, Place
from hub.store.roles import Role, RoleUrls
from hub.store.store import Store, open_store
from tests.kit.changes import TERM, make_change, put_outbox
from tests.kit.recorder import ListRecorder

pytestmark = pytest.mark.anyio
CALL = worker_call("acme")


@pytest.fixture
async def relay(database: RoleUrls) -> AsyncIterator[Relay]:
    async with open_store(database, Role.WORK, size=1) as own:
        relay = Relay(own, "left", ListRecorder())
        await relay.turn()
        yield relay


async def put(store: Store, relay: Relay, count: int) -> None:
    async with store.shard(CALL) as tx:
        await put_outbox(tx, *(make_change() for _ in range(count)))
    assert await relay.turn() == count


async def test_a_page_follows_its_place(store: Store, tailing: Store, relay: Relay) -> None:
    start = await last_place(tailing)
    await put(store, relay, 3)
    page = await page_after(tailing, start)
    assert [line.place.position for line in page] == [1, 2, 3]
    assert [line.place.position for line in await page_after(tailing, page[1].place)] == [3]


async def test_an_unknown_term_has_expired(store: Store, tailing: Store, relay: Relay) -> None:
    await put(store, relay, 1)
    with pytest.raises(CursorExpired):
        await page_after(tailing, Place(term=TERM, position=1))


async def test_a_place_past_the_end_has_expired(store: Store, tailing: Store, relay: Relay) -> None:
    await put(store, relay, 1)
    end = await last_place(tailing)
    with pytest.raises(CursorExpired):
        await page_after(tailing, Place(term=end.term, position=2))


async def test_a_place_below_what_is_kept_has_expired(store: Store, tailing: Store, relay: Relay) -> None:
    await put(store, relay, 3)
    end = await last_place(tailing)
    async with store.across() as tx:
        await tx.execute(text("update sequencer set floor = 3"))
    with pytest.raises(CursorExpired):
        await page_after(tailing, Place(term=end.term, position=1))
    assert [line.place.position for line in await page_after(tailing, Place(term=end.term, position=2))] == [3]


async def test_a_place_of_an_older_term_goes_on_only_before_the_next_one_began(
    store: Store, tailing: Store, relay: Relay, database: RoleUrls
) -> None:
    await put(store, relay, 2)
    old = (await last_place(tailing)).term
    async with store.across() as tx:
        await tx.execute(text("update sequencer set until = null"))
    async with open_store(database, Role.WORK, size=1) as own:
        successor = Relay(own, "right", ListRecorder())
        await successor.turn()
        await put(store, successor, 1)
    page = await page_after(tailing, Place(term=old, position=2))
    assert [line.place.position for line in page] == [3]
    assert page[0].place.term != old
    with pytest.raises(CursorExpired):
        await page_after(tailing, Place(term=old, position=3))


async def test_a_follower_goes_on_where_it_saved(store: Store, relay: Relay) -> None:
    seen: list[int] = []
    full = asyncio.Event()

    async def apply(page: Sequence[LoggedChange]) -> None:
        seen.extend(line.place.position for line in page)
        if seen[-1] in (2, 4):
            full.set()

    await put(store, relay, 2)
    for _ in range(2):
        loop = asyncio.create_task(follow(store, "test", apply))
        await full.wait()
        full.clear()
        await asyncio.sleep(0.05)  # the page is saved right after it was applied
        loop.cancel()
        await asyncio.gather(loop, return_exceptions=True)
        await put(store, relay, 2)
    assert seen == [1, 2, 3, 4]
