"""What documents below an order tell of its story."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from hub.flow.facts import KeptRecord
from hub.model.billing import (
    CreditMemo,
    CreditMemoStatus,
    Invoice,
    InvoiceFacts,
    InvoiceGroups,
    InvoiceStatus,
    Payment,
    PaymentFacts,
    PaymentGroups,
    PaymentKind,
    PaymentStatus,
)
from hub.model.observation import Content
from hub.model.returns import Return, ReturnGroups, ReturnReceipt, ReturnRequestFacts, ReturnStatus
from hub.model.shipment import FulfillmentOrder, FulfillmentRequestStatus
from hub.model.vocabulary import Kind
from hub.read.paperwork import paperwork
from tests.kit.orders import NOON, make_record
from tests.kit.wholes import make_whole


def seen(kind: Kind, entity: str, minutes: float = 0, said: Content | None = None, **more: Any) -> KeptRecord:
    """A record of the shop, first seen so many minutes after noon."""
    return make_record(
        kind=kind, entity_id=entity, content=said or Content(), first_seen_at=later(minutes), **more
    )  # fmt: skip


def later(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def told(*records: KeptRecord, **members: Any) -> list[tuple[str, str, datetime, bool]]:
    found = paperwork(make_whole(None, *records, **members))
    return [(one.event, one.text, one.occurred_at, one.is_late) for one in found]


def invoice(status: InvoiceStatus, issued: date | None = None) -> Invoice:
    return Invoice(
        id="i", version=1, status=status, number="INV-1", groups=InvoiceGroups(facts=InvoiceFacts(issue_date=issued))
    )


def test_a_bill_is_told_once_it_is_posted() -> None:
    record = seen(Kind.INVOICE, "i", 5)
    said = ("invoice.posted", "Invoice INV-1 posted")
    assert told(record, invoices=(invoice(InvoiceStatus.DRAFT),)) == []
    assert told(record, invoices=(invoice(InvoiceStatus.POSTED),)) == [(*said, later(5), False)]
    same_day = invoice(InvoiceStatus.PAID, NOON.date())
    assert told(record, invoices=(same_day,)) == [(*said, later(5), False)]


def test_a_paper_of_an_earlier_day_stands_on_its_day_and_is_late() -> None:
    old = invoice(InvoiceStatus.POSTED, NOON.date() - timedelta(days=3))
    midnight = NOON.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=3)
    assert told(seen(Kind.INVOICE, "i"), invoices=(old,)) == [
        ("invoice.posted", "Invoice INV-1 posted", midnight, True)
    ]


def test_credit_memos_payments_and_requests_are_told() -> None:
    memo = CreditMemo(id="c", version=1, status=CreditMemoStatus.POSTED, number="CN-1")
    paid = Payment(
        id="p",
        version=1,
        kind=PaymentKind.CAPTURE,
        status=PaymentStatus.SUCCEEDED,
        groups=PaymentGroups(facts=PaymentFacts(occurred_at=later(2))),
    )
    asked = FulfillmentOrder(id="f", version=1, request_status=FulfillmentRequestStatus.ACCEPTED)
    records = (
        seen(Kind.CREDIT_MEMO, "c", 9),
        seen(Kind.PAYMENT, "p", 3),
        seen(Kind.FULFILLMENT_ORDER, "f", 1, Content(number="317")),
    )
    assert told(*records, credit_memos=(memo,), payments=(paid,), fulfillment_orders=(asked,)) == [
        ("fulfillment_order.seen", "Request 317 seen in shop", later(1), False),
        ("credit_memo.posted", "Credit memo CN-1 posted", later(9), False),
        ("payment.capture", "Capture succeeded", later(2), False),
    ]


def test_a_return_is_told_step_by_step_each_by_whoever_said_when() -> None:
    groups = ReturnGroups(
        request=ReturnRequestFacts(requested_at=later(1)), receipt=ReturnReceipt(received_at=later(8))
    )
    back = Return(id="r", version=1, number="C0-R1", status=ReturnStatus.RECEIVED, groups=groups)
    allowed = seen(Kind.RETURN, "r", 2, Content(return_=ReturnGroups(request=groups.request)))
    came = seen(Kind.RETURN, "r", 9, Content(return_=ReturnGroups(receipt=groups.receipt)), source="dock")
    found = list(paperwork(make_whole(None, allowed, came, returns=(back,))))
    assert [(one.event, one.source, one.occurred_at) for one in found] == [
        ("return.requested", "shop", later(1)),
        ("return.received", "dock", later(8)),
    ]
    silent = Return(id="r", version=1, number="C0-R1", status=ReturnStatus.AUTHORIZED)
    assert told(allowed, returns=(silent,)) == [("return.seen", "Return C0-R1 seen", later(2), False)]
