"""What documents below an order tell of its story: requests, bills, credits, payments, returns. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta

from hub.flow.facts import KeptRecord
from hub.merge.authority import system_of
from hub.model.billing import CreditMemo, CreditMemoStatus, Invoice, InvoiceStatus, Payment
from hub.model.returns import Return
from hub.model.shipment import FulfillmentOrder
from hub.model.views import TimelineEntry
from hub.model.vocabulary import Kind
from hub.read.whole import Whole

LATE_AFTER = timedelta(days=1)
"""A paper that is seen so long after its day is late: its day is all that is told of when."""

_NOT_OUT = (InvoiceStatus.DRAFT, InvoiceStatus.UNKNOWN, CreditMemoStatus.DRAFT, CreditMemoStatus.UNKNOWN)


def paperwork(whole: Whole) -> Iterator[TimelineEntry]:
    """Everything that the documents of an order add to what happened, in no order."""
    members = whole.stored.members
    for request in members.fulfillment_orders:
        yield from _requested(whole, request)
    for invoice in members.invoices:
        yield from _posted(whole, Kind.INVOICE, invoice, "Invoice")
    for memo in members.credit_memos:
        yield from _posted(whole, Kind.CREDIT_MEMO, memo, "Credit memo")
    for payment in members.payments:
        yield from _paid(whole, payment)
    for back in members.returns:
        yield from _came_back(whole, back)


def _requested(whole: Whole, request: FulfillmentOrder) -> Iterator[TimelineEntry]:
    for record in _records(whole, Kind.FULFILLMENT_ORDER, request.id):
        number = record.content.number or record.source_id
        yield _entry(
            whole, record, record.first_seen_at, "fulfillment_order.seen", f"Request {number} seen in {record.source}"
        )


def _posted(whole: Whole, kind: Kind, paper: Invoice | CreditMemo, word: str) -> Iterator[TimelineEntry]:
    record, facts = _first(whole, kind, paper.id), paper.groups.facts
    if record is None or paper.status in _NOT_OUT:
        return
    at = _day(facts.issue_date if facts else None, record)
    yield _entry(whole, record, at, f"{kind.value.lower()}.posted", f"{word} {paper.number or record.source_id} posted")


def _paid(whole: Whole, payment: Payment) -> Iterator[TimelineEntry]:
    record = _first(whole, Kind.PAYMENT, payment.id)
    facts = payment.groups.facts
    if record is not None:
        at = facts.occurred_at if facts and facts.occurred_at else record.first_seen_at
        words = f"{payment.kind.value.lower()} {payment.status.value.lower()}".capitalize()
        yield _entry(whole, record, at, f"payment.{payment.kind.value.lower()}", words)


def _came_back(whole: Whole, back: Return) -> Iterator[TimelineEntry]:
    records = _records(whole, Kind.RETURN, back.id)
    groups = back.groups
    told = {
        "requested": groups.request.requested_at if groups.request else None,
        "authorized": groups.authorization.authorized_at if groups.authorization else None,
        "received": groups.receipt.received_at if groups.receipt else None,
        "inspected": groups.receipt.inspected_at if groups.receipt else None,
    }
    for record in records[:1] if not any(told.values()) else ():
        yield _entry(whole, record, record.first_seen_at, "return.seen", f"Return {back.number} seen")
    for word, at in told.items():
        if at is not None and records:
            yield _entry(whole, _teller(back, records, word), at, f"return.{word}", f"Return {back.number} {word}")


def _teller(back: Return, records: Sequence[KeptRecord], word: str) -> KeptRecord:
    """Whose word an instant is: the speaker's for the part of the return that it belongs to."""
    for record in records:
        said = record.content.return_
        part = said and (said.receipt if word in ("received", "inspected") else said.request or said.authorization)
        if part is not None and getattr(part, f"{word}_at", None) is not None:
            return record
    return records[0]


def _records(whole: Whole, kind: Kind, entity: str) -> list[KeptRecord]:
    mine = [one for one in whole.stored.records if one.kind is kind and one.entity_id == entity]
    return sorted(mine, key=lambda one: (one.first_seen_at, one.source, one.source_id))


def _first(whole: Whole, kind: Kind, entity: str) -> KeptRecord | None:
    return next(iter(_records(whole, kind, entity)), None)


def _day(issued: date | None, record: KeptRecord) -> datetime:
    """When a paper of a day was made, as far as can be told: when it was seen, if that was on the day."""
    if issued is None or record.first_seen_at.astimezone(UTC).date() == issued:
        return record.first_seen_at
    return datetime.combine(issued, time(), UTC)


def _entry(whole: Whole, record: KeptRecord, at: datetime, event: str, text: str) -> TimelineEntry:
    return TimelineEntry(
        occurred_at=at,
        observed_at=record.first_seen_at,
        system=system_of(record.source, whole.landscape),
        source=record.source,
        event=event,
        text=text,
        is_late=record.first_seen_at - at > LATE_AFTER,
    )
