"""Columns repeat what of a document lists filter and sort by."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from hub.merge.columns import MOMENT, NAME, STATUS, TOTAL, row_of
from hub.merge.shelf import Entity
from hub.model.billing import Invoice, InvoiceFacts, InvoiceGroups, InvoiceStatus
from hub.model.entities import ENTITIES
from hub.model.order import Order, OrderCommercial, OrderGroups, OrderLine, OrderStatus
from hub.model.place import Warehouse, WarehouseGroups, WarehouseProfile, WarehouseStatus
from hub.model.product import Product, ProductGroups, ProductItem, ProductStatus
from hub.model.shipment import FulfillmentOrder, FulfillmentRequestStatus, Shipment, ShipmentMilestone
from hub.model.transfer import Transfer, TransferStatus
from hub.model.values import Money
from hub.model.vocabulary import Kind
from hub.store.entities import EntityRow
from tests.kit.merging import at

EUROS = Money(amount=Decimal("9.50"), currency_code="EUR")


def row(kind: Kind, doc: Any) -> EntityRow:  # Any: a document of the kind
    return row_of(Entity(kind=kind, id="a", root_id="r", version=4, doc=doc, missing_in=("ERP",)), at(7))


def test_of_an_order() -> None:
    lines = (
        OrderLine(id="a/1", line_no=1, sku="B", warehouse_id="w2"),
        OrderLine(id="a/2", line_no=2, sku="A", warehouse_id="w1"),
        OrderLine(id="a/3", line_no=3, sku="A"),
    )
    head = OrderGroups(commercial=OrderCommercial(placed_at=at(0), channel="web", total=EUROS))
    found = row(
        Kind.ORDER, Order(id="a", version=4, number="C0", status=OrderStatus.ACCEPTED, groups=head, lines=lines)
    )
    assert (found.number, found.status, found.placed_at, found.total, found.channel) == (
        "C0", "ACCEPTED", at(0), Decimal("9.50"), "web",
    )  # fmt: skip
    assert (found.skus, found.warehouse_ids, found.missing_in, found.updated_at) == (
        ("A", "B"), ("w1", "w2"), ("ERP",), at(7),
    )  # fmt: skip


def test_of_what_has_other_names_for_the_same() -> None:
    facts = InvoiceFacts(issue_date=date(2026, 11, 21), total=EUROS)
    invoice = Invoice(
        id="a", version=1, status=InvoiceStatus.POSTED, groups=InvoiceGroups(facts=facts), customer_id="c"
    )
    bill = row(Kind.INVOICE, invoice)
    assert (bill.placed_at, bill.total, bill.customer_id) == (
        datetime(2026, 11, 21, tzinfo=UTC), Decimal("9.50"), "c",
    )  # fmt: skip
    item = Product(id="a", version=1, sku="MUG", groups=ProductGroups(item=ProductItem(status=ProductStatus.ACTIVE)))
    product = row(Kind.PRODUCT, item)
    assert (product.number, product.status) == ("MUG", "ACTIVE")
    profile = WarehouseGroups(profile=WarehouseProfile(status=WarehouseStatus.PAUSED))
    place = row(Kind.WAREHOUSE, Warehouse(id="a", version=1, code="WH", groups=profile))
    assert (place.number, place.status, place.placed_at, place.total) == ("WH", "PAUSED", None, None)
    asked = FulfillmentOrder(id="a", version=1, request_status=FulfillmentRequestStatus.ACCEPTED, warehouse_id="w")
    assert (row(Kind.FULFILLMENT_ORDER, asked).status, row(Kind.FULFILLMENT_ORDER, asked).warehouse_ids) == (
        "ACCEPTED", ("w",),
    )  # fmt: skip


def test_every_place_of_a_transfer_and_the_moment_of_a_parcel() -> None:
    moved = Transfer(id="a", version=1, status=TransferStatus.DRAFT, from_warehouse_id="w2", to_warehouse_id="w1")
    assert row(Kind.TRANSFER, moved).warehouse_ids == ("w1", "w2")
    parcel = Shipment(id="a", version=1, status=ShipmentMilestone.PACKED)
    assert row(Kind.SHIPMENT, parcel).placed_at is None
    assert row(Kind.SHIPMENT, replace(parcel, is_partial=True)).is_partial is True


@pytest.mark.parametrize("table", [STATUS, NAME, MOMENT, TOTAL])
def test_each_path_begins_at_a_field_of_the_kind(table: dict[Kind, str]) -> None:
    for kind, path in table.items():
        assert path.split(".")[0] in ENTITIES[kind].__dataclass_fields__, kind
