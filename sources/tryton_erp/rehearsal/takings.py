"""Hands for the checks of what creates or moves things: they act and look by Tryton's own REST, past the adapter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from hub.model.effects import (
    CREATE_ORDER,
    CREATE_RETURN,
    INSPECT_RETURN,
    POST_INVOICE,
    RECEIVE_RETURN,
    SHIP_GOODS,
    CreateOrder,
    Effect,
    GoodsLine,
    PostInvoice,
    ShipGoods,
)
from hub.model.intents import Intent, IntentOf
from hub.model.values import Address, Money
from hub.model.vocabulary import Kind
from sources.kit.taking import Stood, Taking
from sources.tryton_erp.rehearsal.hands import SOLD, Hands, HandsFailed
from sources.tryton_erp.rehearsal.takings_back import AgreeTaking, InspectTaking, ReceiveTaking

Json = dict[str, Any]  # Any: the answer's JSON
HOME = Address(name="Web customers", lines=("Rue de la Loi 16",), city="Brussels", postcode="1000", country="BE")
"""Where the party of web buyers lives."""
_SHIPMENT = ("number", "state", "shipping_reference", "outgoing_moves.product.code", "outgoing_moves.quantity",
             "outgoing_moves.state")  # fmt: skip
_BEGUN = frozenset({"picked", "packed", "shipped", "done"})


def takings_for(hands: Hands, source: str) -> Mapping[str, Taking]:
    """A pair of hands for each action that the adapter declares, but cancelling."""
    return {
        CREATE_ORDER: SaleTaking(hands, source),
        SHIP_GOODS: ShipTaking(hands, source),
        POST_INVOICE: InvoiceTaking(hands, source),
        CREATE_RETURN: AgreeTaking(hands, source),
        RECEIVE_RETURN: ReceiveTaking(hands, source),
        INSPECT_RETURN: InspectTaking(hands, source),
    }


class SaleTaking:
    """Sales for web buyers."""

    steps: Sequence[bytes] = (b"rest/model/sale.sale?f=id", b"/quote?", b"/confirm?")
    looking = b"rest/model/sale.sale?d="

    def __init__(self, hands: Hands, source: str) -> None:
        self._hands, self._source = hands, source

    async def sample(self) -> Intent:
        """Two items, to where the party of web buyers lives."""
        return self._wanted(None, 5, 2)

    async def bearing(self, intent: Intent) -> Sequence[Stood]:
        """Sales that bear the reference, cancelled ones not among them."""
        reference = intent.content.reference if isinstance(intent.content, CreateOrder) else ""
        names = ("state", "lines.product.code", "lines.quantity")
        sales = await self._hands.rest("GET", "model/sale.sale", d=[["reference", "=", reference]], f=names)
        return [
            Stood(
                source_id=str(sale["id"]),
                lines={line["product"]["code"]: Decimal(str(line["quantity"])) for line in sale["lines"]},
                is_whole=sale["state"] not in ("draft", "quotation"),
            )
            for sale in sales
            if sale["state"] != "cancelled"
        ]

    async def hopeless(self) -> Intent | None:
        """More than a customer may owe: it is quoted, and not confirmed."""
        (acme,) = await self._hands.rest("GET", "model/party.party", d=[["code", "=", "ACME"]], f=["code"])
        return self._wanted(str(acme["id"]), 5000)

    async def again(self, intent: Intent) -> bool | None:
        """A second sale of the reference: nothing keeps it out."""
        reference = intent.content.reference if isinstance(intent.content, CreateOrder) else ""
        await self._hands.sell(reference, [("MUG", "7.50", 1)])
        return True

    def _wanted(self, customer: str | None, *units: int) -> Intent:
        content = CreateOrder(
            reference=self._hands.code(),
            lines=tuple(_goods(number, *sold, Decimal(n)) for number, (sold, n) in enumerate(_sold(units), start=1)),
            currency_code="EUR",
            customer=customer,
            ship_to=HOME if customer is None else None,
            warehouse="WH",
        )
        return _intent(self._source, CREATE_ORDER, Kind.ORDER, None, content)


class ShipTaking:
    """Shipments that the ERP has planned."""

    steps: Sequence[bytes] = (
        b'"shipping_reference"',
        b"rest/model/stock.move/",
        b"/assign_try?",
        b"/pick?",
        b"/pack?",
        b"/ship?",
        b"/do?",
    )
    looking = b"rest/model/stock.shipment.out?d="

    def __init__(self, hands: Hands, source: str) -> None:
        self._hands, self._source = hands, source

    async def sample(self) -> Intent:
        """Of four of one item and two of another, one of the first stays."""
        return await self._wanted(4, 3)

    async def bearing(self, intent: Intent) -> Sequence[Stood]:
        """The shipment itself, once our numbers stand there or it is off the shelf."""
        if not isinstance(intent.content, ShipGoods):
            return []
        one = await self._hands.rest("GET", f"model/stock.shipment.out/{intent.source_id}", f=_SHIPMENT)
        is_ours = one["shipping_reference"] == ",".join(intent.content.tracking)
        if not is_ours and one["state"] not in _BEGUN:
            return []
        alive = [move for move in one["outgoing_moves"] if move["state"] != "cancelled"]
        lines = {move["product"]["code"]: Decimal(str(move["quantity"])) for move in alive}
        return [Stood(source_id=str(one["id"]), lines=lines, is_whole=is_ours and one["state"] == "done")]

    async def hopeless(self) -> Intent | None:
        """More than was planned."""
        return await self._wanted(4, 5)

    async def again(self, intent: Intent) -> bool | None:
        """Done once more: a button that is not there any more."""
        return await _pressed(self._hands, "stock.shipment.out", intent.source_id, "do")

    async def _wanted(self, planned: int, left: int) -> Intent:
        code = self._hands.code()
        sale = await self._hands.place([planned, 2], reference=code)
        await self._hands.process(sale)
        (shipment,) = (await self._hands.order(sale))["shipments"]
        content = ShipGoods(
            lines=tuple(
                _goods(number, *sold, Decimal(n)) for number, (sold, n) in enumerate(_sold((left, 2)), start=1)
            ),
            reference=f"{code}/{shipment['id']}",
            tracking=(f"1Z{code}A", f"1Z{code}B"),
        )
        return _intent(self._source, SHIP_GOODS, Kind.SHIPMENT, str(shipment["id"]), content)


class InvoiceTaking:
    """Drafts of invoices."""

    steps: Sequence[bytes] = (b"/post?",)
    looking = b"rest/model/account.invoice?d="

    def __init__(self, hands: Hands, source: str) -> None:
        self._hands, self._source = hands, source

    async def sample(self) -> Intent:
        """The draft of a sale, and what it comes to."""
        return await self._wanted(Decimal(0))

    async def bearing(self, intent: Intent) -> Sequence[Stood]:
        """The invoice itself, once it is posted."""
        one = await self._hands.rest("GET", f"model/account.invoice/{intent.source_id}", f=["state"])
        return [Stood(source_id=str(one["id"]), lines={})] if one["state"] == "posted" else []

    async def hopeless(self) -> Intent | None:
        """A cent more than it comes to."""
        return await self._wanted(Decimal("0.01"))

    async def again(self, intent: Intent) -> bool | None:
        """Posted once more: a button that is not there any more."""
        return await _pressed(self._hands, "account.invoice", intent.source_id, "post")

    async def _wanted(self, more: Decimal) -> Intent:
        sale = await self._hands.place([3, 1])
        await self._hands.process(sale)
        found = await self._hands.order(sale)
        total = Money(amount=found["total_amount"] + more, currency_code=found["currency"]["code"])
        (invoice,) = found["invoices"]
        return _intent(self._source, POST_INVOICE, Kind.INVOICE, str(invoice["id"]), PostInvoice(total=total))


async def _pressed(hands: Hands, model: str, one: str | None, button: str) -> bool:
    try:
        await hands.press(model, one or "0", button)
    except HandsFailed:
        return False
    return True


def _sold(units: Sequence[int]) -> list[tuple[tuple[str, str], int]]:
    return list(zip(SOLD, units, strict=False))


def _goods(number: int, sku: str, price: str, units: Decimal) -> GoodsLine:
    money = Money(amount=Decimal(price), currency_code="EUR")
    return GoodsLine(line_no=number, sku=sku, quantity=units, unit="C62", unit_price=money)


def _intent(source: str, action: str, kind: Kind, one: str | None, content: Effect) -> Intent:
    return IntentOf(source=source, kind=kind, source_id=one, action=action, key=f"{source}/{action}", content=content)
