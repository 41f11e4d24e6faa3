"""The one write: `order.cancel` as a target per line, so that doing it twice is doing it once (design Flow-1)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from hub.model.effects import CancelOrder
from hub.model.intents import LineGrant, Outcome, OutcomeState
from sources.vendure.mapping import quantities_of
from sources.vendure.wire import VendureOrder

ZERO = Decimal(0)


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


def _too_late(order: VendureOrder, short: list[LineStanding]) -> str:
    parts = [f"line {line.line_no}: {line.missing} of {line.target} cannot be taken back" for line in short]
    return f"the order is {order.state}; " + ", ".join(parts)
