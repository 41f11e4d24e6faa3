"""`order.cancel` as a target per line, so that doing it twice is doing it once (design Flow-1)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from hub.errors import SourceRefused
from hub.model.effects import CancelOrder
from hub.model.intents import LineGrant, Outcome, OutcomeState
from hub.ports import SourceCall
from sources.vendure.client import VendureClient
from sources.vendure.mapping import quantities_of
from sources.vendure.mutations import CANCEL
from sources.vendure.orders import UNREADABLE, Orders
from sources.vendure.wire import VendureOrder

ZERO = Decimal(0)


class Cancelling:
    """One cancel of one order, on its way into the shop."""

    def __init__(self, client: VendureClient, orders: Orders, order_id: str, content: CancelOrder) -> None:
        self._client, self._orders = client, orders
        self._id, self._content = order_id, content

    async def execute(self, call: SourceCall) -> Outcome:
        """Cancel what is missing to the target, as far as it has not left: look, cancel, look again.

        DONE with grants below the targets where the shop could give a part only; REFUSED where it could give nothing.
        """
        before = await self._orders.placed(call, self._id)
        lines = standing(before, self._content)
        if lines is None:
            return _no_such_line(before)
        wanted = cancel_input(before.id, lines, self._content)
        if wanted is None:
            return outcome(before, lines)
        try:
            await self._client.act(call, CANCEL, {"input": wanted}, "cancelOrder")
        except SourceRefused as refused:
            return await self._refused(call, refused)
        after = await self._read_back(call)
        return replace(after, state=OutcomeState.DONE) if after.state is OutcomeState.REFUSED else after

    async def resolve(self, call: SourceCall) -> Outcome:
        """Look how the lines stand; nothing else."""
        order = await self._orders.placed(call, self._id)
        lines = standing(order, self._content)
        return _no_such_line(order) if lines is None else outcome(order, lines)

    async def _read_back(self, call: SourceCall) -> Outcome:
        """What the shop holds now. Where it cannot be read, the effect is ACCEPTED: it said yes."""
        try:
            return await self.resolve(call)
        except UNREADABLE:
            return Outcome(state=OutcomeState.ACCEPTED)

    async def _refused(self, call: SourceCall, refused: SourceRefused) -> Outcome:
        """The shop said no: perhaps somebody else was quicker, so what it holds decides, and its words are kept."""
        found = await self._read_back(call)
        if found.state is OutcomeState.DONE:
            return found
        return Outcome(
            state=OutcomeState.REFUSED, reference=found.reference, words=refused.message, grants=found.grants
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LineStanding:
    """One targeted line as the shop has it now."""

    line: str
    line_no: int
    target: Decimal
    cancelled: Decimal
    open: Decimal
    """Units that have not left and may still be cancelled."""

    @property
    def missing(self) -> Decimal:
        """Units still to be cancelled to reach the target."""
        return max(ZERO, self.target - self.cancelled)

    @property
    def possible(self) -> int:
        """Whole units that the shop would really take back: Vendure itself would also cancel what has left."""
        return int(min(self.missing, self.open))


def standing(order: VendureOrder, content: CancelOrder) -> tuple[LineStanding, ...] | None:
    """How the targeted lines stand; None where a line is not of this order."""
    known = {line.id: (line, quantities) for line, quantities in quantities_of(order)}
    lines = []
    for target in content.lines:
        if target.line not in known:
            return None
        line, quantities = known[target.line]
        left = max(ZERO, Decimal(line.quantity) - (quantities.shipped or ZERO))
        lines.append(
            LineStanding(
                line=target.line,
                line_no=target.line_no,
                target=target.cancelled,
                cancelled=quantities.cancelled or ZERO,
                open=left,
            )
        )
    return tuple(lines)


def cancel_input(order_id: str, lines: tuple[LineStanding, ...], content: CancelOrder) -> dict[str, Any] | None:
    """Vendure's input for what is possible now; None where nothing is.

    Never a line without units: Vendure *adds* units for a negative quantity and cancels everything for no lines at all.
    """
    wanted = [{"orderLineId": line.line, "quantity": line.possible} for line in lines if line.possible > 0]
    if not wanted:
        return None
    words = content.note or content.reason.value
    return {"orderId": order_id, "lines": wanted, "cancelShipping": content.whole, "reason": words[:500]}


def outcome(order: VendureOrder, lines: tuple[LineStanding, ...]) -> Outcome:
    """What the lines, as read, mean for the intent.

    DONE: every target is reached. ABSENT: none is. PARTIAL: some are and the rest is possible. REFUSED: what is missing
    has left or is gone; the grants say how far it came.
    """
    grants = tuple(LineGrant(line_no=line.line_no, cancelled=min(line.cancelled, line.target)) for line in lines)
    short = [line for line in lines if line.missing]
    if not short:
        return Outcome(state=OutcomeState.DONE, reference=order.code, grants=grants)
    if not any(line.possible for line in short):
        return Outcome(state=OutcomeState.REFUSED, reference=order.code, words=_too_late(order, short), grants=grants)
    reached = len(short) < len(lines)
    return Outcome(state=OutcomeState.PARTIAL if reached else OutcomeState.ABSENT, reference=order.code, grants=grants)


def _no_such_line(order: VendureOrder) -> Outcome:
    return Outcome(state=OutcomeState.REFUSED, words="the order has no such line", reference=order.code)


def _too_late(order: VendureOrder, short: list[LineStanding]) -> str:
    parts = [f"line {line.line_no}: {line.missing} of {line.target} cannot be taken back" for line in short]
    return f"the order is {order.state}; " + ", ".join(parts)
