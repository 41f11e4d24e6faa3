"""How far topics of sources were taken in."""

from __future__ import annotations

from hub.call import worker_call
from hub.store.bus_places import Behind, BusPlace, behind_on_topics, bus_places, forget_places, keep_places
from hub.store.store import Store

CALL = worker_call("acme")


async def keep(store: Store, *nexts: int) -> None:
    places = [BusPlace(source="wms", topic="t", partition=n, next=at, end=10) for n, at in enumerate(nexts)]
    async with store.shard(CALL) as tx:
        await keep_places(tx, "acme", places)


async def test_places_are_kept_by_partition_and_move(store: Store) -> None:
    async with store.shard(CALL) as tx:
        assert await bus_places(tx, "acme", "wms", "t") == {}
    await keep(store, 3, 9)
    await keep(store, 4)
    async with store.shard(CALL) as tx:
        assert await bus_places(tx, "acme", "wms", "t") == {0: 4, 1: 9}
        assert await bus_places(tx, "acme", "wms", "other") == {}


async def test_what_is_forgotten_is_read_from_its_beginning(store: Store) -> None:
    await keep(store, 3)
    async with store.shard(CALL) as tx:
        await forget_places(tx, "acme", "other")
        assert await bus_places(tx, "acme", "wms", "t") == {0: 3}
        await forget_places(tx, "acme", "wms")
        assert await bus_places(tx, "acme", "wms", "t") == {}


async def test_what_was_not_taken_in_is_counted(store: Store) -> None:
    await keep(store, 3, 9)
    async with store.across() as tx:
        assert await behind_on_topics(tx) == [Behind(tenant="acme", source="wms", topic="t", behind=8)]
