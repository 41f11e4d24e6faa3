"""One order across shop, ERP and warehouse on PostgreSQL, whichever speaks first (Id-1 to Id-5, D2)."""

from __future__ import annotations

from decimal import Decimal
from random import Random
from typing import Any

import pytest

from hub.codec import decode
from hub.model.billing import CreditMemo, Invoice
from hub.model.entities import ENTITIES
from hub.model.order import Order, OrderStatus
from hub.model.place import Warehouse
from hub.model.product import Product
from hub.model.returns import Return, ReturnFinancialState, ReturnPhysicalState, ReturnStatus
from hub.model.shipment import FulfillmentOrder, FulfillmentRequestStatus, Shipment, ShipmentMilestone
from hub.model.vocabulary import Kind
from hub.store.store import Store
from tests.kit.merging import Looking
from tests.kit.trio import CODE, whole_trio


@pytest.fixture
def hub(store: Store) -> Looking:
    return Looking(store)


async def documents(hub: Looking) -> dict[Kind, Any]:  # Any: documents
    """The one document of every kind that there is, with the root it lies under."""
    rows = await hub.rows(
        "select kind, root_id, doc::text from entity where tenant = :tenant and redirect_to is null order by id"
    )
    assert len({kind for kind, _, _ in rows}) == len(rows), f"twice: {[kind for kind, _, _ in rows]}"
    return {Kind(kind): (root, decode(doc, ENTITIES[Kind(kind)])) for kind, root, doc in rows}


@pytest.mark.parametrize("seed", range(4))
async def test_three_systems_tell_of_one_order_in_any_order(hub: Looking, seed: int) -> None:
    told = whole_trio()
    Random(seed).shuffle(told)
    if seed:
        await hub.each(*told)
    else:
        await hub.write(*told)
    found = await documents(hub)
    root, order = found[Kind.ORDER]
    assert isinstance(order, Order)
    below = (
        Kind.SHIPMENT,
        Kind.FULFILLMENT_ORDER,
        Kind.INVOICE,
        Kind.CREDIT_MEMO,
        Kind.RETURN,
    )
    assert [found[kind][0] for kind in below] == [root] * 5
    assert [found[kind][1].order_ids for kind in below] == [(order.id,)] * 5
    _check_order(order, found)
    _check_below(order, found)
    assert [row[0] for row in await hub.rows("select code from exception_case where closed_at is null")] == []


def _check_order(order: Order, found: dict[Kind, Any]) -> None:
    assert (order.number, order.status) == (CODE, OrderStatus.INVOICED)
    (line,) = order.lines
    told = line.quantities
    counted = (told.ordered, told.released, told.shipped, told.invoiced, told.returned, told.credited)
    assert counted == tuple(map(Decimal, (2, 2, 2, 2, 1, 1)))
    warehouse = found[Kind.WAREHOUSE][1]
    assert isinstance(warehouse, Warehouse)
    assert (line.warehouse_id, warehouse.code) == (warehouse.id, "WH")
    names = {(one.scheme.value, one.value, one.source) for one in order.identifiers}
    assert {
        ("CHANNEL_ORDER", CODE, "shop"),
        ("ERP_ORDER", "317", "erp"),
        ("WMS_SHIPMENT", "317", "wms"),
        ("ERP_SHIPMENT", "317", "erp"),
        ("TRACKING", "1Z-1", "wms"),
        ("INVOICE", "1001", "erp"),
        ("CREDIT_MEMO", "1002", "erp"),
        ("RMA", f"{CODE}-R1", "erp"),
    } <= names


def _check_below(order: Order, found: dict[Kind, Any]) -> None:
    line = order.lines[0].id
    shipment, request = found[Kind.SHIPMENT][1], found[Kind.FULFILLMENT_ORDER][1]
    assert isinstance(shipment, Shipment)
    assert (shipment.status, shipment.number) == (ShipmentMilestone.SHIPPED, "317")
    assert [(one.tracking_number, one.status) for one in shipment.packages] == [("1Z-1", ShipmentMilestone.SHIPPED)]
    assert [one.order_line_id for one in shipment.lines] == [line]
    assert isinstance(request, FulfillmentOrder)
    assert (request.request_status, request.shipment_ids) == (FulfillmentRequestStatus.ACCEPTED, (shipment.id,))
    assert [(str(one.requested), str(one.accepted), one.order_line_id) for one in request.lines] == [("2", "2", line)]
    invoice, memo = found[Kind.INVOICE][1], found[Kind.CREDIT_MEMO][1]
    assert isinstance(invoice, Invoice)
    assert [(str(one.quantity), one.order_line_id) for one in invoice.lines] == [("2", line)]
    back = found[Kind.RETURN][1]
    assert isinstance(memo, CreditMemo)
    assert (memo.invoice_id, memo.return_id) == (invoice.id, back.id)
    assert isinstance(back, Return)
    states = (back.status, back.physical_state, back.financial_state)
    assert states == (ReturnStatus.INSPECTED, ReturnPhysicalState.RECEIVED, ReturnFinancialState.CREDITED)
    (came,) = back.lines
    assert (came.authorized, came.received, came.credited) == (Decimal(1),) * 3
    assert came.order_line_id == line
    product = found[Kind.PRODUCT][1]
    assert isinstance(product, Product)
    assert (product.sku, product.groups.item and product.groups.item.name) == ("MUG", "erp")
    assert sorted(one.source for one in product.mappings) == ["erp", "shop", "wms"]
