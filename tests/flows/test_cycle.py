"""Orders that the hub carries through three rehearsed systems: sold, booked, picked, shipped, billed; or taken back."""

from __future__ import annotations

from decimal import Decimal

from hub.store.cluster import Cluster
from sources.vendure.rehearsal.state import Order
from tests.kit.house import House, carried, house
from tests.kit.stories import one_story

CANCEL = """mutation Cancel($input: OrderCancelInput!) { orderCancel(input: $input) {
  userErrors { code message } operation { id state } } }"""
WRITTEN = "select count(*) from delivery where action <> 'stock.publish'"


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
    assert {one.state for one in sale.shipments} == {"cancelled"}
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


async def held_back(house: House, order: Order) -> set[tuple[str, bool]]:
    """(state, whether the warehouse has it) of every reservation of the order in a warehouse."""
    held = """select r.state, r.acknowledged_at is not null from reservation r
      join entity e on e.tenant = r.tenant and e.root_id = r.root_id and e.kind = 'ORDER'
      where e.number = :code and r.warehouse <> ''"""
    return {(row[0], row[1]) for row in await house.rows(held, code=order.code)}


async def test_orders_are_carried_through_three_systems_or_taken_back_and_none_from_before_is_touched(
    cluster: Cluster,
) -> None:
    async with house(cluster) as known:
        before = len(known.director.trio.erp.erp.books.tables["sale.sale"].values())
        assert (await known.rows(WRITTEN))[0][0] == 0
        one, other = known.place(("MUG", 2), ("TSHIRT-M", 3)), known.place(("CABLE-2M", 4))
        short, double = known.place(("LAPTOP", 5)), known.place(("CABLE-2M", 2))
        await carried(known, one)
        names, drawn = await one_story(known.hub.rep, one.code)
        assert names >= {"ORDER_NUMBER", "ERP_ORDER", "WMS_SHIPMENT", "TRACKING", "INVOICE"}, drawn
        await taken_back(known, other)
        await followed(known, short)
        await doubled(known, double)
        assert len(known.director.trio.erp.erp.books.tables["sale.sale"].values()) == before + 5
        touched = await known.rows("select distinct root_id from delivery where action <> 'stock.publish'")
        managed = await known.rows("select id from root where managed_by = 'HUB'")
        assert {row[0] for row in touched} == {row[0] for row in managed}
        assert len(managed) == 4
        assert await known.rows("select count(*) from delivery where state in ('DEAD', 'REVIEW', 'REFUSED')") == [(0,)]
        assert {has_it for _, has_it in await held_back(known, one)} == {True}
        assert {has_it for _, has_it in await held_back(known, short)} == {True}
        assert {state for state, _ in await held_back(known, other)} == {"RELEASED"}
        told = {
            row[0] for row in await known.rows("select distinct state from delivery where action = 'stock.publish'")
        }
        assert "DONE" in told <= {"PENDING", "CLAIMED", "DONE"}
