"""Sales by Tryton's rules."""

import pytest

from sources.tryton_erp.rehearsal.erp import Erp
from sources.tryton_erp.rehearsal.records import Sale
from sources.tryton_erp.rehearsal.refusal import Refusal
from sources.tryton_erp.rehearsal.selling import open_invoices
from tests.kit.clock import StoppedClock


def axes(sale: Sale) -> tuple[str, str, str]:
    return sale.state, sale.shipment_state, sale.invoice_state


def test_a_draft_has_no_number_and_confirming_processes_at_once(erp: Erp) -> None:
    sale = erp.sell("CODE", [("MUG", 2, "7.50")])
    assert (sale.number, axes(sale)) == (None, ("draft", "none", "none"))
    erp.selling.quote(sale)
    assert (sale.number, sale.state) == ("SO-10051", "quotation")
    erp.selling.confirm(sale)
    assert axes(sale) == ("processing", "waiting", "pending")
    assert ([one.state for one in sale.shipments], [one.state for one in sale.invoices]) == (["waiting"], ["draft"])


def test_a_carriers_cost_is_added_and_the_total_changes(erp: Erp) -> None:
    sale = erp.sell("CODE", [("MUG", 2, "7.50")], carrier_cost=True)
    before = sale.total_amount
    erp.selling.quote(sale)
    assert [line.shipment_cost for line in sale.lines] == [None, sale.lines[1].unit_price]
    assert str(sale.total_amount - before) == "6.05"


def test_a_credit_limit_is_enforced_when_it_is_confirmed(erp: Erp) -> None:
    sale = erp.sell("PO-1", [("LAPTOP", 2, "899.00")], party="ACME")
    erp.selling.quote(sale)
    with pytest.raises(Refusal, match=r"will exceed their €1000\.00 credit limit by €798\.00"):
        erp.selling.confirm(sale)
    assert sale.state == "quotation"


def test_every_button_is_refused_in_the_wrong_state(erp: Erp) -> None:
    sale = erp.process(erp.sell("CODE", [("MUG", 2, "7.50")]))
    for button in (erp.selling.quote, erp.selling.confirm, erp.selling.cancel, erp.selling.draft):
        with pytest.raises(Refusal, match="You can not call"):
            button(sale)
    with pytest.raises(Refusal, match="no lines"):
        erp.selling.quote(erp.sell("CODE", []))


def test_a_cancelled_sale_goes_back_to_the_desk_with_its_number(erp: Erp) -> None:
    sale = erp.sell("CODE", [("MUG", 2, "7.50")])
    erp.selling.quote(sale)
    erp.selling.cancel(sale)
    erp.selling.draft(sale)
    erp.selling.quote(sale)
    assert (sale.number, sale.state) == ("SO-10051", "quotation")


def test_called_off_after_processing_it_is_done_and_paid(erp: Erp) -> None:
    sale = erp.process(erp.sell("CODE", [("MUG", 2, "7.50")]))
    erp.goods.cancel(sale.shipments[0])
    assert axes(sale) == ("processing", "exception", "pending")
    erp.cancel(sale)
    assert axes(sale) == ("done", "none", "paid")
    assert ([one.state for one in sale.invoices], open_invoices(sale)) == (["cancelled"], [])


def test_the_header_moves_only_with_one_of_its_states(erp: Erp, clock: StoppedClock) -> None:
    sale = erp.process(erp.sell("CODE", [("MUG", 2, "7.50")]))
    stamp = sale.write_date
    clock.move(60)
    erp.goods.assign_try(sale.shipments[0])
    assert sale.write_date == stamp
    erp.send(sale.shipments[0])
    assert sale.write_date != stamp


def test_part_of_the_money_shows_on_the_third_axis(erp: Erp) -> None:
    sale = erp.process(erp.sell("CODE", [("MUG", 2, "7.50")]))
    invoice = erp.bill(sale)
    assert (sale.invoice_state, open_invoices(sale)) == ("awaiting payment", [invoice])
    erp.money.bill(sale, [(line, 2.0) for line in sale.lines])
    erp.money.post(sale.invoices[1])
    erp.money.pay(invoice)
    assert sale.invoice_state == "partially paid"
