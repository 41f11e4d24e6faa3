"""What a change is called, and when it happened."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.merge.naming import names, occurred_at, placed_at
from hub.model.changes import Traits
from hub.model.events import AXES, events_of
from hub.model.order import Order, OrderCommercial, OrderFacets, OrderGroups, OrderStatus, PaymentState
from hub.model.returns import Return, ReturnGroups, ReturnPhysicalState, ReturnReceipt, ReturnStatus
from hub.model.shipment import Milestone, Shipment, ShipmentExceptionKind, ShipmentMilestone
from hub.model.vocabulary import FacetState, Kind
from tests.kit.merging import at

RUNGS = list(AXES[Kind.ORDER][-1].ladder)
ORDER = Order(id="a", version=1, number="C0", status=OrderStatus.PENDING_ACCEPTANCE)
PARCEL = Shipment(id="w", version=1, status=ShipmentMilestone.CREATED)
RETURN = Return(id="r", version=1, number="RMA-1", status=ReturnStatus.AUTHORIZED)


def order(status: OrderStatus, facets: OrderFacets = ORDER.facets) -> Order:
    return replace(ORDER, status=status, facets=facets)


@pytest.mark.parametrize(
    ("was", "now", "told"),
    [
        (None, "PENDING_ACCEPTANCE", ("created",)),
        (None, "ACCEPTED", ("created", "accepted")),
        (None, "ALLOCATED", ("created", "accepted", "validated", "allocated")),
        (None, "UNKNOWN", ("created",)),
        (None, "CANCELLED", ("created", "cancelled")),
        ("PENDING_ACCEPTANCE", "ACCEPTED", ("accepted",)),
        ("ACCEPTED", "RELEASED", ("validated", "allocated", "released")),
        ("RELEASED", "ALLOCATED", ("set_back",)),
        ("UNKNOWN", "SHIPPED", ("shipped",)),
        ("SHIPPED", "UNKNOWN", ("updated",)),
        ("CANCELLED", "ACCEPTED", ("reopened",)),
        ("RELEASED", "REJECTED", ("rejected",)),
        ("PICKED", "PICKED", ("updated",)),
    ],
)
def test_an_order_is_told_by_the_steps_of_its_status(was: str | None, now: str, told: tuple[str, ...]) -> None:
    before = None if was is None else order(OrderStatus(was))
    assert names(Kind.ORDER, before, order(OrderStatus(now))) == tuple(f"order.{name}" for name in told)


def test_what_else_happened_to_an_order_comes_before_its_status() -> None:
    paid = order(OrderStatus.ALLOCATED, OrderFacets(payment=PaymentState.PAID, ship=FacetState.PARTIAL))
    assert names(Kind.ORDER, order(OrderStatus.VALIDATED), paid) == (
        "order.paid", "order.partially_shipped", "order.allocated",
    )  # fmt: skip
    assert names(Kind.ORDER, replace(paid, facets=OrderFacets()), paid)[-1] == "order.partially_shipped"


@pytest.mark.parametrize(
    ("was", "now", "told"),
    [
        (None, "SHIPPED", ("created", "picked", "packed", "confirmed")),
        ("PACKED", "IN_TRANSIT", ("confirmed", "in_transit")),
        ("OUT_FOR_DELIVERY", "DELIVERED", ("delivered",)),
        ("SHIPPED", "RETURNING", ("returning",)),
        ("RETURNING", "IN_TRANSIT", ("in_transit",)),
        ("PICKED", "CREATED", ("set_back",)),
        ("VOIDED", "PACKED", ("reopened",)),
    ],
)
def test_a_shipment_passes_what_a_later_milestone_implies(was: str | None, now: str, told: tuple[str, ...]) -> None:
    before = None if was is None else replace(PARCEL, status=ShipmentMilestone(was))
    after = replace(PARCEL, status=ShipmentMilestone(now))
    assert names(Kind.SHIPMENT, before, after) == tuple(f"shipment.{name}" for name in told)


def test_trouble_on_the_way_is_told_as_it_comes_and_goes() -> None:
    late = replace(PARCEL, exceptions=(ShipmentExceptionKind.DELAYED,))
    assert names(Kind.SHIPMENT, PARCEL, late) == ("shipment.exception_raised",)
    other = replace(PARCEL, exceptions=(ShipmentExceptionKind.DAMAGED,))
    assert names(Kind.SHIPMENT, late, other) == ("shipment.exception_cleared", "shipment.exception_raised")
    assert names(Kind.SHIPMENT, late, PARCEL) == ("shipment.exception_cleared",)


def test_goods_of_a_return_are_told_even_where_its_status_has_gone_further() -> None:
    seen = replace(RETURN, status=ReturnStatus.INSPECTED, physical_state=ReturnPhysicalState.RECEIVED)
    assert names(Kind.RETURN, RETURN, seen) == ("return.received", "return.inspected")


@pytest.mark.parametrize("kind", [kind for kind in AXES if AXES[kind][-1].path == "status"])
def test_every_step_up_a_ladder_is_told_once_and_by_a_listed_name(kind: Kind) -> None:
    stands = [Traits(status=rung) for rung in AXES[kind][-1].ladder]
    for was, now in pairwise([None, *stands]):
        told = names(kind, was, now)
        assert set(told) <= set(events_of(kind))
        assert len(told) == len(set(told))


ladder = st.sampled_from(RUNGS)


@given(st.lists(ladder, min_size=2, max_size=5).map(lambda steps: sorted(steps, key=RUNGS.index)))
def test_however_many_steps_are_seen_at_once_the_same_is_told_on_the_way_up(steps: list[str]) -> None:
    stands = [order(OrderStatus(step)) for step in steps]
    one_by_one = [name for was, now in pairwise(stands) if was != now for name in names(Kind.ORDER, was, now)]
    at_once = [] if steps[0] == steps[-1] else list(names(Kind.ORDER, stands[0], stands[-1]))
    assert one_by_one == at_once


@given(st.sampled_from(list(OrderStatus)), st.sampled_from(list(OrderStatus)), st.sampled_from(list(PaymentState)))
def test_whatever_becomes_of_an_order_is_told_by_listed_names_once_each(
    was: OrderStatus, now: OrderStatus, payment: PaymentState
) -> None:
    told = names(Kind.ORDER, order(was), order(now, OrderFacets(payment=payment)))
    assert told
    assert len(set(told)) == len(told)
    assert set(told) <= set(events_of(Kind.ORDER))
    assert ("order.updated" in told) == (told == ("order.updated",))


def test_a_step_happened_when_its_source_says() -> None:
    told = (Milestone(milestone=ShipmentMilestone.SHIPPED, occurred_at=at(5), source="wms"),)
    shipped = replace(PARCEL, status=ShipmentMilestone.SHIPPED, milestones=told)
    assert occurred_at("shipment.confirmed", shipped) == at(5)
    suspect = replace(shipped, milestones=(replace(told[0], is_suspect=True),))
    assert occurred_at("shipment.confirmed", suspect) is None
    received = replace(RETURN, groups=ReturnGroups(receipt=ReturnReceipt(received_at=at(7))))
    assert (occurred_at("return.received", received), occurred_at("return.authorized", received)) == (at(7), None)
    placed = replace(ORDER, groups=OrderGroups(commercial=OrderCommercial(placed_at=at(-9))))
    assert (placed_at(placed), placed_at(ORDER), placed_at(PARCEL)) == (at(-9), None, None)
