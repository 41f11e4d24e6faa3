"""What filters look at."""

from __future__ import annotations

from hub.merge.shelf import Entity
from hub.merge.traits import traits_of
from hub.model.changes import Traits
from hub.model.order import Order, OrderStatus
from hub.model.shipment import FulfillmentOrder, FulfillmentRequestStatus, Package, Shipment, ShipmentMilestone
from hub.model.vocabulary import Kind


def entity(kind: Kind, doc: object, account: str | None = None) -> Entity:
    return Entity(kind=kind, id="e", root_id="a", account=account, doc=doc)


A = entity(Kind.ORDER, Order(id="a", version=1, number="A", status=OrderStatus.ACCEPTED, customer_id="c1"), "acme")
B = entity(Kind.ORDER, Order(id="b", version=1, number="B", status=OrderStatus.ACCEPTED, customer_id="c2"))
PARCEL = Shipment(
    id="w", version=1, status=ShipmentMilestone.SHIPPED, order_ids=("a", "b"), warehouse_id="wh",
    packages=(Package(id="1", tracking_number="1Z"), Package(id="2"), Package(id="3", tracking_number="1Z")),
)  # fmt: skip


def test_an_order_stands_for_its_own_customer() -> None:
    assert traits_of(A, "a", {}) == Traits(account="acme", status="ACCEPTED", customer_id="c1")


def test_a_parcel_of_several_is_told_of_each_order_s_customer() -> None:
    parcel = entity(Kind.SHIPMENT, PARCEL)
    told = [traits_of(parcel, root, {"a": A, "b": B}) for root in ("a", "b", "unseen")]
    assert [one.customer_id for one in told] == ["c1", "c2", None]
    assert {(one.tracking_numbers, one.order_ids, one.warehouse, one.status) for one in told} == {
        (("1Z",), ("a", "b"), "wh", "SHIPPED")
    }


def test_a_request_stands_by_its_handshake() -> None:
    request = FulfillmentOrder(id="f", version=1, request_status=FulfillmentRequestStatus.ACCEPTED)
    assert traits_of(entity(Kind.FULFILLMENT_ORDER, request), "a", {}).status == "ACCEPTED"
