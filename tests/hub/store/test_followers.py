"""Followers: one holder by epoch, a place that only it moves, and a rewind that nobody overlooks."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from hub.changes.relay import Relay
from hub.store.changelog import Place
from hub.store.followers import (
    park,
    parked,
    parked_keys,
    place_of,
    release_follower,
    renew_follower,
    rewind_follower,
    save_follower,
    stands,
    take_follower,
)
from hub.store.roles import Role, RoleUrls
from hub.store.store import Store, open_store
from tests.kit.changes import TERM, make_change, make_line, put_outbox
from tests.kit.recorder import ListRecorder

LEASE = timedelta(seconds=30)


@pytest.fixture
async def logged(store: Store, database: RoleUrls) -> str:
    """Five lines; the term they bear."""
    async with open_store(database, Role.WORK, size=1) as own:
        relay = Relay(own, "left", ListRecorder())
        await relay.turn()
        async with store.across() as tx:
            await put_outbox(tx, *(make_change() for _ in range(5)))
        await relay.turn()
    async with store.across() as tx:
        term: str = await tx.scalar(text("select term::text from sequencer_term"))
    return term


async def take(store: Store, holder: str = "one") -> int | None:
    async with store.across() as tx:
        return await take_follower(tx, "kafka", holder, LEASE)


async def test_one_holds_it_until_it_is_given_up(store: Store) -> None:
    assert (await take(store), await take(store, "other")) == (1, None)
    async with store.across() as tx:
        assert await renew_follower(tx, "kafka", 1, LEASE)
        await release_follower(tx, "kafka", 1)
    assert await take(store, "other") == 2
    async with store.across() as tx:
        assert not await renew_follower(tx, "kafka", 1, LEASE)


async def test_one_whose_lease_ran_out_moves_nothing_once_another_holds_it(store: Store, logged: str) -> None:
    await take(store)
    async with store.across() as tx:
        await tx.execute(text("update follower set until = clock_timestamp() - interval '1 second'"))
    assert await take(store, "other") == 2
    async with store.across() as tx:
        assert not await save_follower(tx, "kafka", 1, Place(term=logged, position=3))
        assert await place_of(tx, "kafka") == Place(term=logged, position=0)
        assert await save_follower(tx, "kafka", 2, Place(term=logged, position=2))
        assert await place_of(tx, "kafka") == Place(term=logged, position=2)


async def test_before_any_leadership_there_is_no_place(store: Store) -> None:
    async with store.across() as tx:
        assert await place_of(tx, "kafka") is None


async def test_a_rewind_goes_where_it_is_told_and_nowhere_else(store: Store, logged: str) -> None:
    await take(store)
    async with store.across() as tx:
        assert await rewind_follower(tx, "kafka", 4) == 3
        assert await place_of(tx, "kafka") == Place(term=logged, position=3)
        assert await rewind_follower(tx, "kafka", 6) == 5
        assert await rewind_follower(tx, "kafka", 7) is None
        await tx.execute(text("update sequencer set floor = 3"))
        assert await rewind_follower(tx, "kafka", 2) is None
        assert await rewind_follower(tx, "kafka", None) == 2
        assert await rewind_follower(tx, "search", None) is None
        assert not await save_follower(tx, "kafka", 1, Place(term=TERM, position=5))


async def test_what_is_parked_is_known_by_its_root_until_a_rewind_before_it(store: Store, logged: str) -> None:
    await take(store)
    async with store.across() as tx:
        for position, why in ((2, "too large"), (4, None)):
            await park(tx, "kafka", make_line(position, root_id="a"), why)
        assert await parked_keys(tx, "kafka") == {"acme/a"}
        assert [(one.position, one.error, one.type) for one in await parked(tx, "kafka")] == [
            (2, "too large", "order.updated"), (4, None, "order.updated"),
        ]  # fmt: skip
        assert [one.parked for one in await stands(tx)] == [2]
        await rewind_follower(tx, "kafka", 3)
        assert [one.position for one in await parked(tx, "kafka")] == [2]
        await rewind_follower(tx, "kafka", None)
        assert await parked_keys(tx, "kafka") == frozenset()
