"""A hub that carries orders over three rehearsed systems, and the hands of those who work there."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from time import monotonic
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
PAUSE = 1.0  # seconds between two times at which everything is due: looking all the time costs more than what is shown
SOON = "update cursor set updated_at = updated_at - interval '1 hour' where updated_at > now() - interval '30 minutes'"


@dataclass(slots=True, kw_only=True)
class House:
    """A hub that captures, over three systems, and the hands of those who work there."""

    hub: Playing
    director: Director = field(init=False)
    _hurried: float = field(default=float("-inf"), init=False)

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
            return holds()

        await self.until_so(is_so)

    async def until_so(self, holds: Callable[[], Awaitable[bool]]) -> None:
        """As `until`, where it takes a question to know."""

        async def is_so() -> bool:
            await self._hurry()
            return await holds()

        await until_so(is_so)

    async def told(self, order: Order) -> dict[str, Any]:  # Any: JSON
        """The order as the graph shows it; empty while it does not."""
        return (await self.hub.rep.data(ORDER, code=order.code))["order"] or {}

    async def until_status(self, order: Order, *wanted: str) -> dict[str, Any]:  # Any: JSON
        """The order as soon as it stands there."""
        found: dict[str, Any] = {}

        async def is_so() -> bool:
            found.update(await self.told(order))
            return found.get("status") in wanted

        await self.until_so(is_so)
        return found

    async def until_cases(self, order: Order, *wanted: str) -> None:
        """Wait until these are the open cases of the order, every sweep being due all the while."""
        cases = """select c.code from exception_case c join entity e on e.tenant = c.tenant and e.root_id = c.root_id
          where c.closed_at is null and e.kind = 'ORDER' and e.number = :code order by c.code"""

        async def is_so() -> bool:
            return [row[0] for row in await self.rows(cases, code=order.code)] == list(wanted)

        await self.until_so(is_so)

    async def _hurry(self) -> None:
        """Let every sweep be due, unless it was a moment ago."""
        if monotonic() - self._hurried > PAUSE:
            await self.hub.do(SOON)
            self._hurried = monotonic()

    async def rows(self, sql: str, **terms: object) -> list[Any]:  # Any: rows
        """Rows of the tables."""
        async with self.hub.store.across() as tx:
            return list((await tx.execute(text(sql), terms)).all())


@asynccontextmanager
async def house(cluster: Cluster) -> AsyncIterator[House]:
    """The hub and its three systems."""
    async with playing(cluster, PART, carries=capturing, patience=300.0) as hub:
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
    await house.until(lambda: [one.state for one in sale.shipments] == ["done"])
    assert [one.state for one in sale.invoices] == ["posted"]
    assert (len(house.sales(order)), len(house.requests(order)), len(order.parcels)) == (1, 1, 1)
    found = await house.until_status(order, "INVOICED", "COMPLETED")
    assert {(one["system"], one["state"]) for one in found["systems"]} >= {
        ("COMMERCE", "PRESENT"),
        ("ERP", "PRESENT"),
        ("WMS", "PRESENT"),
    }
