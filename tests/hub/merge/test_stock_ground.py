"""Step 1 for observations of stock: which positions are locked, and what is loaded of them."""

from __future__ import annotations

import anyio
import pytest

from hub.merge.stock_ground import locked, parted
from hub.merge.work import Work
from hub.model.ids import position_id
from hub.model.vocabulary import Kind
from hub.store.store import Store
from tests.kit.merging import CALL, ERP, SHOP, TENANT, WMS, Looking, order, seen
from tests.kit.stock import EAST, MUG, WH, counted, stock_of


@pytest.fixture
def hub(store: Store) -> Looking:
    return Looking(store)


def test_the_observations_of_stock_are_taken_out_of_a_work() -> None:
    stock, other = counted(WMS, stock_of(on_hand=1)), seen((SHOP, Kind.ORDER, "s0"), order())
    goods, rest = parted(Work(observations=(stock, other), wake=("r",)))
    assert (goods, rest.observations, rest.wake) == ((stock,), (other,), ("r",))
    plain = Work(observations=(other,))
    assert parted(plain) == ((), plain)


async def test_nothing_is_asked_where_no_stock_was_observed(hub: Looking) -> None:
    async with hub.store.shard(CALL) as tx:
        assert await locked(tx, TENANT, ()) is None


async def test_old_and_new_position_are_loaded_with_what_every_source_said_of_them(hub: Looking) -> None:
    await hub.write(counted(WMS, stock_of(on_hand=1)), counted(ERP, stock_of(warehouse=EAST, on_hand=2)))
    async with hub.store.shard(CALL) as tx:
        counting = await locked(tx, TENANT, (counted(WMS, stock_of(warehouse=EAST, on_hand=3), 60),))
    assert counting is not None
    here, there = position_id(MUG, WH), position_id(MUG, EAST)
    assert counting.before.roots.keys() == {here, there}
    assert {key.source for key in counting.before.records} == {ERP, WMS}
    assert {position: [row.source for row in rows.values()] for position, rows in counting.stock.items()} == {
        here: [WMS],
        there: [ERP],
    }
    assert counting.shelf.records == counting.before.records
    assert counting.shelf.records is not counting.before.records


async def test_two_works_about_one_source_wait_for_each_other_and_lose_nothing(hub: Looking) -> None:
    async with anyio.create_task_group() as group:
        for number in range(8):
            content = stock_of(f"SKU-{number % 3}", on_hand=number)
            group.start_soon(hub.write, counted(WMS, content, 10 * number, source_id="moving"))
    ((sku, value),) = await hub.rows("select sku, value::int from stock")
    assert (sku, value) == ("SKU-1", 7)
