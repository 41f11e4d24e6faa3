"""The one write: `order.cancel` of a whole sale, as a state to be reached, so that doing it twice is doing it once."""

from __future__ import annotations

from decimal import Decimal

from hub.model.effects import CancelOrder
from hub.model.intents import LineGrant, Outcome, OutcomeState
from sources.tryton_erp.mapping.sales import quantities_of
from sources.tryton_erp.wire import TrytonSale

ZERO = Decimal(0)
CANCELLABLE = frozenset({"draft", "quotation"})
"""Until it is confirmed; afterwards shipments and invoices stand."""


def standing(sale: TrytonSale, content: CancelOrder) -> Outcome:
    """What the sale, as read, means for the intent.

    DONE: every target is reached. ABSENT: none is, and the whole sale may still be cancelled, which is what is wanted.
    REFUSED: a part is wanted, a line is not of the sale, or it is too late; the grants say how the lines stand.
    """
    known = {str(line.id): told for line, told in quantities_of(sale)}
    if any(target.line not in known for target in content.lines):
        return Outcome(state=OutcomeState.REFUSED, words="the sale has no such line", reference=sale.number)
    grants = tuple(
        LineGrant(line_no=target.line_no, cancelled=min(target.cancelled, known[target.line].cancelled or ZERO))
        for target in content.lines
    )
    if all(target.cancelled <= (known[target.line].cancelled or ZERO) for target in content.lines):
        return Outcome(state=OutcomeState.DONE, reference=sale.number, grants=grants)
    if sale.state == "cancelled":  # more than there ever was: all of it is off
        return Outcome(state=OutcomeState.DONE, reference=sale.number, grants=grants)
    words = _why_not(sale, content)
    state = OutcomeState.ABSENT if words is None else OutcomeState.REFUSED
    return Outcome(state=state, reference=sale.number, words=words, grants=grants)


def _why_not(sale: TrytonSale, content: CancelOrder) -> str | None:
    if sale.state not in CANCELLABLE:
        return f"the sale is {sale.state}: only a draft or a quotation can be cancelled in the ERP"
    wanted = {target.line: target.cancelled for target in content.lines}
    lines = {str(line.id): told.ordered or ZERO for line, told in quantities_of(sale)}
    if any(wanted.get(line, ZERO) < ordered for line, ordered in lines.items()):
        return "the ERP cancels a sale as a whole, not some of its units"
    return None
