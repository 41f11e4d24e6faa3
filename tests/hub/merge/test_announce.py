"""The facts of a transaction: what merged first, orders before what lies below them, operations and cases last."""

from __future__ import annotations

from dataclasses import replace

from hub.merge.announce import announce, announce_cases
from hub.merge.shelf import Entity, Shelf
from hub.merge.telling import Cause, Telling, Told
from hub.model.cases import CaseQueue, CaseStatus, ExceptionCode, RootCause, Severity
from hub.model.changes import ChangeKind, Origin
from hub.model.order import Order, OrderStatus
from hub.model.shipment import Shipment, ShipmentMilestone
from hub.model.vocabulary import Kind
from hub.store.casework import CaseRow
from tests.kit.merging import SHOP, WMS, at, key, shipment
from tests.kit.shelves import indexed, record, shelf_of

TELLING = Telling(now=at(9), origin=Origin.LIVE, mint=lambda: "event", causes={}, cause=Cause(correlation_id="c"))
ORDER = Order(id="a", version=4, number="C0", status=OrderStatus.ACCEPTED)
PARCEL = Shipment(id="w", version=2, status=ShipmentMilestone.SHIPPED)
CASE = CaseRow(
    id="x", root_id="a", code=ExceptionCode.OTHER, dedup_key="k", status=CaseStatus.NEW, severity=Severity.S3,
    queue=CaseQueue.CS, title="t", root_cause=RootCause.UNKNOWN, source=None, suggested=(), evidence={}, version=1,
    occurrences=1, first_seen_at=at(0), last_seen_at=at(0), closed_at=None,
)  # fmt: skip


def stored() -> Shelf:
    """An order with a shipment under it, and another order."""
    shelf = shelf_of(
        record(SHOP, "s0", entity="a"),
        record(SHOP, "s1", entity="b"),
        record(WMS, "w", shipment(key("shop.code", "C0")), entity="w"),
    )
    shelf.entities = {
        "a": Entity(kind=Kind.ORDER, id="a", root_id="a", version=4, doc=ORDER),
        "b": Entity(kind=Kind.ORDER, id="b", root_id="b", version=3, doc=replace(ORDER, id="b")),
        "w": Entity(kind=Kind.SHIPMENT, id="w", root_id="a", version=2, doc=PARCEL),
    }
    return shelf


def facts(shelf: Shelf, told: Told, telling: Telling = TELLING) -> list[tuple[str, str]]:
    announce(stored(), shelf, indexed(shelf)[0], told, telling)
    return [(fact.type, fact.aggregateid) for fact in told.facts]


def test_an_order_is_told_before_what_lies_below_it() -> None:
    shelf = stored()
    shelf.entities["a"] = replace(shelf.entities["a"], doc=replace(ORDER, status=OrderStatus.SHIPPED))
    told = Told(changed={"w": ("status",), "a": ("status",)}, roots={"a"})
    assert facts(shelf, told) == [("order.shipped", "a"), ("shipment.updated", "w")]


def test_what_merged_is_told_first_and_as_gone() -> None:
    shelf = stored()
    told = Told(changed={"a": ("identifiers",)}, roots={"a"})
    assert facts(shelf, told, replace(TELLING, merges=(("a", "b"),))) == [
        ("entity.merged", "b"),
        ("entity.merged", "a"),
    ]
    gone, lives = (fact.payload for fact in told.facts)
    assert (gone.change, gone.survivor_id, gone.version) == (ChangeKind.DELETED, "a", 4)
    assert (lives.change, lives.survivor_id) == (ChangeKind.UPDATED, "a")


def test_a_case_is_told_where_its_version_moves() -> None:
    shelf = stored()
    ended = replace(CASE, status=CaseStatus.RESOLVED, version=2, closed_at=at(5))
    shelf.cases = {"x": ended, "y": replace(CASE, id="y"), "z": replace(CASE, id="z")}
    told = Told()
    announce_cases({"x": CASE, "z": replace(CASE, id="z", root_id="b")}, shelf, told, TELLING)
    assert [(fact.type, fact.aggregateid, fact.payload.changed_fields) for fact in told.facts] == [
        ("exception_case.resolved", "x", ("status",)),
        ("exception_case.created", "y", ("status", "severity", "title", "occurrences")),
    ]
    assert [fact.payload.queue for fact in told.facts] == ["CS", "CS"]
