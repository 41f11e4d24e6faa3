"""Whoever carries an order from the shop into ERP and warehouse and back: each step by the systems' own APIs alone.

None of the three knows the others. What joins them are the references that the carrier sets: the shop's code in the
sale, `CODE/NUMBER` in the warehouse's shipment, `CODE-R1` in the return, the tracking number in the shop's fulfilment.
"""

from __future__ import annotations

from dataclasses import dataclass

from tests.systems.tryton_erp.office import Office
from tests.systems.tryton_wms.floor import Floor
from tests.systems.vendure.desk import Desk, Placed

FOR_SALE = {"TSHIRT-M": "19.90", "MUG": "7.50"}
"""What all three systems sell, in the order in which carts are filled, and at which net price."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Carrier:
    """At home in all three systems."""

    shop: Desk
    erp: Office
    wms: Floor

    async def write_down(self, order: Placed) -> str:
        """A draft of a sale under the shop's code, at the shop's prices; its id."""
        lines = (await self.shop.truth(order))["lines"]
        basket = [
            (line["productVariant"]["sku"], f"{line['proratedUnitPrice'] / 100:.2f}", line["orderPlacedQuantity"])
            for line in lines
        ]
        return await self.erp.write_down(order.code, basket)

    async def hand_over(self, order: Placed, number: str) -> str:
        """A waiting shipment in the warehouse for the ERP's shipment of that *number*; its id."""
        units = [line["orderPlacedQuantity"] for line in (await self.shop.truth(order))["lines"]]
        return await self.wms.take_in(f"{order.code}/{number}", units)

    async def carry_out(self, order: Placed) -> tuple[str, str, str]:
        """A placed order all the way to goods that have left the warehouse; sale, number there and shipment."""
        sale = await self.write_down(order)
        number = await self.erp.process(sale)
        shipment = await self.hand_over(order, number)
        await self.wms.assign(shipment)
        await self.wms.send(shipment, order.tracking)
        return sale, number, shipment

    async def take_back(self, order: Placed, sale: str, sku: str, units: int) -> str:
        """Allow the return of units in the ERP; the return's id."""
        return await self.erp.take_back(f"{order.code}-R1", sale, [(sku, FOR_SALE[sku], units)])

    async def receive(self, back: str) -> str:
        """They have come in, and money is owed for them; the credit note's number."""
        await self.erp.receive(back)
        return await self.erp.bill(back)
