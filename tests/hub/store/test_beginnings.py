"""Ids and versions with which streams of stock, sources and cases begin."""

from __future__ import annotations

from hub.merge.work import SourceNews
from hub.model.ids import position_id, source_root
from hub.store.beginnings import versions_of_cases, versions_of_positions, versions_of_roots, warehouses_coded
from hub.store.store import Store
from tests.kit.merging import CALL, SHOP, TENANT, WMS, Looking
from tests.kit.stock import EAST, MUG, WH, counted, stock_of


async def test_positions_by_item_and_warehouse(store: Store) -> None:
    hub = Looking(store)
    await hub.each(counted(WMS, stock_of(on_hand=7)), counted(WMS, stock_of(on_hand=6), 5))
    await hub.write(counted(WMS, stock_of(MUG, EAST, on_hand=1), source_id="east"))
    async with store.shard(CALL) as tx:
        assert await versions_of_positions(tx, TENANT, {}, 10) == {position_id(MUG, WH): 2, position_id(MUG, EAST): 1}
        assert await versions_of_positions(tx, TENANT, {"warehouse": (EAST,)}, 10) == {position_id(MUG, EAST): 1}
        assert await versions_of_positions(tx, TENANT, {"sku": ("PEN",)}, 10) == {}
        assert len(await versions_of_positions(tx, TENANT, {}, 1)) == 1


async def test_sources_that_were_told_of_and_open_cases(store: Store) -> None:
    hub = Looking(store)
    await hub.write(news=(SourceNews(source=SHOP, breaker="OPEN"),))
    async with store.shard(CALL) as tx:
        assert await versions_of_roots(tx, TENANT, [source_root(SHOP), source_root(WMS)]) == {source_root(SHOP): 1}
        assert list((await versions_of_cases(tx, TENANT, {"queue": ("INTEGRATION",)}, 10)).values()) == [1]
        assert await versions_of_cases(tx, TENANT, {"queue": ("CS",)}, 10) == {}
        assert await versions_of_cases(tx, TENANT, {"order": ("none",)}, 10) == {}
        assert await warehouses_coded(tx, TENANT, [WH]) == frozenset()
    await hub.write(news=(SourceNews(source=SHOP, breaker="CLOSED"),))
    async with store.shard(CALL) as tx:
        assert await versions_of_cases(tx, TENANT, {}, 10) == {}
