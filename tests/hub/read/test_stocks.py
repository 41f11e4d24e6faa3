"""Stock for callers on PostgreSQL: what can be promised, positions by name, pages with signed cursors."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from hub.errors import Ambiguous, CursorInvalid, InvalidInput
from hub.model.finding import Lookup
from hub.model.ids import global_id, position_id
from hub.model.inventory import AvailabilityAnswer
from hub.model.manifest import ChannelRules
from hub.model.observation import Content, NaturalKey
from hub.model.place import WarehouseGroups, WarehouseProfile
from hub.model.product import ProductGroups, ProductItem
from hub.model.schemes import PRODUCT_SKU, WAREHOUSE_CODE
from hub.model.vocabulary import Kind
from hub.read.availability import Wanted
from hub.read.pages import PageWanted
from hub.read.stocks import InventoryPositionSortField, Stocks
from hub.seal import Seal
from hub.store.listing import Sort
from hub.store.store import Store
from tests.kit.merging import CALL, ERP, TENANT, WMS, Looking, landscape, seen
from tests.kit.stock import EAST, MUG, WH, counted, lately, stock_of

PORTAL = replace(CALL, account="acme")


@pytest.fixture
async def stocks(store: Store, serving: Store) -> Stocks:
    hub = Looking(store)
    await hub.write(
        lately(counted(WMS, stock_of(on_hand=7, allocated=2), source_id="1")),
        lately(counted(WMS, stock_of(warehouse=EAST, on_hand=4), source_id="2"), ago=7_200),
        lately(counted(WMS, stock_of("LAPTOP", on_hand=1), source_id="3")),
    )
    return Stocks(serving, {TENANT: landscape()}, Seal(b"secret"))


async def test_a_stale_warehouse_stays_listed_and_is_not_counted(stocks: Stocks) -> None:
    found = await stocks.availability(CALL, Wanted(sku=MUG, quantity=Decimal(6)), None)
    assert found is not None
    assert (found.answer, found.ats) == (AvailabilityAnswer.LIMITED, Decimal(5))
    assert [(one.warehouse.code, one.atp, one.is_counted) for one in found.warehouses] == [
        (WH, Decimal(5), True), (EAST, Decimal(4), False),
    ]  # fmt: skip
    assert found.warehouses[1].excluded_because is not None


async def test_only_the_warehouses_asked_for_are_looked_at(stocks: Stocks) -> None:
    found = await stocks.availability(CALL, Wanted(sku=MUG), [EAST])
    assert found is not None
    assert (found.answer, found.ats, len(found.warehouses)) == (AvailabilityAnswer.UNKNOWN, None, 1)


async def test_a_channel_sells_from_the_warehouses_that_serve_it(serving: Store, stocks: Stocks) -> None:
    ruled = replace(landscape(), channels={"web": ChannelRules(warehouses=(WH,), threshold=Decimal(1))})
    found = await Stocks(serving, {TENANT: ruled}, Seal(b"secret")).availability(
        CALL, Wanted(sku=MUG, quantity=Decimal(6), channel="web"), None
    )
    assert found is not None
    assert (found.answer, found.ats) == (AvailabilityAnswer.LIMITED, Decimal(4))
    assert found.warehouses[1].excluded_because == f"{EAST} does not serve the channel web"


async def test_a_channel_that_is_not_configured_is_refused_by_name(serving: Store, stocks: Stocks) -> None:
    with pytest.raises(InvalidInput, match="there is no channel 'web': none is configured"):
        await stocks.availability(CALL, Wanted(sku=MUG, channel="web"), None)
    ruled = replace(landscape(), channels={"web": ChannelRules(), "b2b": ChannelRules()})
    with pytest.raises(InvalidInput, match="there is no channel 'Web': there are b2b, web"):
        await Stocks(serving, {TENANT: ruled}, Seal(b"secret")).availability(CALL, Wanted(sku=MUG, channel="Web"), None)


async def test_an_item_that_nobody_knows_has_no_availability(stocks: Stocks) -> None:
    assert await stocks.availability(CALL, Wanted(sku="NOTHING"), None) is None


async def test_an_item_that_is_known_and_lies_nowhere_is_said_to_be_unknown(stocks: Stocks, store: Store) -> None:
    content = Content(
        product=ProductGroups(item=ProductItem(name="Rare", base_unit="KGM")),
        number="RARE",
        bears=(NaturalKey(scheme=PRODUCT_SKU, value="RARE"),),
    )
    await Looking(store).write(seen((ERP, Kind.PRODUCT, "9"), content))
    found = await stocks.availability(CALL, Wanted(sku="RARE"), None)
    assert found is not None
    assert (found.answer, found.unit, found.warehouses) == (AvailabilityAnswer.UNKNOWN, "KGM", ())


async def test_the_warehouse_of_a_position_is_the_one_that_bears_its_code(stocks: Stocks, store: Store) -> None:
    content = Content(
        warehouse=WarehouseGroups(profile=WarehouseProfile(name="Main DC")),
        number=WH,
        bears=(NaturalKey(scheme=WAREHOUSE_CODE, value=WH),),
    )
    await Looking(store).write(seen((ERP, Kind.WAREHOUSE, "1"), content))
    found = await stocks.find(CALL, Lookup(identifier="LAPTOP"))
    assert found is not None
    assert found.warehouse.groups.profile is not None
    assert (found.warehouse.code, found.warehouse.groups.profile.name) == (WH, "Main DC")


async def test_less_than_something_cannot_be_asked_for(stocks: Stocks) -> None:
    with pytest.raises(InvalidInput):
        await stocks.availability(CALL, Wanted(sku=MUG, quantity=Decimal(0)), None)


@pytest.mark.parametrize("named", ["LAPTOP", "LAPTOP@WH", " LAPTOP "])
async def test_a_position_is_found_by_item_and_place(stocks: Stocks, named: str) -> None:
    found = await stocks.find(CALL, Lookup(identifier=named))
    assert found is not None
    assert found.id == position_id("LAPTOP", WH)


async def test_a_position_is_found_by_its_id(stocks: Stocks) -> None:
    name = position_id(MUG, EAST)
    found = await stocks.find(CALL, Lookup(id=global_id("InventoryPosition", name)))
    assert found is not None
    assert (found.id, found.atp) == (name, Decimal(4))
    assert await stocks.find(CALL, Lookup(id=global_id("InventoryPosition", "inventory:X:Y"))) is None
    with pytest.raises(InvalidInput):
        await stocks.find(CALL, Lookup(id=global_id("Order", name)))


async def test_an_item_in_several_places_is_ambiguous_and_the_places_are_named(stocks: Stocks) -> None:
    with pytest.raises(Ambiguous) as refused:
        await stocks.find(CALL, Lookup(identifier=MUG))
    candidates = refused.value.facts["candidates"]
    assert isinstance(candidates, list)
    assert [one["value"] for one in candidates] == ["MUG@WH", "MUG@WH-EAST"]
    assert await stocks.find(CALL, Lookup(identifier="NOTHING")) is None


async def walked(stocks: Stocks, wanted: PageWanted) -> list[str]:
    found: list[str] = []
    while True:
        page = await stocks.page(CALL, wanted)
        found += [one.id for one, _ in page.rows]
        if not page.has_next:
            return found
        wanted = replace(wanted, cursor=page.rows[-1][1])


async def test_pages_follow_each_other_without_gap_or_repetition(stocks: Stocks) -> None:
    wanted = PageWanted(kind=Kind.INVENTORY, size=1)
    in_order = [position_id("LAPTOP", WH), position_id(MUG, WH), position_id(MUG, EAST)]
    assert await walked(stocks, wanted) == in_order
    by_place = Sort(field=InventoryPositionSortField.WAREHOUSE, descending=True)
    assert await walked(stocks, replace(wanted, sort=by_place)) == [in_order[2], in_order[1], in_order[0]]
    assert await stocks.count(CALL, wanted) == 3


async def test_the_last_page_is_read_backward_in_the_order_of_the_list(stocks: Stocks) -> None:
    page = await stocks.page(CALL, PageWanted(kind=Kind.INVENTORY, size=2, backward=True))
    assert [one.id for one, _ in page.rows] == [position_id(MUG, WH), position_id(MUG, EAST)]
    assert (page.has_previous, page.has_next) == (True, False)


async def test_a_cursor_is_good_for_its_filter_and_its_caller_alone(stocks: Stocks) -> None:
    wanted = PageWanted(kind=Kind.INVENTORY, size=1)
    cursor = (await stocks.page(CALL, wanted)).rows[0][1]
    for call, other in ((CALL, replace(wanted, where={"sku": (MUG,)})), (replace(CALL, actor="other"), wanted)):
        with pytest.raises(CursorInvalid):
            await stocks.page(call, replace(other, cursor=cursor))
    with pytest.raises(InvalidInput):
        await stocks.page(CALL, replace(wanted, size=101))


async def test_a_caller_confined_to_an_account_sees_no_stock(stocks: Stocks) -> None:
    wanted = PageWanted(kind=Kind.INVENTORY)
    assert await stocks.availability(PORTAL, Wanted(sku=MUG), None) is None
    assert await stocks.find(PORTAL, Lookup(identifier="LAPTOP")) is None
    assert await stocks.by_ids(PORTAL, [position_id(MUG, WH)]) == {}
    assert (await stocks.page(PORTAL, wanted)).rows == ()
    assert await stocks.count(PORTAL, wanted) == 0
