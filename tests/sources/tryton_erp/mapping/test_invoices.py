"""Invoices and credit notes."""

from datetime import date
from decimal import Decimal

import pytest

from hub.model.observation import NaturalKey, SourceQuantities, line_key
from hub.model.values import Money
from hub.model.vocabulary import IdentifierScheme, Kind
from sources.tryton_erp.mapping.invoices import CREDITS, INVOICES, invoice_of, is_credit, memo_of, seen_of_invoice
from sources.tryton_erp.rehearsal.rpc import SELECTIONS
from sources.tryton_erp.wire import TrytonTurnedRound, Worded
from tests.sources.tryton_erp.made import CODE, READING, behind, billed, invoice, money


def eur(text: str) -> Money:
    return Money(amount=Decimal(text), currency_code="EUR")


def test_every_state_is_mapped_for_both() -> None:
    states = set(SELECTIONS["account.invoice", "state"])
    assert (set(INVOICES), set(CREDITS)) == (states, states)


def test_a_negative_total_makes_a_credit_note_and_it_says_that_it_is_no_invoice() -> None:
    note, bill = invoice("posted", "-45.38"), invoice("posted", "45.38")
    assert (is_credit(note), is_credit(bill)) == (True, False)
    assert [(seen.kind, seen.content is None) for seen in seen_of_invoice(note, READING)] == [
        (Kind.CREDIT_MEMO, False), (Kind.INVOICE, True),
    ]  # fmt: skip
    assert [seen.kind for seen in seen_of_invoice(bill, READING)] == [Kind.INVOICE]


def test_a_posted_invoice_tells_what_is_owed_and_bills_lines_of_its_order() -> None:
    given = invoice("posted", "45.38", billed(81, "5.0", "sale.line,7"), billed(82, "1.0", "sale.line,8", "service"))
    given.amount_to_pay, given.payment_term = money("45.38"), Worded(id=1, name="Immediate")
    content = invoice_of(given, READING)
    assert content.invoice is not None
    assert content.invoice.facts is not None
    assert content.invoice.settlement is not None
    facts, settled = content.invoice.facts, content.invoice.settlement
    assert (facts.issue_date, facts.terms) == (date(2026, 11, 21), "Immediate")
    assert (facts.total, facts.net, facts.tax) == (eur("45.38"), eur("37.50"), eur("7.88"))
    assert (settled.paid, settled.outstanding) == (eur("0.00"), eur("45.38"))
    assert (content.number, content.status, content.account) == ("INV-1", "POSTED", "acme")
    assert content.refers == (
        NaturalKey(scheme="erp.ORDER.id", value="12"), NaturalKey(scheme="erp.CUSTOMER.id", value="2"),
    )  # fmt: skip
    assert [(one.scheme, one.value) for one in content.identifiers] == [(IdentifierScheme.INVOICE, "INV-1")]
    goods, service = content.lines
    assert (goods.sku, goods.target) == ("MUG", line_key("erp", Kind.ORDER, "7"))
    assert goods.quantities == SourceQuantities(invoiced=Decimal(5))
    assert (service.sku, service.target) == ("", None)


@pytest.mark.parametrize(
    ("state", "owed", "status", "paid"),
    [("draft", None, "DRAFT", None), ("validated", None, "DRAFT", None), ("posted", "10.00", "PARTIALLY_PAID", "35.38"),
     ("paid", "0", "PAID", "45.38"), ("cancelled", None, "CANCELLED", None), ("strange", None, "UNKNOWN", None)],
)  # fmt: skip
def test_money_that_came_moves_the_status(state: str, owed: str | None, status: str, paid: str | None) -> None:
    given = invoice(state, "45.38")
    given.amount_to_pay = money(owed) if owed else None
    content = invoice_of(given, READING)
    assert content.invoice is not None
    settled = content.invoice.settlement
    assert (content.status, settled.paid if settled else None) == (status, eur(paid) if paid else None)


def test_a_credit_note_by_wizard_leads_to_the_invoice_it_turns_round() -> None:
    given = invoice("paid", "-45.38", billed(83, "-5.0", "account.invoice.line,81"))
    given.sales = []
    given.origin_invoices = [TrytonTurnedRound(id=20, sales=[behind()])]
    content = memo_of(given, READING)
    assert content.credit_memo is not None
    assert content.credit_memo.facts is not None
    assert (content.credit_memo.facts.total, content.status) == (eur("45.38"), "APPLIED")
    assert content.refers == (
        NaturalKey(scheme="erp.INVOICE.id", value="20"), NaturalKey(scheme="erp.ORDER.id", value="12"),
        NaturalKey(scheme="erp.CUSTOMER.id", value="2"),
    )  # fmt: skip
    assert [(line.quantities, line.target) for line in content.lines] == [
        (SourceQuantities(credited=Decimal(5)), line_key("erp", Kind.INVOICE, "81"))
    ]
    assert content.identifiers[0].scheme is IdentifierScheme.CREDIT_MEMO


def test_a_credit_note_of_a_return_leads_to_the_return_and_its_order() -> None:
    given = invoice("posted", "-9.08", billed(83, "-1.0", "sale.line,9"))
    given.sales = [behind(15, f"{CODE}-R1", "sale.sale,12")]
    content = memo_of(given, READING)
    assert content.refers[:3] == (
        NaturalKey(scheme="erp.RETURN.id", value="15"), NaturalKey(scheme="return.code", value=f"{CODE}-R1"),
        NaturalKey(scheme="erp.ORDER.id", value="12"),
    )  # fmt: skip
    assert content.lines[0].target == line_key("erp", Kind.RETURN, "9")
