"""Which drafts are posted, and when."""

from __future__ import annotations

from hub.flow.cycle.billing import billed_on
from hub.model.billing import BillingLine, Invoice, InvoiceStatus
from tests.kit.facts import d
from tests.kit.flows import flowing
from tests.kit.managed import (
    INVOICE,
    erp_request,
    erp_shipment,
    invoice,
    managed,
    sale,
    shop_order,
    wms_request,
    wms_shipment,
)

PLANNED = (erp_request(), erp_shipment())


def is_posted(shipped: int, billed: int, ordered: int = 3) -> bool:
    left = (wms_request(shipped, status="CLOSED"), wms_shipment(shipped, status="SHIPPED")) if shipped else ()
    known = managed(
        shop_order(ordered), sale(ordered), erp_request(ordered), erp_shipment(ordered), *left, invoice(billed)
    )
    return INVOICE in {intent.key for intent in flowing(known).intents}


def test_a_draft_is_posted_once_everything_it_bills_has_left_and_not_before() -> None:
    assert [is_posted(shipped, 2) for shipped in (0, 1, 2, 3)] == [False, False, True, True]
    assert not is_posted(2, 3)


def test_units_are_added_up_line_by_line_and_charges_bill_none() -> None:
    lines = (
        BillingLine(order_line_id="o1/1", quantity=d(2)),
        BillingLine(order_line_id="o1/1", quantity=d(1)),
        BillingLine(description="Shipping", quantity=d(1)),
    )
    bill = Invoice(id="i1", version=1, status=InvoiceStatus.DRAFT, lines=lines)
    assert billed_on(bill) == {"o1/1": d(3)}
