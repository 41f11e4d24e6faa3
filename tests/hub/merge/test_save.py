"""What differs is written, and nothing else."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import text

from hub.merge.save import Aside, differing, save
from hub.merge.shelf import Shelf
from hub.merge.telling import Told
from hub.store.store import Store
from tests.kit.deliveries import delivery
from tests.kit.merging import CALL, TENANT, Looking, at


def test_only_new_and_other_rows_differ() -> None:
    assert differing({1: "a", 2: "b"}, {1: "a", 2: "c", 3: "d"}) == [(2, "c"), (3, "d")]


async def test_equal_shelves_write_nothing(store: Store) -> None:
    shelf = Shelf(now=at(0))
    async with store.shard(CALL) as tx:
        await save(tx, TENANT, (shelf, shelf.copy()), Told(), Aside())
        assert await tx.scalar(text("select pg_current_xact_id_if_assigned() is null"))


async def test_a_key_that_changes_hands_is_freed_before_it_is_taken(store: Store) -> None:
    """Of two deliveries of one key the further one takes it from the other, in one transaction (Id-3)."""
    hub = Looking(store)
    before = Shelf(now=at(0))
    shelf = before.copy()
    shelf.deliveries = {"1": delivery("1", key="k"), "2": delivery("2", root_id="b", key="k")}
    async with hub.store.shard(CALL) as tx:
        await save(tx, TENANT, (before, shelf), Told(), Aside())
    after = shelf.copy()
    after.deliveries = {
        "2": replace(shelf.deliveries["2"], root_id="a"),
        "1": replace(shelf.deliveries["1"], key="k@b"),
    }
    async with hub.store.shard(CALL) as tx:
        await save(tx, TENANT, (shelf, after), Told(), Aside())
    assert await hub.rows("select id, root_id, key from delivery order by id") == [("1", "a", "k@b"), ("2", "a", "k")]
