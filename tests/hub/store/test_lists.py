"""Every filter and sort that a kind declares, asked of PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from hub.call import Call
from hub.model.cases import (
    CaseQueue,
    CaseStatus,
    ExceptionCase,
    ExceptionCode,
    Hold,
    HoldType,
    RootCause,
    Severity,
)
from hub.model.entities import ENTITIES
from hub.model.intents import DeliveryState
from hub.model.party import CustomerGroups, CustomerProfile, CustomerType
from hub.model.shipment import (
    ShipmentExceptionKind,
    ShipmentExecution,
    ShipmentGroups,
    ShipmentLine,
    ShipmentTracking,
)
from hub.model.vocabulary import Kind
from hub.store import tables
from hub.store.listing import EVERYTHING, Slice, Sort, Where, count_entities, list_entities
from hub.store.lists import LISTINGS
from hub.store.store import Store
from tests.kit.orders import NOON, Kept, keep_alone, keep_order, keep_rows, make_customer, make_order, make_shipment
from tests.kit.things import (
    make_credit,
    make_invoice,
    make_payment,
    make_price,
    make_product,
    make_request,
    make_return,
    make_transfer,
    make_warehouse,
)
from tests.kit.wholes import make_sent

CALL = Call(actor="rep", tenant="acme", correlation_id="correlation-1")
SCOPE = ("acme", None)
LATER = NOON + timedelta(days=2)
HOLD = Hold(id="h", type=HoldType.CREDIT, placed_by="erp", placed_at=NOON)
CASE = ExceptionCase(
    id="x", version=1, code=ExceptionCode.DEAD_LETTER, severity=Severity.S2, status=CaseStatus.NEW,
    queue=CaseQueue.CS, title="It failed", root_cause=RootCause.UNKNOWN, occurrences=1, first_seen_at=NOON,
)  # fmt: skip
TODAY, TOMORROW = datetime(2026, 11, 21, tzinfo=UTC), datetime(2026, 11, 22, tzinfo=UTC)


async def ids(serving: Store, kind: Kind, where: Where, sort: Sort | None = None) -> list[str]:
    listing = LISTINGS[kind]
    async with serving.glance(CALL) as tx:
        rows = await list_entities(tx, SCOPE, listing, (where, sort or listing.usual), Slice(size=100))
        assert await count_entities(tx, SCOPE, listing, where) == len(rows)
    return [row.edge.id.rsplit("-", 1)[-1] for row in rows]


def shipped() -> Any:  # Any: a shipment
    moved = ShipmentGroups(
        execution=ShipmentExecution(carrier="UPS", shipped_at=NOON),
        tracking=ShipmentTracking(estimated_delivery_at=LATER),
    )
    return make_shipment(
        "S1", groups=moved, warehouse_id="warehouse-WH", order_ids=("order-R7K2",), is_partial=True,
        exceptions=(ShipmentExceptionKind.DELAYED,), lines=(ShipmentLine(sku="MUG", quantity=Decimal(1)),),
    )  # fmt: skip


@pytest.fixture
async def everything(store: Store) -> None:
    """Of each kind one that fits most filters and one that fits none."""
    under: dict[Kind, Sequence[Any]] = {
        Kind.SHIPMENT: [shipped()],
        Kind.FULFILLMENT_ORDER: [make_request(warehouse_id="warehouse-WH")],
        Kind.RETURN: [make_return("R1", warehouse_id="warehouse-WH")],
        Kind.INVOICE: [make_invoice("I1", customer_id="customer-ACME")],
        Kind.CREDIT_MEMO: [make_credit("C1")],
        Kind.PAYMENT: [make_payment("P1")],
    }
    order = make_order(customer_id="customer-ACME")
    order = replace(order, lines=(replace(order.lines[0], warehouse_id="warehouse-WH"),))
    await keep_order(store, Kept(order=order, members=under))
    bare = {
        Kind.SHIPMENT: make_shipment("S2", packages=(), identifiers=()),
        Kind.FULFILLMENT_ORDER: make_request("F2"),
        Kind.RETURN: make_return("R2", groups=type(make_return().groups)(), lines=()),
        Kind.INVOICE: make_invoice("I2", groups=type(make_invoice().groups)()),
        Kind.CREDIT_MEMO: make_credit("C2", groups=type(make_credit().groups)()),
        Kind.PAYMENT: make_payment("P2", groups=type(make_payment().groups)()),
        Kind.TRANSFER: make_transfer("T2", groups=type(make_transfer().groups)(), lines=(), from_warehouse_id=None),
        Kind.PRODUCT: make_product("PEN", groups=type(make_product().groups)()),
        Kind.WAREHOUSE: make_warehouse("EAST", groups=type(make_warehouse().groups)()),
        Kind.CUSTOMER: make_customer("BETA", groups=CustomerGroups()),
        Kind.PRICE_REFERENCE: make_price("PEN", groups=type(make_price().groups)()),
    }
    stuck = make_order("Q9ZZ", lines=(), groups=type(make_order().groups)())
    dead = make_sent(DeliveryState.DEAD)
    await keep_order(store, Kept(order=stuck, missing_in=["ERP"], holds=[HOLD], cases=[CASE], deliveries=[dead]))
    profile = CustomerProfile(name="ACME Corp", type=CustomerType.B2B_ACCOUNT, segments=("gold",))
    full = {
        Kind.TRANSFER: make_transfer("T1"),
        Kind.PRODUCT: make_product(),
        Kind.WAREHOUSE: make_warehouse(),
        Kind.CUSTOMER: make_customer(groups=CustomerGroups(profile=profile)),
        Kind.PRICE_REFERENCE: make_price(customer_id="customer-ACME"),
    }
    for kind, document in (*bare.items(), *full.items()):
        await keep_alone(store, kind, document)
    linked = {"source": "erp", "kind": "INVOICE", "source_id": "2", "scheme": "order.code", "value": "R7K2"}
    await keep_rows(store, tables.link, linked | {"entity_id": "invoice-I2", "target_id": "order-R7K2"})


FITTING: tuple[tuple[Kind, Where, list[str]], ...] = (
    (Kind.ORDER, {"warehouse": ("WH",)}, ["R7K2"]),
    (Kind.ORDER, {"warehouse": ("EAST", "NOWHERE")}, []),
    (Kind.ORDER, {"missing_in": ("WMS", "ERP")}, ["Q9ZZ"]),
    (Kind.ORDER, {"missing_in": ("WMS",)}, []),
    (Kind.ORDER, {"hold": "CREDIT"}, ["Q9ZZ"]),
    (Kind.ORDER, {"hold": "MANUAL_CS"}, []),
    (Kind.ORDER, {"exception_code": "DEAD_LETTER"}, ["Q9ZZ"]),
    (Kind.ORDER, {"exception_code": "STOCKOUT"}, []),
    (Kind.ORDER, {"is_stuck": True}, ["Q9ZZ"]),
    (Kind.ORDER, {"is_stuck": False}, ["R7K2"]),
    (Kind.ORDER, {"status": ("ACCEPTED",), "customer": ("customer-ACME",), "sku": ("MUG",)}, ["R7K2"]),
    (Kind.ORDER, {"not_status": ("ACCEPTED",)}, []),
    (Kind.ORDER, {"channel": ("web",), "total_from": Decimal(24), "total_to": Decimal(25)}, ["R7K2"]),
    (Kind.ORDER, {"not_channel": ("web",)}, []),
    (Kind.ORDER, {"placed_at_from": NOON, "placed_at_before": LATER}, ["R7K2"]),
    (Kind.ORDER, {"is_late": False, "is_partial": False}, ["Q9ZZ", "R7K2"]),
    (Kind.ORDER, {"id": ("order-R7K2", "nobody")}, ["R7K2"]),
    (Kind.SHIPMENT, {"status": ("SHIPPED",)}, ["S1", "S2"]),
    (Kind.SHIPMENT, {"not_status": ("SHIPPED",)}, []),
    (Kind.SHIPMENT, {"carrier": ("UPS",)}, ["S1"]),
    (Kind.SHIPMENT, {"not_carrier": ("UPS",)}, []),
    (Kind.SHIPMENT, {"tracking_number": ("1Z999AA10123456784",)}, ["S1"]),
    (Kind.SHIPMENT, {"is_partial": True}, ["S1"]),
    (Kind.SHIPMENT, {"exception": "DELAYED"}, ["S1"]),
    (Kind.SHIPMENT, {"sku": ("MUG",)}, ["S1"]),
    (Kind.SHIPMENT, {"warehouse": ("WH",)}, ["S1"]),
    (Kind.SHIPMENT, {"order": ("order-R7K2",)}, ["S1"]),
    (Kind.SHIPMENT, {"order": ()}, []),
    (Kind.SHIPMENT, {"customer": ("customer-ACME",)}, ["S1"]),
    (Kind.SHIPMENT, {"customer": ("customer-BETA",)}, []),
    (Kind.SHIPMENT, {"shipped_at_from": NOON}, ["S1"]),
    (Kind.SHIPMENT, {"shipped_at_before": NOON}, []),
    (Kind.FULFILLMENT_ORDER, {"request_status": ("ACCEPTED",), "warehouse": ("WH",)}, ["F1"]),
    (Kind.FULFILLMENT_ORDER, {"not_request_status": ("ACCEPTED",)}, []),
    (Kind.FULFILLMENT_ORDER, {"order": ("order-R7K2",), "customer": ("customer-ACME",)}, ["F1"]),
    (Kind.RETURN, {"status": ("AUTHORIZED",), "requested_at_from": NOON}, ["R1"]),
    (Kind.RETURN, {"not_status": ("AUTHORIZED",)}, []),
    (Kind.RETURN, {"requested_at_before": NOON}, []),
    (Kind.RETURN, {"physical_state": "UNKNOWN", "financial_state": "UNKNOWN", "sku": ("MUG",)}, ["R1"]),
    (Kind.RETURN, {"warehouse": ("WH",), "order": ("order-R7K2",), "customer": ("customer-ACME",)}, ["R1"]),
    (Kind.INVOICE, {"order": ("order-R7K2",)}, ["I1", "I2"]),
    (Kind.INVOICE, {"customer": ("customer-ACME",), "status": ("POSTED",)}, ["I1"]),
    (Kind.INVOICE, {"not_status": ("POSTED",)}, []),
    (Kind.INVOICE, {"issue_date_from": TODAY, "issue_date_before": TOMORROW}, ["I1"]),
    (Kind.INVOICE, {"due_date_from": datetime(2026, 12, 21, tzinfo=UTC)}, ["I1"]),
    (Kind.INVOICE, {"due_date_before": datetime(2026, 12, 21, tzinfo=UTC)}, []),
    (Kind.INVOICE, {"total_from": Decimal("24.20"), "total_to": Decimal("24.20")}, ["I1"]),
    (Kind.INVOICE, {"outstanding_from": Decimal("0.01"), "outstanding_to": Decimal(100)}, ["I1"]),
    (Kind.CREDIT_MEMO, {"status": ("POSTED",), "order": ("order-R7K2",), "customer": ("customer-ACME",)}, ["C1"]),
    (Kind.CREDIT_MEMO, {"not_status": ("POSTED",)}, []),
    (Kind.CREDIT_MEMO, {"issue_date_from": TODAY, "total_to": Decimal("12.10")}, ["C1"]),
    (Kind.CREDIT_MEMO, {"issue_date_before": TODAY, "total_from": Decimal(0)}, []),
    (Kind.PAYMENT, {"kind": "CAPTURE", "status": ("SUCCEEDED",), "order": ("order-R7K2",)}, ["P1"]),
    (Kind.PAYMENT, {"kind": "REFUND"}, []),
    (Kind.PAYMENT, {"not_status": ("SUCCEEDED",), "customer": ("customer-ACME",)}, []),
    (Kind.PAYMENT, {"amount_from": Decimal(24), "amount_to": Decimal(25), "occurred_at_from": NOON}, ["P1"]),
    (Kind.PAYMENT, {"occurred_at_before": NOON}, []),
    (Kind.CUSTOMER, {"number": ("ACME",), "name": ("ACME Corp",), "type": "B2B_ACCOUNT"}, ["ACME"]),
    (Kind.CUSTOMER, {"not_number": ("ACME",)}, ["BETA"]),
    (Kind.CUSTOMER, {"not_name": ("ACME Corp",)}, []),
    (Kind.CUSTOMER, {"segment": ("gold", "silver")}, ["ACME"]),
    (Kind.CUSTOMER, {"status": ("ACTIVE",)}, []),
    (Kind.CUSTOMER, {"not_status": ("ACTIVE",)}, []),
    (Kind.PRODUCT, {"sku": ("MUG", "PEN")}, ["MUG", "PEN"]),
    (Kind.PRODUCT, {"not_sku": ("MUG",)}, ["PEN"]),
    (Kind.PRODUCT, {"status": ("ACTIVE",), "type": "GOODS"}, ["MUG"]),
    (Kind.PRODUCT, {"not_status": ("ACTIVE",)}, []),
    (Kind.WAREHOUSE, {"code": ("WH",), "status": ("ACTIVE",), "type": "DC"}, ["WH"]),
    (Kind.WAREHOUSE, {"not_code": ("WH",)}, ["EAST"]),
    (Kind.WAREHOUSE, {"not_status": ("ACTIVE",)}, []),
    (Kind.TRANSFER, {"from_warehouse": ("WH",), "sku": ("MUG",)}, ["T1"]),
    (Kind.TRANSFER, {"to_warehouse": ("WH",)}, []),
    (Kind.TRANSFER, {"requested_at_from": NOON, "expected_at_before": LATER}, ["T1"]),
    (Kind.TRANSFER, {"requested_at_before": NOON, "expected_at_from": NOON}, []),
    (Kind.TRANSFER, {"status": ("REQUESTED",)}, ["T1", "T2"]),
    (Kind.TRANSFER, {"not_status": ("REQUESTED",)}, []),
    (Kind.PRICE_REFERENCE, {"sku": ("MUG",), "customer": ("customer-ACME",), "price_source": "CONTRACT"}, ["MUG"]),
    (Kind.PRICE_REFERENCE, {"not_sku": ("MUG",), "status": ("ACTIVE",)}, ["PEN"]),
    (Kind.PRICE_REFERENCE, {"not_status": ("ACTIVE",)}, []),
)


@pytest.mark.usefixtures("everything")
async def test_each_filter_of_each_kind(serving: Store) -> None:
    for kind, where, fitting in FITTING:
        assert sorted(await ids(serving, kind, where)) == sorted(fitting), (kind, where)


@pytest.mark.usefixtures("everything")
async def test_each_sort_of_each_kind_both_ways_with_what_lacks_the_value_last(serving: Store) -> None:
    for kind, listing in LISTINGS.items():
        for by in listing.sorts:
            up = await ids(serving, kind, EVERYTHING, Sort(field=by, descending=False))
            down = await ids(serving, kind, EVERYTHING, Sort(field=by))
            assert sorted(up) == sorted(down), (kind, by)
            assert len(up) == 2, (kind, by)
    assert await ids(serving, Kind.SHIPMENT, EVERYTHING) == ["S1", "S2"]
    assert await ids(serving, Kind.INVOICE, EVERYTHING) == ["I1", "I2"]
    assert await ids(serving, Kind.PRODUCT, EVERYTHING) == ["MUG", "PEN"]


@pytest.mark.usefixtures("everything")
async def test_pages_of_each_kind_make_up_its_list(serving: Store) -> None:
    for kind, listing in LISTINGS.items():
        for by in listing.sorts:
            for descending in (True, False):
                sort = Sort(field=by, descending=descending)
                async with serving.glance(CALL) as tx:
                    asked = (EVERYTHING, sort)
                    one, two = await list_entities(tx, SCOPE, listing, asked, Slice(size=2))
                    after = await list_entities(tx, SCOPE, listing, asked, Slice(size=2, edge=one.edge))
                    before = await list_entities(tx, SCOPE, listing, asked, Slice(size=2, edge=two.edge, backward=True))
                assert (after, before) == ([two], [one]), (kind, by)


def test_every_filter_of_every_kind_is_asked_above() -> None:
    asked = {(kind, name) for kind, where, _ in FITTING for name in where}
    declared = {(kind, name) for kind, one in LISTINGS.items() for name in one.terms}
    assert declared - asked == {(kind, "id") for kind in LISTINGS if kind is not Kind.ORDER}


def test_every_stored_kind_is_listed() -> None:
    assert LISTINGS.keys() == ENTITIES.keys() - {Kind.INVENTORY}
    assert all(listing.kind is kind and listing.usual.field in listing.sorts for kind, listing in LISTINGS.items())
