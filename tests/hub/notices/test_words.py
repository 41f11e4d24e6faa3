"""Whom a notice is for: found from the order, or from what belongs to one, redirects followed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from hub.call import Call
from hub.model.order import Order, OrderGroups, OrderParties, OrderStatus
from hub.model.shipment import (
    Package,
    Shipment,
    ShipmentExecution,
    ShipmentGroups,
    ShipmentMilestone,
    ShipmentTracking,
)
from hub.model.vocabulary import Kind
from hub.notices.words import Key, Subject, subject_of
from hub.store.notices import Claimed

PARTIES = OrderParties(customer_name="Ann", customer_email="ann@example.com")
ORDER = Order(
    id="o1", version=1, number="A1", status=OrderStatus.SHIPPED, customer_id="c1", groups=OrderGroups(parties=PARTIES)
)
SHIPMENT = Shipment(
    id="s1",
    version=1,
    status=ShipmentMilestone.SHIPPED,
    order_ids=("o1",),
    packages=(Package(id="p1", tracking_number="1Z"),),
    groups=ShipmentGroups(
        execution=ShipmentExecution(carrier="UPS"),
        tracking=ShipmentTracking(estimated_delivery_at=datetime(2026, 11, 24, tzinfo=UTC)),
    ),
)


class Shelf:
    def __init__(self, *there: Any) -> None:
        self.there = {(Kind.SHIPMENT if isinstance(one, Shipment) else Kind.ORDER, one.id): one for one in there}

    async def current(self, call: Call, keys: Sequence[Key]) -> Mapping[Key, str]:
        return {key: "s1" if key[1] == "merged" else key[1] for key in keys}

    async def documents(self, call: Call, keys: Sequence[Key]) -> Mapping[Key, Any]:
        assert call.tenant == "acme"
        return {key: self.there[key] for key in keys if key in self.there}


def notice(kind: Kind, entity_id: str) -> Claimed:
    return Claimed(
        tenant="acme", id="n1", milestone="SHIPPED", kind=kind.value, entity_id=entity_id, root_id="o1",
        channel="EMAIL", customer_id=None, correlation_id="correlation-1", attempts=1,
    )  # fmt: skip


async def test_a_shipment_is_told_to_who_ordered() -> None:
    expected = Subject(
        order_id="o1",
        address="ann@example.com",
        customer_id="c1",
        words={
            "order": "A1", "customer": "Ann", "carrier": "UPS", "tracking": "1Z", "expected": "2026-11-24",
            "return_number": "-",
        },
    )  # fmt: skip
    for entity_id in ("s1", "merged"):
        assert await subject_of(Shelf(ORDER, SHIPMENT), notice(Kind.SHIPMENT, entity_id)) == expected


async def test_what_belongs_to_no_order_is_told_to_nobody() -> None:
    assert await subject_of(Shelf(SHIPMENT), notice(Kind.SHIPMENT, "s1")) is None
    assert await subject_of(Shelf(), notice(Kind.ORDER, "o1")) is None
    found = await subject_of(Shelf(ORDER), notice(Kind.ORDER, "o1"))
    assert found is not None
    assert found.words["order"] == "A1"


async def test_a_shipment_of_several_orders_is_told_to_each_in_its_own_words() -> None:
    parties = OrderParties(customer_name="Bob", customer_email="bob@example.com")
    other = replace(ORDER, id="o2", number="A2", customer_id="c2", groups=OrderGroups(parties=parties))
    shelf = Shelf(ORDER, other, replace(SHIPMENT, order_ids=("o1", "o2")))
    found = [await subject_of(shelf, notice(Kind.SHIPMENT, f"{shipment}/o2")) for shipment in ("s1", "merged")]
    assert [one and (one.order_id, one.address, one.customer_id, one.words["order"]) for one in found] == [
        ("o2", "bob@example.com", "c2", "A2")
    ] * 2
    first = await subject_of(shelf, notice(Kind.SHIPMENT, "s1/o1"))
    assert first is not None
    assert (first.address, first.words["tracking"]) == ("ann@example.com", "1Z")
