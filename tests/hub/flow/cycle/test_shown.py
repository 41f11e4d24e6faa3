"""When a record settles a delivery: the whole effect, and asked late enough (D7)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hub.flow.cycle.shown import is_shown
from hub.flow.facts import KeptDelivery, KeptRecord, RootFacts
from hub.model.intents import DeliveryState
from tests.kit.facts import at
from tests.kit.flows import apply, delivery_of, flowing, moved
from tests.kit.managed import (
    ERP_CREATE,
    ERP_SHIP,
    FULFIL,
    INVOICE,
    SHOP_SHIP,
    erp_request,
    erp_shipment,
    invoice,
    managed,
    sale,
    shop_order,
    shop_parcel,
    wms_request,
    wms_shipment,
)

PLANNED = (shop_order(), sale(), erp_request(), erp_shipment())
GONE = (*PLANNED, wms_request(status="CLOSED"), wms_shipment(status="SHIPPED"), invoice())


def out(key: str, *records: KeptRecord) -> tuple[KeptDelivery, RootFacts]:
    known = moved(apply(managed(*records)), key, DeliveryState.UNKNOWN, claimed_at=at(350))
    return delivery_of(known, key), known


def shows(key: str, before: tuple[KeptRecord, ...], *after: KeptRecord) -> bool:
    row, known = out(key, *before)
    slots = {(one.source, one.kind, one.source_id) for one in after}
    rest = [one for one in known.records if (one.source, one.kind, one.source_id) not in slots]
    return is_shown(row, replace(known, records=(*rest, *after)))


@pytest.mark.parametrize(
    ("status", "shown"), [("VALIDATED", True), ("COMPLETED", True), ("CANCELLED", True), ("PENDING_ACCEPTANCE", False)]
)
def test_a_create_is_shown_by_a_binding_order_of_its_reference_whenever_it_was_seen(
    status: str, *, shown: bool
) -> None:
    assert shows(ERP_CREATE, (shop_order(),), sale(status=status)) is shown
    assert shows(ERP_CREATE, (shop_order(),), sale(status=status, seen=(500, 501))) is shown


def test_a_create_is_not_shown_by_another_order_one_in_doubt_or_one_that_is_gone() -> None:
    other = sale()
    for record in (
        replace(other, content=replace(other.content, refers=())),
        replace(other, in_doubt=True),
        replace(other, lives=False),
    ):
        assert not shows(ERP_CREATE, (shop_order(),), record)


@pytest.mark.parametrize(("status", "shown"), [("ACCEPTED", True), ("CLOSED", True), ("SUBMITTED", False)])
def test_a_request_is_shown_once_the_warehouse_has_said_yes(status: str, *, shown: bool) -> None:
    assert shows(FULFIL, PLANNED, wms_request(status=status), wms_shipment()) is shown


def test_a_warehouse_that_tells_of_no_requests_says_yes_by_its_shipment() -> None:
    assert shows(FULFIL, PLANNED, wms_shipment())


@pytest.mark.parametrize(
    ("status", "seen", "shown"), [("SHIPPED", 400, True), ("SHIPPED", 300, False), ("PACKED", 400, False)]
)
def test_the_erp_s_shipment_must_have_left_and_been_asked_for_after_the_claim(
    status: str, seen: float, *, shown: bool
) -> None:
    assert shows(ERP_SHIP, GONE, erp_shipment(status=status, seen=(seen, seen + 1))) is shown


@pytest.mark.parametrize(
    ("status", "seen", "shown"), [("SHIPPED", 400, True), ("SHIPPED", 300, False), ("PACKED", 400, False)]
)
def test_the_shop_must_show_a_parcel_with_every_tracking_number(status: str, seen: float, *, shown: bool) -> None:
    parcel = shop_parcel(status=status, seen=(seen, seen + 1))
    assert shows(SHOP_SHIP, GONE, parcel) is shown
    other = replace(parcel, content=replace(parcel.content, packages=()))
    assert not shows(SHOP_SHIP, GONE, other)


@pytest.mark.parametrize(("status", "shown"), [("POSTED", True), ("PAID", True), ("DRAFT", False)])
def test_an_invoice_is_shown_once_it_is_a_draft_no_more(status: str, *, shown: bool) -> None:
    assert shows(INVOICE, GONE, invoice(status=status, seen=(400, 401))) is shown


def test_what_is_shown_is_settled_and_the_next_thing_follows_in_the_same_run() -> None:
    row, known = out(ERP_CREATE, shop_order())
    result = flowing(replace(known, records=(*known.records, sale(), erp_request(), erp_shipment())))
    assert result.shown == (row.id,)
    assert [intent.key for intent in result.intents] == [FULFIL]
