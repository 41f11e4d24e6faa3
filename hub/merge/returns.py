"""The document of one return: what was asked and allowed, what came, what was paid for it (domain.md 2.2.7, 2.7)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from hub.flow.facts import CaseWanted, KeptRecord
from hub.merge.comeback import COUNTED, goods, is_authorized, money, stands_at
from hub.merge.ground import Ground
from hub.merge.groups import assembled_groups, identifiers_of, speakers_of
from hub.merge.heads import claim, number_told, spoken, target_told, version_of
from hub.merge.lines import Member, Row, match, numbered
from hub.merge.loads import requested_in, returned_in
from hub.model.billing import CreditMemo, CreditMemoStatus, Payment
from hub.model.cases import CaseQueue, ExceptionCode, RootCause, Severity
from hub.model.observation import SourceLine
from hub.model.returns import Return, ReturnGroups, ReturnLine, ReturnStatus
from hub.model.vocabulary import FieldGroup, Kind

ZERO = Decimal(0)
NUMBERED = "RETURN|"
"""What the keys of a return's line numbers begin with: each return counts its own lines."""
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
    """What was paid for returns, as far as it lies beside them."""

    memos: tuple[CreditMemo, ...] = ()
    payments: tuple[Payment, ...] = ()


def assembled_return(
    ground: Ground, entity: str, line_ids: Mapping[tuple[str, str], str], known: Mapping[str, int], paid: PaidFor
) -> AssembledReturn:
    """The return as its records tell it now; *known*: line numbers ever given under the root."""
    records = ground.records[entity]
    claims = [(ground.system(r.source), word) for r in _heads(ground, records) if (word := claim(r, ReturnStatus))]
    status = stands_at(claims)
    memos = tuple(memo for memo in paid.memos if memo.return_id == entity)
    payments = tuple(payment for payment in paid.payments if payment.return_id == entity)
    rows = _rows(ground, records)
    mine = {key: number for key, number in known.items() if key.startswith(tuple(_prefixes(records)))}
    numbers, remembered = numbered(rows, mine)
    lines = [
        _line(row, number, status, line_ids.get((entity, row.first.id)))
        for number, row in zip(numbers, rows, strict=True)
    ]
    told = tuple(sorted(_credited(lines, memos), key=lambda line: line.line_no))
    found = Return(
        id=entity,
        version=version_of(ground, entity),
        number=number_told(ground, records, FieldGroup.RETURNS) or records[0].source_id,
        status=status,
        physical_state=goods(status, told),
        financial_state=money(status, told, memos, payments),
        groups=assembled_groups(ground, records, ReturnGroups),
        lines=told,
        identifiers=identifiers_of(ground, records),
        order_ids=ground.orders_of(entity),
        customer_id=target_told(ground, records, FieldGroup.RETURNS, Kind.CUSTOMER),
        warehouse_id=target_told(ground, records, FieldGroup.FULFILLMENT, Kind.WAREHOUSE),
        speakers=speakers_of(ground, records, ReturnGroups),
    )
    return AssembledReturn(return_=found, line_numbers=remembered, cases=tuple(_discrepancy(found)))


def _heads(ground: Ground, records: Sequence[KeptRecord]) -> list[KeptRecord]:
    """One record per source, of the living ones where any lives."""
    found = spoken(ground, records, FieldGroup.RETURNS)
    return [record for record in found if record.lives] or found


def _prefixes(records: Iterable[KeptRecord]) -> Iterator[str]:
    for record in records:
        yield f"{NUMBERED}{record.source}|{record.document}|"


def _rows(ground: Ground, records: Sequence[KeptRecord]) -> list[Row]:
    """Lines of the authorisation, beside each what the others tell of it, the warehouse first; extra lines last."""
    rows: list[Row] = []
    allowed = [record for record in _heads(ground, records) if record.content.lines][:1]
    others = [r for r in spoken(ground, records, FieldGroup.FULFILLMENT) if r.content.lines and r.lives]
    for record in (*allowed, *(one for one in others if one not in allowed)):
        pairs, _ = match(record.content.lines, rows)
        for line, at in pairs:
            member = Member(source=f"{NUMBERED}{record.source}", document=record.document, line=line)
            if at is None:
                rows.append(Row(members=(member,)))
            else:
                rows[at] = replace(rows[at], members=(*rows[at].members, member))
    return rows


def _line(row: Row, number: int, status: ReturnStatus, order_line: str | None) -> ReturnLine:
    """One line: asked and allowed by whoever laid it down, received by the first of the others that tells it."""
    first, *rest = row.members
    requested = requested_in(first.line)
    receipts = [[m.line for m in row.members if m.source == source] for source in dict.fromkeys(m.source for m in rest)]
    received = next((_sum(lines) for lines in receipts if _tells(lines)), returned_in(first.line))
    authorized = requested if is_authorized(status) else ZERO
    counted = status in COUNTED
    return ReturnLine(
        line_no=number,
        sku=first.line.sku,
        requested=requested,
        authorized=authorized,
        received=received,
        inspected=received if counted else ZERO,
        credited=first.line.quantities.credited or ZERO,
        missing=max(authorized - received, ZERO) if counted else ZERO,
        extra=max(received - authorized, ZERO) if is_authorized(status) else ZERO,
        order_line_id=order_line,
    )


def _tells(lines: Iterable[SourceLine]) -> bool:
    return any(line.quantities.returned is not None for line in lines)


def _sum(lines: Iterable[SourceLine]) -> Decimal:
    return sum((returned_in(line) for line in lines), ZERO)


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
    if missing or extra:
        words = [f"{_text(units)} {name}" for units, name in ((missing, "missing"), (extra, "too many")) if units]
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
