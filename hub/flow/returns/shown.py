"""Whether a record shows the whole effect of what a system was told of a return: then it is settled (D7). Pure."""

from __future__ import annotations

from decimal import Decimal

from hub.flow.facts import KeptDelivery, KeptRecord, RootFacts
from hub.flow.holders import record_for
from hub.flow.returns.goods import counted_units
from hub.flow.returns.telling import BEFORE_JUDGEMENT, BEFORE_RECEIPT, NOT_ALLOWED
from hub.model.billing import PaymentStatus
from hub.model.effects import CreateReturn, InspectReturn, ReceiveReturn, Refund, TakeBack
from hub.model.intents import DeliveryState
from hub.model.returns import Disposition, ReturnStatus
from hub.model.schemes import RETURN_CODE
from hub.model.vocabulary import Kind

ON_SHELF = frozenset({Disposition.RESTOCK, Disposition.NOT_RECEIVED})
CAME_TO_NOTHING = frozenset(
    {ReturnStatus.CANCELLED.value, ReturnStatus.DECLINED.value, ReturnStatus.EXPIRED.value, ReturnStatus.UNKNOWN.value}
)


def is_shown_of_return(row: KeptDelivery, facts: RootFacts) -> bool:
    """Whether what is kept of the source shows everything that the delivery wants.

    False of what is no effect on a return. A create and a refund are shown by what bears their names, whenever it was
    seen; all else by a record asked for after the claim.
    """
    match row.content:
        case CreateReturn():
            return any(one.content.status not in NOT_ALLOWED for one in _named(row, facts, row.content.reference))
        case ReceiveReturn():
            return _has_passed(row, facts, BEFORE_RECEIPT) and _is_in(row, facts, row.content)
        case InspectReturn():
            return _is_judged(row, row.content) and _has_passed(row, facts, BEFORE_JUDGEMENT)
        case TakeBack():
            return _is_back(row, facts, row.content)
        case Refund():
            return _is_paid(row, facts, row.content)
    return False


def _named(row: KeptDelivery, facts: RootFacts, reference: str) -> list[KeptRecord]:
    return [
        one
        for one in facts.records
        if (one.source, one.kind) == (row.source, Kind.RETURN) and one.lives and not one.in_doubt
        if any((key.scheme, key.value) == (RETURN_CODE, reference) for key in (*one.content.bears, *one.content.refers))
    ]


def _is_in(row: KeptDelivery, facts: RootFacts, wanted: ReceiveReturn) -> bool:
    """Whether all papers of the name, asked for after the claim, count as many units as came; a source that counts none
    is believed."""
    papers = _named(row, facts, wanted.reference)
    there = counted_units(papers)
    is_later_all = all(is_later(one, row) for one in papers)
    return there is None or (is_later_all and sum(there.values()) >= sum(line.quantity for line in wanted.lines))


def _is_judged(row: KeptDelivery, wanted: InspectReturn) -> bool:
    """Whether a return that is put away has all that should become of it: what goes elsewhere than on the shelf moves
    after that at some systems, and no record tells of it. Who was told yes to the last step knows."""
    return row.state is DeliveryState.ACCEPTED or all(
        line.disposition in ON_SHELF for line in wanted.lines if line.quantity
    )


def _has_passed(row: KeptDelivery, facts: RootFacts, before: frozenset[str | None]) -> bool:
    record = record_for(row, facts)
    if record is None or not is_later(record, row):
        return False
    return record.content.status not in before | CAME_TO_NOTHING


def _is_back(row: KeptDelivery, facts: RootFacts, wanted: TakeBack) -> bool:
    record = record_for(row, facts)
    if record is None or not is_later(record, row):
        return False
    back = {line.id: line.quantities.returned or Decimal(0) for line in record.content.lines}
    return all(line.line is not None and back.get(line.line, Decimal(0)) >= line.quantity for line in wanted.lines)


def _is_paid(row: KeptDelivery, facts: RootFacts, wanted: Refund) -> bool:
    """Refunds of this name that have gone, as many as it takes."""
    gone = Decimal(0)
    for one in facts.records:
        told = one.content.payment.facts if one.content.payment is not None else None
        is_its = (one.source, one.kind) == (row.source, Kind.PAYMENT) and one.lives and not one.in_doubt
        if is_its and told is not None and told.amount is not None and told.psp_ref == wanted.reference:
            gone += told.amount.amount if one.content.status == PaymentStatus.SUCCEEDED.value else Decimal(0)
    return gone >= wanted.amount.amount


def is_later(record: KeptRecord, row: KeptDelivery) -> bool:
    """Whether a record that lives, and is not in doubt, was asked for after the claim."""
    if not record.lives or record.in_doubt or row.claimed_at is None or record.started is None:
        return False
    return record.started > row.claimed_at
