"""Hands for the checks of `fulfillment.create`, past the adapter."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from hub.model.effects import REQUEST_FULFILMENT, GoodsLine, RequestFulfilment
from hub.model.intents import Intent, IntentOf
from hub.model.values import Address
from hub.model.vocabulary import Kind
from sources.kit.taking import Stood
from sources.tryton_wms.rehearsal.hands import ITEMS, Hands

ZERO = Decimal(0)
HOME = Address(name="Web customers", lines=("Rue de la Loi 16",), postcode="1000", city="Brussels", country="BE")
"""Where the party of unknown buyers is: known to the warehouse."""


@dataclass(slots=True, kw_only=True)
class Requests:
    """Hands for requests."""

    hands: Hands
    source: str
    steps: Sequence[bytes] = (b"model.stock.shipment.out.create", b"model.stock.shipment.out.wait")
    looking: bytes = b"model.stock.shipment.out.search_read"

    async def sample(self) -> Intent:
        """A request of two lines under a reference that nothing bears yet."""
        reference = f"TAKE{secrets.token_hex(6).upper()}/1"
        lines = tuple(
            GoodsLine(line_no=number, sku=sku, quantity=Decimal(number + 1), unit="C62")
            for number, sku in enumerate(ITEMS, start=1)
        )
        return IntentOf(
            source=self.source,
            kind=Kind.SHIPMENT,
            source_id=None,
            action=REQUEST_FULFILMENT,
            key=f"{self.source}/fulfil:{reference}",
            content=RequestFulfilment(reference=reference, warehouse="WH", lines=lines, ship_to=HOME),
        )

    async def bearing(self, intent: Intent) -> Sequence[Stood]:
        """Every shipment of the reference that nobody has given up."""
        content = _request(intent)
        found = []
        for row in await self.hands.bearing(content.reference):
            if row["state"] != "cancelled":
                lines: dict[str, Decimal] = {}
                for move in row["moves"]:
                    sku = move["product."]["code"]
                    lines[sku] = lines.get(sku, ZERO) + Decimal(str(move["quantity"]))
                found.append(Stood(source_id=str(row["id"]), lines=lines, is_whole=row["state"] != "draft"))
        return found

    async def hopeless(self) -> Intent:
        """A request of an item that nobody keeps."""
        intent = await self.sample()
        content = _request(intent)
        unknown = replace(content.lines[1], sku="NO-SUCH-ITEM")
        return replace(intent, content=replace(content, lines=(content.lines[0], unknown)))

    async def again(self, intent: Intent) -> bool:
        """Whether Tryton takes a second one of the reference: it does."""
        await self.hands.place([1], _request(intent).reference)
        return True


def _request(intent: Intent) -> RequestFulfilment:
    content = intent.content
    if not isinstance(content, RequestFulfilment):
        message = f"{intent.action} is no request"
        raise TypeError(message)
    return content
