"""What differs, and what is told of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hub.flow.facts import Document, FlowResult, Picture
from hub.merge.shelf import Entity, Shelf
from hub.merge.tell import changed_fields, tell
from hub.merge.telling import Cause, Telling, Told, row_of
from hub.merge.turn import Turned
from hub.model.changes import Change, ChangeKind, Origin, Traits
from hub.model.order import Order, OrderCommercial, OrderGroups, OrderStatus
from hub.model.shipment import Package, Shipment, ShipmentMilestone
from hub.model.vocabulary import Kind
from tests.kit.deliveries import delivery
from tests.kit.merging import SHOP, WMS, at, key, shipment
from tests.kit.shelves import indexed, record, shelf_of

ORDER = Order(id="a", version=4, number="C0", status=OrderStatus.ACCEPTED)
PARCEL = Shipment(id="w", version=2, status=ShipmentMilestone.SHIPPED)
TELLING = Telling(now=at(9), origin=Origin.LIVE, mint=lambda: "event", causes={}, cause=Cause(correlation_id="c"))


def stored() -> Shelf:
    """An order of version 4 with a shipment under it."""
    shelf = shelf_of(record(SHOP, "s0", entity="a"), record(WMS, "w", shipment(key("shop.code", "C0")), entity="w"))
    shelf.entities = {
        "a": Entity(kind=Kind.ORDER, id="a", root_id="a", version=4, root_version=6, doc=ORDER),
        "w": Entity(kind=Kind.SHIPMENT, id="w", root_id="a", version=2, root_version=6, doc=PARCEL),
    }
    shelf.roots["a"] = replace(shelf.roots["a"], version=6)
    return shelf


def told(before: Shelf, shelf: Shelf, **documents: Any) -> Told:  # Any: documents
    """What is told where the root turns out to look like *documents*."""
    known: dict[str, Document] = {"a": ORDER, "w": PARCEL}
    picture = Picture(documents=known | documents)
    return tell(before, shelf, indexed(shelf)[0], {"a": Turned(picture=picture, result=FlowResult())}, TELLING)


def test_where_nothing_differs_nothing_is_told_and_no_version_moves() -> None:
    before = stored()
    shelf = before.copy()
    found = told(before, shelf)
    assert (found.facts, found.roots) == ([], set())
    assert shelf == before


def test_a_change_moves_entity_and_root_and_is_told_once() -> None:
    before = stored()
    shelf = before.copy()
    found = told(before, shelf, a=replace(ORDER, status=OrderStatus.SHIPPED))
    (fact,) = found.facts
    assert (fact.type, fact.entity_version, fact.payload.root_version, fact.payload.changed_fields) == (
        "order.shipped", 5, 7, ("status",),
    )  # fmt: skip
    assert (shelf.entities["a"].doc.version, shelf.entities["a"].root_version, shelf.roots["a"].version) == (5, 7, 7)
    assert shelf.entities["w"].version == 2


def test_what_moves_under_an_order_moves_the_order_too() -> None:
    before = stored()
    shelf = before.copy()
    found = told(before, shelf, w=replace(PARCEL, status=ShipmentMilestone.DELIVERED))
    assert [(fact.type, fact.payload.changed_fields) for fact in found.facts] == [
        ("order.updated", ("shipments",)),
        ("shipment.delivered", ("status",)),
    ]


def test_a_delivery_or_a_case_that_moves_moves_the_order() -> None:
    before = stored()
    shelf = before.copy()
    shelf.deliveries["d1"] = delivery()
    (fact,) = told(before, shelf).facts
    assert fact.payload.changed_fields == ("operations",)


def test_a_first_document_is_told_as_created_when_it_was_placed() -> None:
    before = stored()
    del before.entities["a"]
    shelf = stored()
    shelf.entities["a"] = Entity(kind=Kind.ORDER, id="a", root_id="a")
    placed = replace(ORDER, groups=OrderGroups(commercial=OrderCommercial(placed_at=at(-99))))
    fact = told(before, shelf, a=placed).facts[0]
    assert (fact.type, fact.payload.passed) == ("order.accepted", ("order.created",))
    assert (fact.payload.change, fact.payload.occurred_at) == (ChangeKind.CREATED, at(-99))


def test_becoming_cancelled_has_a_name_of_its_own() -> None:
    before = stored()
    assert (
        told(before, before.copy(), a=replace(ORDER, status=OrderStatus.CANCELLED)).facts[0].type == "order.cancelled"
    )


def test_a_change_says_how_things_stand_and_stood() -> None:
    before = stored()
    fact = told(before, before.copy(), a=replace(ORDER, status=OrderStatus.SHIPPED, customer_id="c1")).facts[0].payload
    assert fact.traits == Traits(status="SHIPPED", customer_id="c1")
    assert fact.was == Traits(status="ACCEPTED")
    same = told(before, before.copy(), a=replace(ORDER, is_partial=True)).facts[0].payload
    assert (same.event, same.was) == ("order.updated", None)


def test_what_lies_below_an_order_is_told_of_the_order_s_customer() -> None:
    before = stored()
    parcel = replace(PARCEL, order_ids=("a",), warehouse_id="wh", packages=(Package(id="p", tracking_number="1Z"),) * 2)
    facts = told(before, before.copy(), a=replace(ORDER, customer_id="c1"), w=parcel).facts
    (shipment,) = (fact.payload for fact in facts if fact.payload.kind is Kind.SHIPMENT)
    assert shipment.traits == Traits(
        status="SHIPPED", customer_id="c1", order_ids=("a",), tracking_numbers=("1Z",), warehouse="wh"
    )


def test_changed_fields_name_groups_by_themselves_and_never_the_version() -> None:
    grouped = replace(ORDER, version=9, groups=OrderGroups(commercial=OrderCommercial(channel="web")))
    assert changed_fields(ORDER, grouped) == ("commercial",)
    assert "version" not in changed_fields(None, ORDER)


def test_a_root_tells_its_own_cause_where_it_has_one() -> None:
    telling = replace(TELLING, causes={"a": Cause(correlation_id="mine")})
    assert (telling.cause_of("a").correlation_id, telling.cause_of("b").correlation_id) == ("mine", "c")


def test_a_row_of_the_outbox_repeats_what_routing_needs() -> None:
    change = Change(
        event_id="e", event="order.updated", change=ChangeKind.UPDATED, kind=Kind.ORDER, entity_id="a", root_id="r",
        version=5, root_version=7, changed_fields=(), occurred_at=at(1), recorded_at=at(2), correlation_id="c",
        account="acme/north",
    )  # fmt: skip
    row = row_of(change)
    assert (row.aggregatetype, row.aggregateid, row.root_id, row.account, row.entity_version) == (
        "order", "a", "r", "acme/north", 5,
    )  # fmt: skip
    assert row.payload is change
