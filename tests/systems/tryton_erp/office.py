"""What people do in the ERP and how things stand there, through Tryton's own REST alone."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeAlias

from hub.settings import Secret
from sources.tryton_erp.rehearsal.hands import Hands
from tests.systems.tryton_erp.start import TrytonErp

Json: TypeAlias = dict[str, Any]  # Any: JSON
Basket: TypeAlias = Sequence[tuple[str, str, int]]
"""(sku, net price, units), line by line."""
_RECEIVED = {"draft": ("receive", "do"), "received": ("do",)}
SALE = (
    "number", "reference", "state", "shipment_state", "invoice_state", "untaxed_amount", "total_amount",
    "shipments.number", "shipments.state", "shipment_returns.state", "invoices.number", "invoices.state",
    "invoices.total_amount",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """The people of the ERP."""

    hands: Hands

    async def write_down(self, code: str, basket: Basket) -> str:
        """Take an order of the shop down as a draft; its id."""
        return await self.hands.sell(code, basket)

    async def process(self, sale: str) -> str:
        """Quote, confirm and process a draft; the number of the one shipment that comes of it."""
        await self.hands.process(sale)
        (shipment,) = (await self.truth(sale))["shipments"]
        return str(shipment["number"])

    async def ship(self, sale: str) -> None:
        """The goods have left, and that is done."""
        await self.hands.ship(sale)
        await self.hands.deliver(sale)

    async def bill(self, sale: str) -> str:
        """Post the one invoice, or credit note, of a sale; its number."""
        (draft,) = (await self.truth(sale))["invoices"]
        await self.hands.press("account.invoice", draft["id"], "post")
        (posted,) = (await self.truth(sale))["invoices"]
        return str(posted["number"])

    async def take_back(self, code: str, sale: str, basket: Basket) -> str:
        """Allow a return of units of a sale, as a sale of its own; its id."""
        lines = [(sku, price, -units) for sku, price, units in basket]
        made = await self.hands.sell(code, lines, origin=sale)
        await self.hands.process(made)
        return made

    async def receive(self, back: str) -> None:
        """What a return allows has come in and is put away."""
        for one in (await self.truth(back))["shipment_returns"]:
            for button in _RECEIVED.get(one["state"], ()):
                await self.hands.press("stock.shipment.out.return", one["id"], button)

    async def truth(self, sale: str) -> Json:
        """A sale as REST shows it."""
        found: Json = await self.hands.rest("GET", f"model/sale.sale/{sale}", f=SALE)
        return found


@asynccontextmanager
async def office_of(server: TrytonErp) -> AsyncIterator[Office]:
    """The people of a running ERP."""
    password, key = Secret(server.password), Secret(server.key)
    hands = Hands(server.url, database=server.database, user=server.user, password=password, key=key)
    try:
        yield Office(hands=hands)
    finally:
        await hands.close()
