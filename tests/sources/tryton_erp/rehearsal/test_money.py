"""Invoices and credit notes by Tryton's rules."""

from decimal import Decimal

import pytest

from sources.tryton_erp.rehearsal.erp import Erp
from sources.tryton_erp.rehearsal.refusal import Refusal


def test_an_invoice_has_a_number_when_posted_and_is_owed_until_paid(erp: Erp) -> None:
    sale = erp.process(erp.sell("CODE", [("MUG", 2, "7.50")]))
    (invoice,) = sale.invoices
    assert (invoice.number, invoice.amount_to_pay) == (None, Decimal(0))
    erp.money.post(invoice)
    assert (invoice.number, invoice.amount_to_pay, sale.party.credit_amount) == (
        "INV-20017", Decimal("18.15"), Decimal("18.15"),
    )  # fmt: skip
    erp.money.pay(invoice)
    assert (invoice.state, invoice.amount_to_pay, sale.party.credit_amount) == ("paid", Decimal(0), Decimal(0))
    with pytest.raises(Refusal, match='can not call "post"'):
        erp.money.post(invoice)


def test_tax_is_rounded_once_per_document(erp: Erp) -> None:
    sale = erp.sell("CODE", [("TSHIRT-M", 3, "9.08"), ("FLOUR", 0.25, "1.2345")])
    assert (sale.untaxed_amount, sale.tax_amount) == (Decimal("27.55"), Decimal("5.79"))


def test_a_credit_note_turns_an_invoice_round_and_names_it(erp: Erp) -> None:
    sale = erp.process(erp.sell("CODE", [("MUG", 2, "7.50")]))
    invoice = erp.bill(sale)
    note = erp.money.credit(invoice)
    assert (note.total_amount, note.state, note.origin_invoices, note.sales) == (
        Decimal("-18.15"),
        "paid",
        [invoice],
        [],
    )
    assert note.lines[0].origin is invoice.lines[0]
    assert (invoice.state, sale.party.credit_amount) == ("cancelled", Decimal(0))


def test_a_return_has_a_credit_note_of_its_own(erp: Erp) -> None:
    sale = erp.process(erp.sell("CODE", [("MUG", 2, "7.50")]))
    erp.send(sale.shipments[0])
    back = erp.take_back(sale, "CODE-R1", [("MUG", 1)])
    erp.receive(back)
    (note,) = back.invoices
    assert (note.number, note.state, note.total_amount) == ("C1", "posted", Decimal("-9.08"))
