"""Hands for the checks of returns, past the adapter: what was agreed, what has come, what becomes of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from hub.model.effects import (
    CREATE_RETURN,
    INSPECT_RETURN,
    RECEIVE_RETURN,
    CreateReturn,
    Disposed,
    Effect,
    GoodsLine,
    InspectReturn,
    ReceiveReturn,
)
from hub.model.intents import Intent, IntentOf
from hub.model.returns import Disposition
from hub.model.vocabulary import Kind
from sources.kit.taking import Stood
from sources.tryton_erp.rehearsal.hands import SOLD, Hands

BACK = "stock.shipment.out.return"
_LOOKING = f"rest/model/{BACK}?d=".encode()
_MOVES = ("state", "incoming_moves.product.code", "incoming_moves.quantity", "incoming_moves.state",
          "inventory_moves.quantity", "inventory_moves.to_location.type")  # fmt: skip


class AgreeTaking:
    """Sales of negative quantities."""

    steps: Sequence[bytes] = (b"rest/model/sale.sale?f=id", b"/quote?", b"/confirm?")
    looking = b"rest/model/sale.sale?d="

    def __init__(self, hands: Hands, source: str) -> None:
        self._hands, self._source = hands, source

    async def sample(self) -> Intent:
        """Two of one item and one of another, of a sale that has been processed."""
        return await self._wanted(2, 1)

    async def bearing(self, intent: Intent) -> Sequence[Stood]:
        """Sales that bear the reference, with what should come back."""
        names = ("state", "lines.product.code", "lines.quantity")
        sales = await self._hands.rest("GET", "model/sale.sale", d=[["reference", "=", _named(intent)]], f=names)
        return [
            Stood(
                source_id=str(sale["id"]),
                lines={line["product"]["code"]: -Decimal(str(line["quantity"])) for line in sale["lines"]},
                is_whole=sale["state"] not in ("draft", "quotation"),
            )
            for sale in sales
        ]

    async def hopeless(self) -> Intent | None:
        """Of an item that the ERP does not know."""
        intent = await self._wanted(2, 1)
        content = intent.content
        if not isinstance(content, CreateReturn):
            return None
        unknown = replace(content.lines[1], sku="NO-SUCH-ITEM")
        return replace(intent, content=replace(content, lines=(content.lines[0], unknown)))

    async def again(self, intent: Intent) -> bool | None:
        """A second sale of the reference: nothing keeps it out."""
        await self._hands.sell(_named(intent), [("MUG", "7.50", -1)])
        return True

    async def _wanted(self, *units: int) -> Intent:
        code = self._hands.code()
        sale = await self._hands.place([4, 2], reference=code)
        await self._hands.process(sale)
        content = CreateReturn(
            reference=f"{code}-R1", order=sale, lines=_goods(*units), currency_code="EUR", warehouse="WH"
        )
        return _intent(self._source, CREATE_RETURN, content)


class ReceiveTaking:
    """Return shipments that the ERP has planned."""

    steps: Sequence[bytes] = (b"rest/model/stock.move/", b"/receive?")
    looking = _LOOKING

    def __init__(self, hands: Hands, source: str) -> None:
        self._hands, self._source = hands, source

    async def sample(self) -> Intent:
        """Two of three, and one of one."""
        return await self._wanted(2, 1)

    async def bearing(self, intent: Intent) -> Sequence[Stood]:
        """The return, once something of it has come."""
        came = [one for one in await _shipments(self._hands, intent) if one["state"] in ("received", "done")]
        return [Stood(source_id=str(intent.source_id), lines=_came(came))] if came else []

    async def hopeless(self) -> Intent | None:
        """In the parcel there is an item that was not sold."""
        intent = await self._wanted(2, 1)
        content = intent.content
        if not isinstance(content, ReceiveReturn):
            return None
        return replace(intent, content=replace(content, lines=(*content.lines, _other())))

    async def again(self, intent: Intent) -> bool | None:
        """Nothing is received twice: a button that is not there any more."""
        return None

    async def _wanted(self, *units: int) -> Intent:
        reference, made = await _agreed(self._hands, (3, 1))
        content = ReceiveReturn(reference=reference, lines=_goods(*units), warehouse="WH")
        return _intent(self._source, RECEIVE_RETURN, content, made)


class InspectTaking:
    """What becomes of what has come back."""

    steps: Sequence[bytes] = (b'{"inventory_moves":', b"/do?")
    looking = _LOOKING

    def __init__(self, hands: Hands, source: str) -> None:
        self._hands, self._source = hands, source

    async def sample(self) -> Intent:
        """One of three is scrap, the rest is put away."""
        return await self._wanted(1)

    async def bearing(self, intent: Intent) -> Sequence[Stood]:
        """The return once it is put away; whole if scrap has moved."""
        away = [one for one in await _shipments(self._hands, intent) if one["state"] == "done"]
        if not away:
            return []
        wasted = [
            Decimal(str(move["quantity"]))
            for one in away
            for move in one["inventory_moves"]
            if move["to_location"]["type"] == "lost_found"
        ]
        is_whole = sum(wasted) == 1
        return [Stood(source_id=str(intent.source_id), lines=_came(away), is_whole=is_whole)]

    async def hopeless(self) -> Intent | None:
        """More scrap than has come."""
        return await self._wanted(5)

    async def again(self, intent: Intent) -> bool | None:
        """Nothing is put away twice: a button that is not there any more."""
        return None

    async def _wanted(self, scrap: int) -> Intent:
        reference, made = await _agreed(self._hands, (3,))
        (shipment,) = (await self._hands.order(made))["shipment_returns"]
        await self._hands.press(BACK, shipment["id"], "receive")
        judged = ((Disposition.RESTOCK, 2), (Disposition.SCRAP, scrap))
        lines = tuple(
            Disposed(line_no=1, sku=SOLD[0][0], quantity=Decimal(units), disposition=what) for what, units in judged
        )
        content = InspectReturn(reference=reference, lines=lines, warehouse="WH")
        return _intent(self._source, INSPECT_RETURN, content, made)


async def _agreed(hands: Hands, units: Sequence[int]) -> tuple[str, str]:
    """The reference and the id of a return that has been confirmed."""
    code = hands.code()
    sale = await hands.place([4, 2], reference=code)
    await hands.process(sale)
    lines = [(sku, price, -n) for (sku, price), n in zip(SOLD, units, strict=False)]
    made = await hands.sell(f"{code}-R1", lines, origin=sale)
    await hands.process(made)
    return f"{code}-R1", made


async def _shipments(hands: Hands, intent: Intent) -> list[Any]:  # Any: JSON
    of = [["moves.origin.sale.id", "=", int(intent.source_id or 0), "sale.line"]]
    found: list[Any] = await hands.rest("GET", f"model/{BACK}", d=of, f=_MOVES)
    return found


def _came(shipments: Iterable[Any]) -> dict[str, Decimal]:  # Any: JSON
    units: dict[str, Decimal] = {}
    for move in (move for one in shipments for move in one["incoming_moves"] if move["state"] == "done"):
        sku = move["product"]["code"]
        units[sku] = units.get(sku, Decimal(0)) + Decimal(str(move["quantity"]))
    return units


def _goods(*units: int) -> tuple[GoodsLine, ...]:
    return tuple(
        GoodsLine(line_no=number, sku=sku, quantity=Decimal(n), unit="C62")
        for number, ((sku, _), n) in enumerate(zip(SOLD, units, strict=False), start=1)
    )


def _other() -> GoodsLine:
    return GoodsLine(line_no=9, sku="LAPTOP", quantity=Decimal(1), unit="C62")


def _named(intent: Intent) -> str:
    return _named_in(intent.content)


def _intent(source: str, action: str, content: Effect, source_id: str | None = None) -> Intent:
    key = f"{source}/{action}:{_named_in(content)}"
    return IntentOf(source=source, kind=Kind.RETURN, source_id=source_id, action=action, key=key, content=content)


def _named_in(content: Effect) -> str:
    return content.reference if isinstance(content, CreateReturn | ReceiveReturn | InspectReturn) else ""
