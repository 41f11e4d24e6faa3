"""`order.cancel` of a whole sale as a state to be reached, so that doing it twice is doing it once. Pure planning.

Until it is confirmed a sale is simply cancelled. Afterwards its shipments are cancelled, its drafts of invoices too and
its posted invoices credited, and the sale is told to let all that be: it ends `done`, never `cancelled` (trap 13).
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from hub.model.effects import CancelOrder
from hub.model.intents import LineGrant, Outcome, OutcomeState
from sources.kit.values import exact
from sources.tryton_erp.deed import Plan, Press, Step, Wizard
from sources.tryton_erp.forms import Paper, SaleStand, ToldLine
from sources.tryton_erp.mapping.sales import quantities_of
from sources.tryton_erp.wire import Row, TrytonSale

SALE, SHIPMENT, INVOICE = "sale.sale", "stock.shipment.out", "account.invoice"
ZERO = Decimal(0)
UNBOUND = frozenset({"draft", "quotation"})
"""Until it is confirmed; afterwards shipments and invoices stand."""
_BUTTONS = {"draft": "cancel", "quotation": "cancel", "confirmed": "draft"}
"""The last: a worker has not processed it yet."""
_LEFT = frozenset({"shipped", "done"})
_DRAFT = frozenset({"draft", "validated"})
_CREDIT = {"start": {"with_refund": True, "with_refund_allowed": True, "invoice_date": None}}


def planned(sale: TrytonSale, stand: SaleStand, content: CancelOrder) -> Plan:
    """What is next, and how the lines stand.

    DONE: every target is reached. REFUSED: a part is wanted, a line is not of the sale, goods have left, or money came.
    """
    known = {str(line.id): told for line, told in quantities_of(sale)}
    if any(target.line not in known for target in content.lines):
        return Plan(outcome=_told(sale, OutcomeState.REFUSED, (), "the sale has no such line"))
    grants = tuple(
        LineGrant(line_no=target.line_no, cancelled=min(target.cancelled, known[target.line].cancelled or ZERO))
        for target in content.lines
    )
    is_reached = all(target.cancelled <= (known[target.line].cancelled or ZERO) for target in content.lines)
    is_off = bool(known) and all(told.cancelled == told.ordered for told in known.values())
    if (is_reached or is_off) and not _owes_more(sale, stand, content):  # of more than there ever was, all is off
        return Plan(outcome=_told(sale, OutcomeState.DONE, grants))
    words = _why_not(sale, stand, content)
    step = None if words else _next(sale, stand)
    if step is None:
        return Plan(outcome=_told(sale, OutcomeState.REFUSED, grants, words or "the ERP did not cancel the sale"))
    state = OutcomeState.PARTIAL if _has_begun(stand) else OutcomeState.ABSENT
    is_last = sale.state in UNBOUND or step == told_to_ignore_moves(sale.id, stand.lines)
    return Plan(outcome=_told(sale, state, grants), step=step, is_last=is_last)


def _next(sale: TrytonSale, stand: SaleStand) -> Step | None:
    """First nothing may leave any more, then nothing is owed any more, and at last the sale hears of it."""
    if sale.state in _BUTTONS:
        return Press(model=SALE, one=sale.id, button=_BUTTONS[sale.state])
    for parcel in stand.shipments:
        if parcel.state != "cancelled":
            return Press(model=SHIPMENT, one=parcel.id, button="cancel")
    return _settled(sale, stand) or told_to_ignore_moves(sale.id, stand.lines)


def _settled(sale: TrytonSale, stand: SaleStand) -> Step | None:
    """A draft is cancelled, which the sale takes for an exception; a posted invoice is credited, which it does not."""
    for bill in stand.invoices:
        if bill.state in _DRAFT:
            return Press(model=INVOICE, one=bill.id, button="cancel")
        if bill.state == "posted":
            return Wizard(name="account.invoice.credit", model=INVOICE, one=bill.id, state="credit", forms=_CREDIT)
    if sale.invoice_state != "exception":
        return None
    ids = _unsaid(_gone(stand.invoices), stand.invoices_ignored, stand.invoices_recreated)
    return _ignored("sale.handle.invoice.exception", sale.id, "invoices", ids)


def told_to_ignore_moves(sale: int, lines: Sequence[ToldLine]) -> Step | None:
    """Tell the sale to let the moves be that were cancelled and of which nobody has said what now."""
    ids = [one for line in lines for one in _unsaid(_gone(line.moves), line.moves_ignored, line.moves_recreated)]
    return _ignored("sale.handle.shipment.exception", sale, "moves", ids) if ids else None


def _ignored(name: str, sale: int, what: str, ids: list[int]) -> Step:
    form = {f"recreate_{what}": [], f"ignore_{what}": ids, f"domain_{what}": ids}
    return Wizard(name=name, model=SALE, one=sale, state="handle", forms={"ask": form})


def _gone(papers: Sequence[Paper]) -> list[int]:
    return [paper.id for paper in papers if paper.state == "cancelled"]


def _unsaid(gone: list[int], *said: list[Row]) -> list[int]:
    """Of what was cancelled, that of which nobody has said what now."""
    known = {one.id for many in said for one in many}
    return sorted(one for one in gone if one not in known)


def _why_not(sale: TrytonSale, stand: SaleStand, content: CancelOrder) -> str | None:
    if any(parcel.state in _LEFT for parcel in stand.shipments) or sale.state == "done":
        return f"the sale is {sale.state}, and goods of it have left: the ERP cancels a sale as a whole"
    if not _is_whole(sale, content):
        return "the ERP cancels a sale as a whole, not some of its units"
    for bill in stand.invoices:
        owed = exact(bill.amount_to_pay.decimal) if bill.amount_to_pay else ZERO
        if bill.state == "paid" or (bill.state == "posted" and owed != exact(bill.total_amount.decimal)):
            return f"money came for invoice {bill.number}: it is credited by people in the ERP"
    return None


def _is_whole(sale: TrytonSale, content: CancelOrder) -> bool:
    wanted = {target.line: target.cancelled for target in content.lines}
    return all(wanted.get(str(line.id), ZERO) >= (told.ordered or ZERO) for line, told in quantities_of(sale))


def _owes_more(sale: TrytonSale, stand: SaleStand, content: CancelOrder) -> bool:
    """Whether all goods are off, and money is still asked for."""
    is_asked = any(bill.state in _DRAFT or bill.state == "posted" for bill in stand.invoices)
    return sale.state == "processing" and is_asked and _is_whole(sale, content)


def _has_begun(stand: SaleStand) -> bool:
    return bool(_gone(stand.shipments) or _gone(stand.invoices))


def _told(sale: TrytonSale, state: OutcomeState, grants: tuple[LineGrant, ...], words: str | None = None) -> Outcome:
    return Outcome(state=state, reference=sale.number, words=words, grants=grants)
