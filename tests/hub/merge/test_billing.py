"""Documents of invoices, credit memos and payments."""

from __future__ import annotations

from hub.flow.facts import KeptRecord
from hub.merge.billing import assembled_credit_memo, assembled_invoice, assembled_payment
from hub.merge.ground import ground_of
from hub.model.billing import (
    BillingLine,
    CreditMemoStatus,
    InvoiceFacts,
    InvoiceGroups,
    InvoiceStatus,
    PaymentFacts,
    PaymentGroups,
    PaymentKind,
    PaymentStatus,
)
from hub.model.observation import Content
from hub.model.vocabulary import FieldGroup, Kind
from tests.kit.facts import ERP, SHOP, content, d, eur, facts, line, link, order_record, record

ORDER = order_record(SHOP, content(line("a", 2)))


def paper(kind: Kind, said: Content, *names: tuple[str, Kind], source: str = ERP) -> KeptRecord:
    links = (link("o1", Kind.ORDER), *(link(name, what) for name, what in names))
    return record(source, kind, said, (0, 1), entity_id="x1", links=links)


def test_an_invoice_says_what_it_bills_line_by_line() -> None:
    said = Content(
        invoice=InvoiceGroups(facts=InvoiceFacts(total=eur(24))),
        status="POSTED",
        number="INV-1",
        lines=(line("b", 2, price=10, total=eur(20), tax=eur(4)), line("c", 1, sku="", description="Freight")),
    )
    ground = ground_of(facts(ORDER, paper(Kind.INVOICE, said, ("c1", Kind.CUSTOMER))))
    found = assembled_invoice(ground, "x1", {("x1", "b"): "o1/1"})
    assert (found.status, found.number, found.order_ids, found.customer_id) == (
        InvoiceStatus.POSTED,
        "INV-1",
        ("o1",),
        "c1",
    )
    assert found.lines == (
        BillingLine(sku="MUG", quantity=d(2), unit_price=eur(10), total=eur(20), tax=eur(4), order_line_id="o1/1"),
        BillingLine(description="Freight", quantity=d(1)),
    )
    assert [(one.scheme.value, one.value) for one in found.identifiers] == [("INVOICE", "INV-1")]
    assert [(one.group, one.source) for one in found.speakers] == [(FieldGroup.INVOICING, ERP)]


def test_a_summary_invoice_names_every_order() -> None:
    found = assembled_invoice(ground_of(facts(paper(Kind.INVOICE, Content(), ("o2", Kind.ORDER)))), "x1", {})
    assert (found.order_ids, found.status) == (("o1", "o2"), InvoiceStatus.UNKNOWN)


def test_a_credit_memo_names_the_invoice_it_turns_round_and_the_return_it_pays_for() -> None:
    said = Content(status="POSTED", number="CN-1", lines=(line("b", 1),))
    ground = ground_of(facts(ORDER, paper(Kind.CREDIT_MEMO, said, ("i1", Kind.INVOICE), ("r1", Kind.RETURN))))
    found = assembled_credit_memo(ground, "x1", {})
    assert (found.status, found.invoice_id, found.return_id) == (CreditMemoStatus.POSTED, "i1", "r1")


def test_a_payment_says_what_it_does_and_is_a_capture_where_nobody_says() -> None:
    groups = PaymentGroups(facts=PaymentFacts(kind=PaymentKind.REFUND, amount=eur(5)))
    said = Content(payment=groups, status="SUCCEEDED", number="pay-1")
    known = facts(ORDER, paper(Kind.PAYMENT, said, ("r1", Kind.RETURN), source=SHOP))
    found = assembled_payment(ground_of(known), "x1")
    assert (found.kind, found.status, found.return_id) == (PaymentKind.REFUND, PaymentStatus.SUCCEEDED, "r1")
    assert [(one.scheme.value, one.value) for one in found.identifiers] == [("PAYMENT_REF", "pay-1")]
    silent = ground_of(facts(ORDER, paper(Kind.PAYMENT, Content())))
    assert assembled_payment(silent, "x1").kind is PaymentKind.CAPTURE
