"""Orders that the hub carries through three rehearsed systems: sold, booked, picked, shipped, billed; or taken back.

One that is born in the hub shows in the shop it was sold for, once, and both are one.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import pytest

from hub.store.cluster import Cluster
from sources.tryton_erp.rehearsal.records import Sale
from sources.tryton_wms.rehearsal.state import Shipment
from sources.vendure.rehearsal.state import Order
from tests.kit.comes_back import Taking
from tests.kit.house import SOON, House, carried, house
from tests.kit.stories import one_story
from tests.kit.wait import until_so

CANCEL = """mutation Cancel($input: OrderCancelInput!) { orderCancel(input: $input) {
  userErrors { code message } operation { id state } } }"""
COUNTED_SOON = f"{SOON} and kind = 'INVENTORY'"
LOOKED_SOON = "update root set wake_at = now() where kind = 'PRODUCT' and wake_at > now()"
SOLD = """query Sold($sku: String!) { availability(sku: $sku, channel: "web") { ats } }"""
SELDOM = 1.0  # seconds: what is looked at is what keeps the hub busy
TOUCHED = "select distinct root_id from delivery where action <> 'stock.publish'"
MANAGED = "select id from root where managed_by = 'HUB'"
TOLD = "select distinct state from delivery where action = 'stock.publish'"
SUBMIT = """mutation Submit($input: OrderSubmitInput!) {
  orderSubmit(input: $input) { userErrors { code message } order { number } } }"""
STANDS = """query Order($code: String!) { order(by: {identifier: $code}) {
  number systems { system state } shipments { id } } }"""
HOME = {"name": "Acme NV", "lines": ["Rue Haute 1"], "city": "Brussels", "postcode": "1000", "country": "BE"}
MUGS = {"lineRef": "1", "sku": "MUG", "quantity": "2", "unitPrice": {"amount": "7.50", "currencyCode": "EUR"}}


@pytest.fixture(scope="module")
async def known(cluster: Cluster) -> AsyncIterator[House]:
    """Loaded; each test brings orders of its own."""
    async with house(cluster) as found:
        yield found


async def taken_back(house: House, order: Order) -> None:
    """Called off after the warehouse was asked: it ends cancelled everywhere."""
    await house.until(lambda: [one.state for one in house.requests(order)] == ["waiting"])
    await house.until_status(order, "RELEASED")
    given = {"order": {"identifier": order.code}, "reason": "CUSTOMER"}
    said = await house.hub.rep.ask(CANCEL, headers={"idempotency-key": order.code}, input=given)
    assert said.data["orderCancel"]["userErrors"] == []
    await house.until(lambda: order.state == "Cancelled")
    await house.until_status(order, "CANCELLED")
    assert [one.state for one in house.requests(order)] == ["cancelled"]
    (sale,) = house.sales(order)
    await house.until(lambda: {one.state for one in sale.shipments} == {"cancelled"})
    assert order.parcels == []


async def followed(house: House, order: Order) -> None:
    """Picked short: what is there leaves, and what the ERP plans anew is asked for by itself."""
    await house.until(lambda: [one.state for one in house.requests(order)] == ["waiting"])
    (first,) = house.requests(order)
    scene = house.director.trio.wms.scene
    scene.short_pick(first)
    scene.carry(first, "done", tracking=f"TRK-{order.code}-1")
    await house.until(lambda: [one.state for one in house.requests(order)] == ["done", "waiting"])
    (sale,) = house.sales(order)
    assert sorted(one.state for one in sale.shipments) == ["done", "waiting"]
    second = house.requests(order)[1]
    scene.carry(second, "done", tracking=f"TRK-{order.code}-2", restock=True)
    await house.until(lambda: [one.state for one in order.parcels] == ["Shipped", "Shipped"])
    await house.until(lambda: {one.state for one in sale.shipments} == {"done"})
    assert sum(number for parcel in order.parcels for _, number in parcel.lines) == 5
    assert (len(house.sales(order)), len(house.requests(order))) == (1, 2)


async def doubled(house: House, order: Order) -> None:
    """The ERP has it twice, as after the one window of LOOKUP: that is a case by itself until one is called off, and
    nothing is asked of the warehouse for the second.
    """
    await house.until(lambda: [one.state for one in house.requests(order)] == ["waiting"])
    erp = house.director.trio.erp.erp
    second = erp.sell(order.code, [("CABLE-2M", 2.0, Decimal("4.95"))], party="WEB", warehouse="WH")
    erp.selling.quote(second)
    erp.selling.confirm(second)
    await house.until_cases(order, "DUPLICATE_ORDER")
    erp.cancel(second)
    await house.until_cases(order)
    assert [one.state for one in house.requests(order)] == ["waiting"]


async def come_back(house: House, order: Order) -> None:
    """Of one mug and two shirts two units come back, the shirt is scrap; what is on the shelf again may be sold."""
    mugs, shirts = [await steady(house, sku) for sku in ("MUG", "TSHIRT-M")]
    back = Taking(rep=house.hub.rep, code=order.code)
    await back.request((1, 1), (2, 2))
    await back.receive((1, 1), (2, 1))
    await back.inspect((1, 1, "RESTOCK"), (2, 1, "SCRAP"))
    await back.refund()

    async def is_paid() -> bool:
        (found,) = (await back.shown())["returns"]
        return bool(found["financialState"] == "REFUNDED")

    await house.until_so(is_paid)
    await house.until_cases(order, "RETURN_DISCREPANCY")
    await back.close()
    await house.until_cases(order)
    await steady(house, "MUG", mugs + 1)
    await steady(house, "TSHIRT-M", shirts)


async def steady(house: House, sku: str, wanted: Decimal | None = None) -> Decimal:
    """What may be sold of an item, once shop, hub and warehouse agree on it, and on what is *wanted*."""
    depot, found = house.director.trio.wms.depot, list[Decimal]()
    item, there = depot.by_code("product.product", sku), depot.within(depot.by_code("stock.location", "WH"))

    async def is_told() -> bool:
        await house.hub.do(COUNTED_SOON)
        await house.hub.do(LOOKED_SOON)
        ats = (await house.hub.rep.data(SOLD, sku=sku))["availability"]["ats"]
        lies = depot.quantity(item, there, less_assigned=True)
        shop = house.director.trio.shop.shop
        (variant,) = [one for one in shop.variants.values() if one.sku == sku]
        found[:] = [lies, Decimal(-1 if ats is None else ats), Decimal(variant.on_hand - variant.allocated)]
        return len(set(found)) == 1 and wanted in (None, found[0])

    await until_so(is_told, SELDOM)
    return found[0]


async def held_back(house: House, order: Order) -> set[tuple[str, bool]]:
    """(state, whether the warehouse has it) of every reservation of the order in a warehouse."""
    held = """select r.state, r.acknowledged_at is not null from reservation r
      join entity e on e.tenant = r.tenant and e.root_id = r.root_id and e.kind = 'ORDER'
      where e.number = :code and r.warehouse <> ''"""
    return {(row[0], row[1]) for row in await house.rows(held, code=order.code)}


async def submitted(known: House) -> str:
    """The number of an order that somebody submits for the shop's channel."""
    given = {
        "channel": "web", "customer": {"identifier": "ACME"}, "currencyCode": "EUR", "lines": [MUGS], "shipTo": HOME,
    }  # fmt: skip
    said = await known.hub.rep.ask(SUBMIT, headers={"idempotency-key": "mirrored"}, input=given)
    payload = said.data["orderSubmit"]
    assert payload["userErrors"] == []
    return str(payload["order"]["number"])


