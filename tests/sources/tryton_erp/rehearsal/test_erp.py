"""The company."""

from sources.tryton_erp.rehearsal.erp import Erp, lines_of


def test_parties_without_a_code_are_numbered(erp: Erp) -> None:
    assert [erp.party(None, name).code for name in ("One", "Two")] == ["1", "2"]
    erp.price_list(erp.parties["1"], "Wholesale")
    assert erp.parties["1"].sale_price_list is not None


def test_a_sale_is_sent_billed_paid_and_partly_comes_back(erp: Erp) -> None:
    sale = erp.process(erp.sell("CODE", [("MUG", 2, "7.50"), ("SHIPPING", 1, "5.00")]))
    shipment = erp.open_shipment(sale)
    assert shipment is not None
    erp.send(shipment, "3SBPT1")
    assert erp.open_shipment(sale) is None
    assert erp.bill(sale, paid=True).state == "paid"
    assert sale.state == "done"
    assert [line.product.code for line in lines_of(sale) if line.product] == ["MUG"]
    back = erp.take_back(sale, "CODE-R1", [("MUG", 1)])
    erp.receive(back)
    erp.receive(back)
    assert (back.origin, back.shipment_state, back.invoice_state) == (sale, "sent", "awaiting payment")


def test_cancelling_is_what_people_do_at_each_stage(erp: Erp) -> None:
    quoted, processed = erp.sell("A", [("MUG", 1, "1")]), erp.process(erp.sell("B", [("MUG", 1, "1")]))
    erp.cancel(quoted)
    erp.cancel(processed)
    assert (quoted.state, processed.state) == ("cancelled", "done")
