"""Stock of three rehearsed systems in one answer: the warehouse system's counts, the shop's copy is only shown."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from datetime import timedelta
from decimal import Decimal

import pytest

from hub.clock import SystemClock
from hub.merge.work import Work
from hub.merge.writer import Writer
from hub.model.inventory import Availability, AvailabilityAnswer, QuantityName
from hub.model.manifest import Landscape, SourceBinding
from hub.model.observation import Observation, Seen
from hub.model.vocabulary import Kind, SystemKind
from hub.ports import Adapter
from hub.read.availability import Wanted
from hub.read.stocks import Stocks
from hub.seal import Seal
from hub.store.store import Store
from sources.kit.stage import Stage
from sources.registry import stage
from tests.kit.merging import CALL, ERP, SHOP, TENANT, WMS

SYSTEMS: Mapping[str, tuple[str, SystemKind]] = {
    SHOP: ("vendure", SystemKind.COMMERCE),
    ERP: ("tryton_erp", SystemKind.ERP),
    WMS: ("tryton_wms", SystemKind.WMS),
}
KINDS = (Kind.WAREHOUSE, Kind.PRODUCT, Kind.INVENTORY)


class Trio:
    """Three rehearsals, read by their adapters; what they told, and the hub that heard it."""

    def __init__(self, landscape: Landscape, told: Mapping[str, tuple[Seen, ...]], stores: tuple[Store, Store]) -> None:
        working, serving = stores
        self._told = told
        self._writer = Writer(working, {TENANT: landscape})
        self.stocks = Stocks(serving, {TENANT: landscape}, Seal(b"secret"))

    async def hear(self, source: str, ago: float = 0.0) -> None:
        """Apply what *source* told, as if it had been asked *ago* seconds before now."""
        then = SystemClock().now() - timedelta(seconds=ago)
        seen = tuple(Observation(source=source, seen=one, started=then, finished=then) for one in self._told[source])
        await self._writer.write(CALL, Work(observations=seen))

    async def of(self, sku: str, quantity: int = 5) -> Availability:
        """What can be promised."""
        found = await self.stocks.availability(CALL, Wanted(sku=sku, quantity=Decimal(quantity)), None)
        assert found is not None
        return found


async def everything(made: Stage, adapter: Adapter) -> tuple[Seen, ...]:
    """All places, products and figures that a source lists."""
    found: list[Seen] = []
    for kind in KINDS:
        for sweep in adapter.describe().sweeps[kind][:1]:
            async for page in adapter.changes(made.call(), kind, sweep.name, None):
                found += page.found
    return tuple(found)


@pytest.fixture(scope="module")
async def heard() -> AsyncIterator[tuple[Landscape, Mapping[str, tuple[Seen, ...]]]]:
    """The three systems, and all that each tells of its goods."""
    told, bindings = {}, {}
    async with AsyncExitStack() as stack:
        for source, (name, role) in SYSTEMS.items():
            made = await stack.enter_async_context(stage(name))
            adapter = made.connect()
            await adapter.login(made.call())
            told[source] = await everything(made, adapter)
            bindings[source] = SourceBinding(source=source, tenant=TENANT, system=role, manifest=adapter.describe())
            await adapter.close()
        yield Landscape(tenant=TENANT, sources=bindings), told


@pytest.fixture
def trio(heard: tuple[Landscape, Mapping[str, tuple[Seen, ...]]], store: Store, serving: Store) -> Trio:
    landscape, told = heard
    return Trio(landscape, told, (store, serving))


@pytest.mark.parametrize("order", [(SHOP, ERP, WMS), (WMS, ERP, SHOP)], ids=["shop first", "warehouse first"])
async def test_three_systems_tell_of_one_position_and_the_warehouse_system_counts(
    trio: Trio, order: tuple[str, ...]
) -> None:
    for source in order:
        await trio.hear(source)
    found = await trio.of("LAPTOP")
    assert (found.answer, found.ats, found.unit) == (AvailabilityAnswer.IN_STOCK, Decimal(5), "C62")
    assert [(one.warehouse.code, one.atp, one.is_counted) for one in found.warehouses] == [
        ("WH", Decimal(3), True), ("WH-EAST", Decimal(2), True),
    ]  # fmt: skip
    here = found.warehouses[0]
    assert here.warehouse.version > 0
    assert [one.source for one in here.quantities if one.name is QuantityName.ON_HAND] == [ERP, SHOP, WMS]


async def test_goods_by_weight_keep_their_unit(trio: Trio) -> None:
    await trio.hear(WMS)
    found = await trio.of("FLOUR")
    assert (found.ats, found.unit) == (Decimal("250.5"), "KGM")


async def test_a_silent_warehouse_system_is_listed_and_not_counted_whatever_others_say(trio: Trio) -> None:
    await trio.hear(WMS, ago=86_400)
    for source in (ERP, SHOP):
        await trio.hear(source)
    found = await trio.of("LAPTOP")
    assert (found.answer, found.ats) == (AvailabilityAnswer.UNKNOWN, None)
    assert {one.excluded_because for one in found.warehouses} == {
        "the figures of wms are too old: last confirmed 24 h ago, expected every 5 min"
    }


async def test_without_a_warehouse_system_the_erp_counts_and_a_shop_alone_never_does(trio: Trio) -> None:
    await trio.hear(SHOP)
    assert (await trio.of("LAPTOP")).answer is AvailabilityAnswer.UNKNOWN
    await trio.hear(ERP)
    found = await trio.of("LAPTOP")
    assert (found.answer, found.ats) == (AvailabilityAnswer.IN_STOCK, Decimal(5))
