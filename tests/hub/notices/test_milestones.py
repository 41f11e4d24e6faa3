"""Changes that a customer cares for, and no others."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from hub.model.changes import Origin
from hub.model.notices import NoticeMilestone
from hub.model.shipment import Shipment, ShipmentExceptionKind, ShipmentGroups, ShipmentMilestone, ShipmentTracking
from hub.model.vocabulary import Kind
from hub.notices.milestones import is_delayed, milestones_of
from tests.kit.changes import THEN, make_change

SHIPMENT = Shipment(id="s1", version=1, status=ShipmentMilestone.SHIPPED)


@pytest.mark.parametrize(
    ("event", "milestone"),
    [
        ("order.accepted", NoticeMilestone.ORDER_ACCEPTED),
        ("shipment.confirmed", NoticeMilestone.SHIPPED),
        ("shipment.delivered", NoticeMilestone.DELIVERED),
        ("return.authorized", NoticeMilestone.RETURN_AUTHORIZED),
        ("return.refunded", NoticeMilestone.REFUNDED),
    ],
)
def test_an_event_is_a_milestone_also_on_the_way_to_another(event: str, milestone: NoticeMilestone) -> None:
    assert list(milestones_of(make_change(event=event), None)) == [milestone]
    assert list(milestones_of(make_change(event="order.updated", passed=(event,)), None)) == [milestone]
    assert list(milestones_of(make_change(event=event, origin=Origin.BASELINE), None)) == []


def test_a_shipment_is_late_by_its_carriers_word() -> None:
    day = timedelta(days=1)
    tracking = ShipmentTracking(estimated_delivery_at=THEN + day, promised_delivery_at=THEN)
    late = replace(SHIPMENT, groups=ShipmentGroups(tracking=tracking))
    assert not is_delayed(SHIPMENT)
    assert is_delayed(late)
    assert is_delayed(replace(SHIPMENT, exceptions=(ShipmentExceptionKind.DELAYED,)))
    arrived = replace(tracking, delivered_at=THEN + day)
    assert not is_delayed(replace(SHIPMENT, groups=ShipmentGroups(tracking=arrived)))
    change = make_change(event="shipment.updated", kind=Kind.SHIPMENT)
    assert list(milestones_of(change, late)) == [NoticeMilestone.DELAYED]
