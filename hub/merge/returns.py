"""The document of one return: what was asked and allowed, what came, what was paid for it (domain.md 2.2.7, 2.7)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from hub.flow.facts import HUB, CaseWanted, KeptRecord
from hub.merge.comeback import COUNTED, goods, is_authorized, is_blind, money, stands_at
from hub.merge.ground import Ground
from hub.merge.groups import assembled_groups, identifiers_of, speakers_of
from hub.merge.heads import number_told, spoken, target_told, version_of
from hub.merge.lines import Member, Row, match, numbered
from hub.merge.loads import returned_in
from hub.merge.payback import paid_back
from hub.merge.receipts import NUMBERED, OWN, Receipts, receipts_of
from hub.model.billing import CreditMemo, CreditMemoStatus, Payment
from hub.model.cases import CaseQueue, ExceptionCode, RootCause, Severity
from hub.model.order import Order
from hub.model.returns import (
    Disposition,
    Return,
    ReturnedUnits,
    ReturnGroups,
    ReturnInitiator,
    ReturnLine,
    ReturnRequestFacts,
    ReturnStatus,
)
from hub.model.vocabulary import FieldGroup, Kind

ZERO = Decimal(0)
_POSTED = (CreditMemoStatus.POSTED, CreditMemoStatus.APPLIED, CreditMemoStatus.REFUNDED)


@dataclass(frozen=True, slots=True, kw_only=True)
class AssembledReturn:
    """A return's document and what else follows from its records."""

    return_: Return
    line_numbers: Mapping[str, int]
    """Every number ever given to its lines."""
    cases: tuple[CaseWanted, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PaidFor:
    """What was bought and what was paid for returns, as far as it lies beside them."""

    memos: tuple[CreditMemo, ...] = ()
    payments: tuple[Payment, ...] = ()
    orders: tuple[Order, ...] = ()


def assembled_return(
    ground: Ground, entity: str, line_ids: Mapping[tuple[str, str], str], known: Mapping[str, int], paid: PaidFor
) -> AssembledReturn:
    """The return as its records tell it now; *known*: line numbers ever given under the root."""
    records = ground.records[entity]
    receipts = receipts_of(ground, records)
    claims = [(ground.system(r.source), word) for r in _heads(ground, records) if (word := receipts.word(r))]
    status = stands_at(claims)
    memos = tuple(memo for memo in paid.memos if memo.return_id == entity)
    payments = tuple(payment for payment in paid.payments if payment.return_id == entity)
    rows, blind = _rows(ground, records, receipts), is_blind(claims)
    mine = {key: number for key, number in known.items() if key.startswith(tuple(_prefixes(records)))}
    numbers, remembered = numbered(rows, mine)
    lines = [
        _line(row, (number, line_ids.get((entity, row.first.id))), status, receipts)
        for number, row in zip(numbers, rows, strict=True)
    ]
    told = tuple(sorted(_credited(lines, memos), key=lambda line: line.line_no))
    found = Return(
        id=entity,
        version=version_of(ground, entity),
        number=_own_number(records) or number_told(ground, records, FieldGroup.RETURNS) or records[0].source_id,
        status=status,
        physical_state=goods(status, told),
        financial_state=money(status, told, memos, payments),
        groups=_groups(assembled_groups(ground, records, ReturnGroups), blind=blind),
        lines=told,
        identifiers=identifiers_of(ground, records),
        order_ids=ground.orders_of(entity),
        customer_id=target_told(ground, records, FieldGroup.RETURNS, Kind.CUSTOMER),
        warehouse_id=target_told(ground, records, FieldGroup.FULFILLMENT, Kind.WAREHOUSE),
        speakers=speakers_of(ground, records, ReturnGroups),
    )
    order = next((one for one in paid.orders if (one.id,) == found.order_ids), None)
    if order is not None:
        found = paid_back(found, order, ground.facts, {one.id: one for one in paid.payments})
    is_over = any(one.source == HUB and one.content.status == ReturnStatus.CLOSED for one in records)
    cases = () if is_over else tuple(_discrepancy(found))
    return AssembledReturn(return_=found, line_numbers=remembered, cases=cases)


def _heads(ground: Ground, records: Sequence[KeptRecord]) -> list[KeptRecord]:
    """One record per source, of the living ones where any lives."""
    found = spoken(ground, records, FieldGroup.RETURNS)
    return [record for record in found if record.lives] or found


def _prefixes(records: Iterable[KeptRecord]) -> Iterator[str]:
    for record in records:
        yield f"{NUMBERED}{record.source}|{record.document}|"


def _rows(ground: Ground, records: Sequence[KeptRecord], receipts: Receipts) -> list[Row]:
    """Lines of the authorisation, beside each what the others tell of it, the warehouse first; extra lines last."""
    rows: list[Row] = []
    allowed = [record for record in _heads(ground, records) if record.content.lines][:1]
    others = [
        one
        for head in spoken(ground, records, FieldGroup.FULFILLMENT)
        for one in receipts.papers(head)
        if one.content.lines and one.lives
    ]
    for record in (*allowed, *(one for one in others if one not in allowed)):
        pairs, _ = match(record.content.lines, rows)
        for line, at in pairs:
            member = Member(source=f"{NUMBERED}{record.source}", document=record.document, line=line)
            if at is None:
                rows.append(Row(members=(member,)))
            else:
                rows[at] = replace(rows[at], members=(*rows[at].members, member))
    return rows


def _line(row: Row, named: tuple[int, str | None], status: ReturnStatus, receipts: Receipts) -> ReturnLine:
    """One line: asked and allowed by whoever laid it down, received as who receives it says, or people do meanwhile.

    *named*: (its number, the order line).
    """
    first = row.first
    own = next((member.line for member in row.members if member.source == OWN), None)
    back = next((member.line.back for member in row.members if member.line.back is not None), None) or ReturnedUnits()
    requested = receipts.requested(row, own)
    kept = _units(back, Disposition.KEEP_WITH_CUSTOMER)
    received = receipts.received(row)
    if kept and own is not None:  # what the customer keeps came to no dock: people alone know that it is settled
        received = max(received, returned_in(own))
    authorized = (requested if back.authorized is None else back.authorized) if is_authorized(status) else ZERO
    counted = status in COUNTED
    looked_at = min(sum((one.quantity for one in back.disposed), ZERO), received)
    inspected = received if counted else looked_at
    is_told = counted or (own is not None and own.quantities.returned is not None)
    return ReturnLine(
        line_no=named[0],
        sku=first.sku,
        requested=requested,
        authorized=authorized,
        received=received,
        inspected=inspected,
        credited=first.quantities.credited or ZERO,
        missing=max(authorized - received, ZERO) if is_told else ZERO,
        extra=max(received - authorized, ZERO) if is_authorized(status) else ZERO,
        reason=back.reason,
        condition=back.condition,
        disposition_requested=back.disposition_requested,
        disposition_taken=max(back.disposed, key=lambda one: one.quantity).disposition if back.disposed else None,
        restocked=_units(back, Disposition.RESTOCK) + max(inspected - looked_at, ZERO),
        quarantined=_units(back, Disposition.QUARANTINE, Disposition.REFURBISH),
        scrapped=_units(back, Disposition.SCRAP, Disposition.DONATE),
        returned_to_vendor=_units(back, Disposition.RETURN_TO_VENDOR),
        kept=kept,
        order_line_id=named[1],
    )


def _units(back: ReturnedUnits, *wanted: Disposition) -> Decimal:
    return sum((one.quantity for one in back.disposed if one.disposition in wanted), ZERO)


def _own_number(records: Sequence[KeptRecord]) -> str | None:
    """The number that the hub gave a return that was asked for here."""
    return next((one.content.number for one in records if one.source == HUB and one.content.number), None)


def _groups(told: ReturnGroups, *, blind: bool) -> ReturnGroups:
    """The head; of goods that nobody asked for, that the dock began it."""
    if not blind:
        return told
    asked = told.request or ReturnRequestFacts()
    return replace(told, request=replace(asked, initiated_via=asked.initiated_via or ReturnInitiator.WAREHOUSE_BLIND))


def _credited(lines: Sequence[ReturnLine], memos: Sequence[CreditMemo]) -> Iterator[ReturnLine]:
    """What posted credit memos credit, item by item, laid on the lines in their order."""
    left: dict[str, Decimal] = {}
    for memo in memos:
        for billed in memo.lines if memo.status in _POSTED else ():
            left[billed.sku or ""] = left.get(billed.sku or "", ZERO) + (billed.quantity or ZERO)
    for line in lines:
        part = min(left.get(line.sku, ZERO), max(line.authorized, line.received))
        left[line.sku] = left.get(line.sku, ZERO) - part
        yield replace(line, credited=max(line.credited, part))


def _discrepancy(found: Return) -> Iterator[CaseWanted]:
    """What came is not what was allowed (domain.md 4.2)."""
    missing = sum((line.missing for line in found.lines), ZERO)
    extra = sum((line.extra for line in found.lines), ZERO)
    unasked = sum((line.received for line in found.lines), ZERO) if found.status is ReturnStatus.REQUESTED else ZERO
    said = ((missing, "missing"), (extra, "too many"), (unasked if found.order_ids else ZERO, "came unasked"))
    if words := [f"{_text(units)} {name}" for units, name in said if units]:
        yield CaseWanted(
            code=ExceptionCode.RETURN_DISCREPANCY,
            dedup_key=f"{ExceptionCode.RETURN_DISCREPANCY}|{found.id}",
            title=f"return {found.number}: " + ", ".join(words),
            severity=Severity.S3,
            queue=CaseQueue.WAREHOUSE,
            root_cause=RootCause.UNKNOWN,
            suggested=("returnClose",),
        )


def _text(units: Decimal) -> str:
    return format(units.normalize(), "f")
