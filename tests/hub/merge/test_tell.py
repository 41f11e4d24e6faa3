"""What differs, and what is told of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hub.flow.facts import Document, FlowResult, Picture
from hub.merge.shelf import Entity, Shelf
from hub.merge.tell import changed_fields, tell
from hub.merge.telling import Cause, Telling, Told
from hub.merge.turn import Turned
from hub.model.changes import ChangeKind, Origin
from hub.model.order import Order, OrderCommercial, OrderGroups, OrderStatus
from hub.model.shipment import Shipment, ShipmentMilestone
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


def test_changed_fields_name_groups_by_themselves_and_never_the_version() -> None:
    grouped = replace(ORDER, version=9, groups=OrderGroups(commercial=OrderCommercial(channel="web")))
    assert changed_fields(ORDER, grouped) == ("commercial",)
    assert "version" not in changed_fields(None, ORDER)
