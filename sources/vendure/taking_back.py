"""`order.return`: units that have come back are taken off the shop's order, as a total per line (design Flow-1).

Vendure has no returns of its own: a cancel of units that have left puts them back in stock and shrinks the order. While
units of a line are still to leave it would cancel those, so such a line waits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from hub.errors import SourceRefused
from hub.model.effects import TakeBack
from hub.model.intents import Outcome, OutcomeState
from hub.ports import SourceCall
from sources.vendure.client import VendureClient
from sources.vendure.mapping import quantities_of
from sources.vendure.mutations import CANCEL
from sources.vendure.orders import UNREADABLE, Orders
from sources.vendure.wire import VendureOrder

ZERO = Decimal(0)


class TakingBack:
    """What has come back of one order, on its way into the shop."""

    def __init__(self, client: VendureClient, orders: Orders, order_id: str, content: TakeBack) -> None:
        self._client, self._orders = client, orders
        self._id, self._content = order_id, content

    async def execute(self, call: SourceCall) -> Outcome:
        """Take off what is missing to the totals: look, take off, look again."""
        order = await self._orders.placed(call, self._id)
        before = outcome(order, self._content)
        if before.state is OutcomeState.REFUSED or before.state is OutcomeState.DONE:
            return before
        refused: SourceRefused | None = None
        wanted = taken_off(order, self._content)
        try:
            await self._client.act(call, CANCEL, {"input": wanted}, "cancelOrder")
        except SourceRefused as no:  # perhaps somebody else was quicker: what the shop holds decides
            refused = no
        try:
            after = await self.resolve(call)
        except UNREADABLE:
            if refused is not None:
                raise
            return Outcome(state=OutcomeState.ACCEPTED, reference=order.code, source_id=order.id)
        if after.state is OutcomeState.DONE:
            return after
        words = refused.message if refused else after.words or "the shop did not take it back"
        return Outcome(state=OutcomeState.REFUSED, reference=order.code, words=words)

    async def resolve(self, call: SourceCall) -> Outcome:
        """Look how the lines stand; nothing else."""
        return outcome(await self._orders.placed(call, self._id), self._content)


@dataclass(frozen=True, slots=True, kw_only=True)
class LineBack:
    """One line of the shop's as it stands, and what should have come back of it."""

    line: str
    sku: str
    wanted: Decimal
    returned: Decimal
    out: Decimal
    """Units that have left and not come back."""
    waiting: Decimal
    """Units still to leave."""

    @property
    def missing(self) -> Decimal:
        """Units still to be taken off."""
        return max(ZERO, self.wanted - self.returned)


def standing(order: VendureOrder, content: TakeBack) -> tuple[LineBack, ...] | None:
    """How the lines stand; None where one is not of this order."""
    known = {line.id: (line, told) for line, told in quantities_of(order)}
    lines = []
    for wanted in content.lines:
        found = [one for one in known if wanted.line in (one, None) and known[one][0].product_variant.sku == wanted.sku]
        if not found:
            return None
        line, told = known[found[0]]
        out = (told.shipped or ZERO) - (told.returned or ZERO)
        lines.append(
            LineBack(
                line=line.id,
                sku=wanted.sku,
                wanted=wanted.quantity / wanted.factor,
                returned=told.returned or ZERO,
                out=out,
                waiting=max(ZERO, Decimal(line.quantity) - out),
            )
        )
    return tuple(lines)


def outcome(order: VendureOrder, content: TakeBack) -> Outcome:
    """DONE: every total is reached. ABSENT: none. PARTIAL: some. REFUSED: what is missing has not left, or not all."""
    lines = standing(order, content)
    if lines is None:
        return Outcome(state=OutcomeState.REFUSED, reference=order.code, words="the order has no such line")
    short = [line for line in lines if line.missing]
    if not short:
        return Outcome(state=OutcomeState.DONE, reference=order.code, source_id=order.id)
    words = "; ".join(_why_not(short))
    if words:
        return Outcome(state=OutcomeState.REFUSED, reference=order.code, words=words)
    is_begun = any(line.returned and not line.missing for line in lines)
    return Outcome(state=OutcomeState.PARTIAL if is_begun else OutcomeState.ABSENT, reference=order.code)


def taken_off(order: VendureOrder, content: TakeBack) -> dict[str, Any]:  # Any: GraphQL input
    """Vendure's input for what is missing; never a line without units, which would cancel everything."""
    lines = standing(order, content) or ()
    wanted = [{"orderLineId": line.line, "quantity": int(line.missing)} for line in lines if line.missing]
    return {"orderId": order.id, "lines": wanted, "cancelShipping": False, "reason": f"return {content.reference}"}


def _why_not(short: Sequence[LineBack]) -> list[str]:
    words = []
    for line in short:
        if line.missing != int(line.missing):
            words.append(f"{line.sku}: {line.missing} is no whole number of units")
        elif line.missing > line.out:
            words.append(f"{line.sku}: {line.missing} should come back and {line.out} are with the customer")
        elif line.waiting:
            words.append(f"{line.sku}: {line.waiting} are still to leave, and the shop would cancel those instead")
    return words
