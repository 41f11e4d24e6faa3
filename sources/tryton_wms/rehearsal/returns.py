"""Hands for the checks of returns, past the adapter: what is expected, what has come, what becomes of it."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
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
from sources.tryton_wms.rehearsal.hands import ITEMS, Hands

CAME = ("received", "done")
RETURN = b"model.stock.shipment.out.return."


@dataclass(slots=True, kw_only=True)
class Expecting:
    """Hands for returns that are expected."""

    hands: Hands
    source: str
    steps: Sequence[bytes] = (RETURN + b"create",)
    looking: bytes = RETURN + b"search_read"

    async def sample(self) -> Intent:
        """Two of one item and three of another, under a reference that nothing bears yet."""
        reference = _reference()
        content = CreateReturn(reference=reference, order=None, lines=_goods(2, 3), currency_code="EUR", warehouse="WH")
        return _intent(self.source, CREATE_RETURN, content)

    async def bearing(self, intent: Intent) -> Sequence[Stood]:
        """Every return of the reference that nobody has given up."""
        rows = await self.hands.back(_named(intent), [["state", "!=", "cancelled"]])
        return [Stood(source_id=str(row["id"]), lines=_units(row["moves"])) for row in rows]

    async def hopeless(self) -> Intent:
        """Of an item that nobody keeps."""
        return _with_unknown(await self.sample())

    async def again(self, intent: Intent) -> bool:
        """Whether Tryton takes a second one of the reference: it does."""
        await self.hands.expect([1], _named(intent))
        return True


@dataclass(slots=True, kw_only=True)
class Receiving:
    """Hands for goods that come back."""

    hands: Hands
    source: str
    steps: Sequence[bytes] = (RETURN + b"write", RETURN + b"receive", RETURN + b"receive")
    """Goods without an origin are doubted at first, and taken in once the doubt is answered."""
    looking: bytes = RETURN + b"search_read"

    async def sample(self) -> Intent:
        """Two of three, and both of two."""
        return await self._wanted(2, 2)

    async def bearing(self, intent: Intent) -> Sequence[Stood]:
        """Returns of the reference that have come in."""
        rows = await self.hands.back(_named(intent), [["state", "in", list(CAME)]])
        return [Stood(source_id=str(row["id"]), lines=_units(row["moves"])) for row in rows]

    async def hopeless(self) -> Intent:
        """In the parcel there is an item that nobody keeps."""
        return _with_unknown(await self._wanted(2, 2))

    async def again(self, intent: Intent) -> bool | None:
        """A second receipt of the same units."""
        await self.hands.step_back(await self.hands.expect([2, 2], _named(intent)), "receive")
        return True

    async def _wanted(self, *units: int) -> Intent:
        reference = _reference()
        made = await self.hands.expect([3, 2], reference)
        content = ReceiveReturn(reference=reference, lines=_goods(*units), warehouse="WH")
        return _intent(self.source, RECEIVE_RETURN, content, made)


@dataclass(slots=True, kw_only=True)
class Inspecting:
    """Hands for what becomes of goods that have come back."""

    hands: Hands
    source: str
    steps: Sequence[bytes] = (RETURN + b"done", b"model.stock.move.create", b"model.stock.move.do")
    looking: bytes = RETURN + b"search_read"

    async def sample(self) -> Intent:
        """One of three is scrap, the rest is put away."""
        return await self._wanted(1)

    async def bearing(self, intent: Intent) -> Sequence[Stood]:
        """The return once it is put away, with as many units of the item as were judged; whole if scrap has moved."""
        found = []
        for row in await self.hands.back(_named(intent), [["state", "=", "done"]]):
            scrapped = [move for move in row["aside"] if move["state"] == "done"]
            is_whole = sum(move["quantity"] for move in scrapped) == 1
            found.append(Stood(source_id=str(row["id"]), lines=_units(row["moves"]), is_whole=is_whole))
        return found

    async def hopeless(self) -> Intent:
        """More scrap than has come."""
        return await self._wanted(5)

    async def again(self, intent: Intent) -> bool | None:
        """Nothing is put away twice: a button that does nothing any more."""
        return None

    async def _wanted(self, scrap: int) -> Intent:
        reference = _reference()
        made = await self.hands.expect([3], reference)
        await self.hands.step_back(made, "receive")
        judged = ((Disposition.RESTOCK, 2), (Disposition.SCRAP, scrap))
        lines = tuple(
            Disposed(line_no=1, sku=ITEMS[0], quantity=Decimal(units), disposition=what) for what, units in judged
        )
        content = InspectReturn(reference=reference, lines=lines, warehouse="WH")
        return _intent(self.source, INSPECT_RETURN, content, made)


def _goods(*units: int) -> tuple[GoodsLine, ...]:
    return tuple(
        GoodsLine(line_no=number, sku=sku, quantity=Decimal(n), unit="C62")
        for number, (sku, n) in enumerate(zip(ITEMS, units, strict=False), start=1)
    )


def _units(moves: Iterable[Any]) -> dict[str, Decimal]:  # Any: JSON
    units: dict[str, Decimal] = {}
    for move in moves:
        sku = move["product."]["code"]
        units[sku] = units.get(sku, Decimal(0)) + Decimal(str(move["quantity"]))
    return units


def _reference() -> str:
    return f"BACK{secrets.token_hex(6).upper()}-R1"


def _named(intent: Intent) -> str:
    content = intent.content
    return content.reference if isinstance(content, CreateReturn | ReceiveReturn | InspectReturn) else ""


def _with_unknown(intent: Intent) -> Intent:
    content = intent.content
    if not isinstance(content, CreateReturn | ReceiveReturn):
        raise TypeError(intent.action)
    unknown = replace(content.lines[1], sku="NO-SUCH-ITEM")
    return replace(intent, content=replace(content, lines=(content.lines[0], unknown)))


def _intent(source: str, action: str, content: Effect, source_id: str | None = None) -> Intent:
    key = f"{source}/{action}:{secrets.token_hex(4)}"
    return IntentOf(source=source, kind=Kind.RETURN, source_id=source_id, action=action, key=key, content=content)
