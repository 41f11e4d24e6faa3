"""Which change is which milestone for a customer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hub.model.changes import Change, Origin
from hub.model.notices import NoticeMilestone
from hub.model.shipment import Shipment, ShipmentExceptionKind
from hub.model.vocabulary import Kind

BY_EVENT = {
    "order.accepted": NoticeMilestone.ORDER_ACCEPTED,
    "shipment.confirmed": NoticeMilestone.SHIPPED,
    "shipment.delivered": NoticeMilestone.DELIVERED,
    "return.authorized": NoticeMilestone.RETURN_AUTHORIZED,
    "return.refunded": NoticeMilestone.REFUNDED,
}
"""Milestones by the event that is told of them."""


def milestones_of(change: Change, entity: Any) -> Iterator[NoticeMilestone]:  # Any: the document, None where unknown
    """What a change means to the customer; of first loads nothing."""
    if change.origin is not Origin.LIVE:
        return
    yield from (BY_EVENT[event] for event in dict.fromkeys(change.events) if event in BY_EVENT)
    if change.kind is Kind.SHIPMENT and isinstance(entity, Shipment) and is_delayed(entity):
        yield NoticeMilestone.DELAYED


def is_delayed(shipment: Shipment) -> bool:
    """Whether a shipment on its way comes later than promised, as its carrier says."""
    if ShipmentExceptionKind.DELAYED in shipment.exceptions:
        return True
    tracking = shipment.groups.tracking
    if tracking is None or tracking.delivered_at is not None:
        return False
    due, promised = tracking.estimated_delivery_at, tracking.promised_delivery_at
    return due is not None and promised is not None and due > promised
