from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from hub.flow.facts import KeptMilestone
from hub.model.cases import CaseQueue, CaseStatus, ExceptionCode, Hold, HoldType, RootCause, Severity
from hub.model.intents import DeliveryState
from hub.model.routing import RouteOutcome, RoutingDecision
from hub.model.shipment import Milestone, ShipmentMilestone
from hub.model.vocabulary import Kind, SystemKind
from hub.read.timeline import timeline
from hub.read.whole import OpenCase
from tests.kit.orders import NOON, make_record, make_shipment
from tests.kit.wholes import make_accepted, make_sent, make_whole


def told(milestone: ShipmentMilestone, happened: int | None, seen: int) -> KeptMilestone:
    """A milestone of the parcel, in minutes after noon."""
    return KeptMilestone(
        source="shop",
        kind=Kind.SHIPMENT,
        source_id="9",
        birth="",
        entity_id="shipment-317",
        part="",
        milestone=milestone,
        occurred_at=None if happened is None else NOON + timedelta(minutes=happened),
        reverses=False,
        first_seen_at=NOON + timedelta(minutes=seen),
    )


PARCEL = make_record(kind=Kind.SHIPMENT, source_id="9", entity_id="shipment-317")


def test_what_happened_is_told_in_order_with_who_told_it() -> None:
    dead = make_sent(DeliveryState.REFUSED, settled_at=NOON + timedelta(minutes=3), error="already shipped")
    hold = Hold(id="h", type=HoldType.CREDIT, placed_by="rep", placed_at=NOON + timedelta(minutes=4))
    case = OpenCase(
        id="x", version=1, code=ExceptionCode.CANCEL_TOO_LATE, severity=Severity.S2, status=CaseStatus.NEW,
        queue=CaseQueue.CS, title="Cancel too late", root_cause=RootCause.UNKNOWN, occurrences=1,
        first_seen_at=NOON + timedelta(minutes=5),
    )  # fmt: skip
    whole = make_whole(
        None, make_record(first_seen_at=NOON + timedelta(minutes=1)), PARCEL, shipments=(make_shipment(),),
        milestones=(told(ShipmentMilestone.SHIPPED, 2, 2),), deliveries=(dead,), commands=(make_accepted(),),
        holds=(hold,), cases=(case,),
    )  # fmt: skip
    assert [(one.event, one.text, one.system) for one in timeline(whole)] == [
        ("command.orderCancel", "rep asked: orderCancel, customer: on the phone", SystemKind.HUB),
        ("order.placed", "Order R7K2 placed through web", SystemKind.COMMERCE),
        ("order.seen", "First seen in shop as R7K2", SystemKind.COMMERCE),
        ("shipment.shipped", "Shipment 317 shipped", SystemKind.COMMERCE),
        ("order.cancel.refused", "order.cancel refused by shop: already shipped", SystemKind.COMMERCE),
        ("hold.placed", "Held: credit", SystemKind.HUB),
        ("case.cancel_too_late", "Cancel too late", SystemKind.HUB),
    ]
    assert [one.correlation_id for one in timeline(whole) if one.correlation_id] == ["correlation-1"] * 2


def events(*milestones: KeptMilestone) -> dict[str, bool]:
    whole = make_whole(None, make_record(), PARCEL, milestones=milestones, shipments=(make_shipment(),))
    return {one.event: one.is_late for one in timeline(whole) if one.event.startswith("shipment")}


def test_a_milestone_heard_long_after_it_happened_is_late() -> None:
    assert events(told(ShipmentMilestone.SHIPPED, 0, 90)) == {"shipment.shipped": True}
    assert events(told(ShipmentMilestone.SHIPPED, 0, 30)) == {"shipment.shipped": False}


def test_a_milestone_heard_after_one_that_follows_it_is_late() -> None:
    late = events(told(ShipmentMilestone.DELIVERED, 20, 21), told(ShipmentMilestone.PICKED, 10, 22))
    assert late == {"shipment.delivered": False, "shipment.picked": True}


def test_what_came_with_the_first_load_is_not_late() -> None:
    assert events(told(ShipmentMilestone.SHIPPED, -9000, 0)) == {"shipment.shipped": False}


def test_what_was_concluded_says_so_and_stands_where_it_was_concluded_from() -> None:
    steps = (
        Milestone(milestone=ShipmentMilestone.PICKED, is_inferred=True),
        Milestone(milestone=ShipmentMilestone.SHIPPED, occurred_at=NOON + timedelta(minutes=9), source="shop"),
        Milestone(milestone=ShipmentMilestone.DELIVERED, is_inferred=True),
    )
    whole = make_whole(shipments=(make_shipment(milestones=steps),))
    found = [(one.event, one.occurred_at, one.is_inferred) for one in timeline(whole) if one.is_inferred]
    assert found == [("shipment.picked", NOON + timedelta(minutes=9), True)]


def test_a_reversal_is_told_as_such() -> None:
    from_there = told(ShipmentMilestone.DELIVERED, 5, 5)
    undone = KeptMilestone(**{name: getattr(from_there, name) for name in from_there.__slots__} | {"reverses": True})
    whole = make_whole(None, PARCEL, milestones=(undone,), shipments=(make_shipment(),))
    said = [(one.event, one.text) for one in timeline(whole) if one.event.startswith("shipment")]
    assert said == [("shipment.delivered.reversed", "Shipment 317 no longer delivered")]


@given(st.lists(st.tuples(st.sampled_from(ShipmentMilestone), st.integers(-500, 500), st.integers(-500, 500))))
def test_the_timeline_is_always_sorted_and_complete(steps: list[tuple[ShipmentMilestone, int, int]]) -> None:
    whole = make_whole(None, PARCEL, milestones=tuple(told(*step) for step in steps), shipments=(make_shipment(),))
    entries = timeline(whole)
    instants: list[tuple[datetime, datetime]] = [(one.occurred_at, one.observed_at) for one in entries]
    assert instants == sorted(instants)
    assert sum(one.event.startswith("shipment") for one in entries) == len(steps)


def test_a_step_that_several_systems_tell_is_told_once_by_the_first_with_the_others_named() -> None:
    told_by = [
        replace(told(ShipmentMilestone.SHIPPED, happened, 9), source=source)
        for source, happened in (("erp", 5), ("wms", 2), ("shop", 7))
    ]
    again = replace(told(ShipmentMilestone.SHIPPED, 8, 9), source="wms")
    whole = make_whole(None, PARCEL, shipments=(make_shipment(),), milestones=(*told_by, again))
    found = [one for one in timeline(whole) if one.event == "shipment.shipped"]
    assert [(one.source, one.text) for one in found] == [
        ("wms", "Shipment 317 shipped (also erp, shop)"),
        ("wms", "Shipment 317 shipped"),
    ]


def test_a_route_that_was_taken_anew_is_told_with_each_reason() -> None:
    first = RoutingDecision(
        policy="plain",
        policy_version=1,
        outcome=RouteOutcome.WAITING,
        explanation="1 of MUG is missing",
        decided_at=NOON,
    )
    now = replace(first, explanation="WH has everything", decided_at=NOON + timedelta(minutes=7))
    order = replace(make_whole(None).order, routing_decision=now, earlier_decisions=(first,))
    routed = make_whole(order)
    assert [(one.event, one.text) for one in timeline(routed) if "routed" in one.event] == [
        ("order.routed", "Routed: 1 of MUG is missing"),
        ("order.rerouted", "Routed again: WH has everything"),
    ]