def copies(known: House, number: str) -> list[Order]:
    """What the shop has of it."""
    return [one for one in known.director.trio.shop.shop.orders.values() if one.request_id == number]


def requests(known: House, number: str) -> list[Shipment]:
    """What the warehouse has of it."""
    sales = known.director.trio.erp.erp.books.tables["sale.sale"].values()
    planned = [ship for one in sales if isinstance(one, Sale) and one.reference == number for ship in one.shipments]
    return [one for ship in planned for one in known.director.trio.wms.scene.bearing(f"{number}/{ship.number}")]


async def shown(known: House, code: str) -> dict[str, Any]:  # Any: JSON
    """The order as the graph shows it."""
    return (await known.hub.rep.data(STANDS, code=code))["order"] or {}


async def test_orders_are_carried_through_three_systems_or_taken_back_and_none_from_before_is_touched(
    known: House,
) -> None:
    before, managed = len(known.director.trio.erp.erp.books.tables["sale.sale"].values()), await known.rows(MANAGED)
    one, other = known.place(("MUG", 2), ("TSHIRT-M", 3)), known.place(("CABLE-2M", 4))
    short, double = known.place(("LAPTOP", 5)), known.place(("CABLE-2M", 2))
    await carried(known, one)
    names, drawn = await one_story(known.hub.rep, one.code)
    assert names >= {"ORDER_NUMBER", "ERP_ORDER", "WMS_SHIPMENT", "TRACKING", "INVOICE"}, drawn
    await come_back(known, one)
    await taken_back(known, other)
    await followed(known, short)
    await doubled(known, double)
    assert len(known.director.trio.erp.erp.books.tables["sale.sale"].values()) == before + 6
    assert len(await known.rows(MANAGED)) == len(managed) + 4
    assert set(await known.rows(TOUCHED)) == set(await known.rows(MANAGED))
    assert await known.rows("select count(*) from delivery where state in ('DEAD', 'REVIEW', 'REFUSED')") == [(0,)]
    assert {has_it for _, has_it in await held_back(known, one)} == {True}
    assert {has_it for _, has_it in await held_back(known, short)} == {True}

    async def is_free_again_and_told() -> bool:
        released = {state for state, _ in await held_back(known, other)} == {"RELEASED"}
        return released and ("DONE",) in await known.rows(TOLD)

    await known.until_so(is_free_again_and_told)


async def test_an_order_of_the_hubs_is_placed_in_the_shop_ships_there_and_is_one_in_the_graph(known: House) -> None:
    number = await submitted(known)
    await known.until(lambda: [one.state for one in requests(known, number)] == ["waiting"])
    await known.until(lambda: [one.state for one in copies(known, number)] == ["PaymentSettled"])
    (copy,) = copies(known, number)
    (request,) = requests(known, number)
    known.director.trio.wms.scene.carry(request, "done", tracking="TRK-1")
    await known.until(lambda: [one.state for one in copy.parcels] == ["Shipped"])
    assert [(one.tracking, sum(units for _, units in one.lines)) for one in copy.parcels] == [("TRK-1", 2)]

    async def is_one() -> bool:
        found = await shown(known, copy.code)
        systems = {(one["system"], one["state"]) for one in found.get("systems", ())}
        there = {("COMMERCE", "PRESENT"), ("ERP", "PRESENT"), ("WMS", "PRESENT")}
        return found.get("number") == number and systems == there and len(found["shipments"]) == 1

    await known.until_so(is_one)
    assert len(copies(known, number)) == len(requests(known, number)) == 1
