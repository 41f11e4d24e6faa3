"""Orders that the hub carries through three rehearsed systems: sold, booked, picked, shipped, billed; or taken back."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from sqlalchemy import text

from hub.demo import cast
from hub.demo.director import Director, Play
from hub.demo.masters import Buyer
from hub.store.cluster import Cluster
from sources.tryton_erp.rehearsal.records import Sale
from sources.tryton_wms.rehearsal.state import Shipment
from sources.vendure.rehearsal.state import Order
from tests.kit.demo import Playing, capturing, playing
from tests.kit.wait import until_so

PART = replace(cast.PARTS[1], tenant="demo", prefix="", orders=24, customers=40, products=20)
"""Orders in every stage, from before the hub was there."""
ANN = Buyer(email="ann@example.com", first_name="Ann", last_name="Peeters")
ORDER = """query Order($code: String!) { order(by: {identifier: $code}) {
  id number status systems { system state }
  lines { quantities { ordered cancelled shipped invoiced } } } }"""
CANCEL = """mutation Cancel($input: OrderCancelInput!) { orderCancel(input: $input) {
  userErrors { code message } operation { id state } } }"""
WRITTEN = "select count(*) from delivery where action <> 'stock.publish'"
SOON = "update cursor set updated_at = updated_at - interval '1 hour' where updated_at > now() - interval '30 minutes'"


@dataclass(slots=True, kw_only=True)
class House:
    """A hub that captures, over three systems, and the hands of those who work there."""

    hub: Playing
    director: Director = field(init=False)

    def __post_init__(self) -> None:
        self.director = Director(self.hub.demo.scene.trio)

    def place(self, *lines: tuple[str, int]) -> Order:
        """Somebody checks out in the shop, and pays."""
        play = Play(buyer=ANN, lines=lines)
        self.director.place(play)
        assert play.order is not None
        return play.order

    def sales(self, order: Order) -> list[Sale]:
        """The ERP's documents of the order."""
        found = self.director.trio.erp.erp.books.tables["sale.sale"].values()
        return [one for one in found if isinstance(one, Sale) and one.reference == order.code]

    def requests(self, order: Order) -> list[Shipment]:
        """The warehouse's documents of the order."""
        scene = self.director.trio.wms.scene
        return [one for sale in self.sales(order) for ship in sale.shipments
                for one in scene.bearing(f"{order.code}/{ship.number}")]  # fmt: skip

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait for it, every sweep being due all the while."""

        async def is_so() -> bool:
            await self.hub.do(SOON)
            return holds()

        await until_so(is_so)

    async def told(self, order: Order) -> dict[str, Any]:  # Any: JSON
        """The order as the graph shows it; empty while it does not."""
        return (await self.hub.rep.data(ORDER, code=order.code))["order"] or {}

    async def until_status(self, order: Order, *wanted: str) -> dict[str, Any]:  # Any: JSON
        """The order as soon as it stands there."""
        found: dict[str, Any] = {}

        async def is_so() -> bool:
            await self.hub.do(SOON)
            found.update(await self.told(order))
            return found.get("status") in wanted

        await until_so(is_so)
        return found

    async def until_cases(self, order: Order, *wanted: str) -> None:
        """Wait until these are the open cases of the order, every sweep being due all the while."""
        cases = """select c.code from exception_case c join entity e on e.tenant = c.tenant and e.root_id = c.root_id
          where c.closed_at is null and e.kind = 'ORDER' and e.number = :code order by c.code"""

        async def is_so() -> bool:
            await self.hub.do(SOON)
            return [row[0] for row in await self.rows(cases, code=order.code)] == list(wanted)

        await until_so(is_so)

    async def rows(self, sql: str, **terms: object) -> list[Any]:  # Any: rows
        """Rows of the tables."""
        async with self.hub.store.across() as tx:
            return list((await tx.execute(text(sql), terms)).all())


@asynccontextmanager
async def house(cluster: Cluster) -> AsyncIterator[House]:
    """The hub and its three systems."""
    async with playing(cluster, PART, carries=capturing) as hub:
        yield House(hub=hub)


async def carried(house: House, order: Order) -> None:
    """Bought, booked, asked of the warehouse, picked, packed and shipped there; the rest follows by itself."""
    await house.until(lambda: [one.state for one in house.requests(order)] == ["waiting"])
    (sale,) = house.sales(order)
    assert sale.state == "processing"
    (shipment,) = house.requests(order)
    house.director.trio.wms.scene.carry(shipment, "done", tracking=f"TRK-{order.code}")
    assert shipment.state == "done"
    await house.until(lambda: sale.invoice_state != "none" and all(one.state == "posted" for one in sale.invoices))
    await house.until(lambda: [one.state for one in order.parcels] == ["Shipped"])
    assert [one.tracking for one in order.parcels] == [f"TRK-{order.code}"]
    assert [one.state for one in sale.shipments] == ["done"]
    assert [one.state for one in sale.invoices] == ["posted"]
    assert (len(house.sales(order)), len(house.requests(order)), len(order.parcels)) == (1, 1, 1)
    found = await house.until_status(order, "INVOICED", "COMPLETED")
    assert {(one["system"], one["state"]) for one in found["systems"]} >= {
        ("COMMERCE", "PRESENT"),
        ("ERP", "PRESENT"),
        ("WMS", "PRESENT"),
    }


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
