"""What a feed of tracking events promises (connectors.md 8.2)."""

from __future__ import annotations

from datetime import timedelta

from hub.model.manifest import Manifest, Tells, WebhookTrust
from hub.model.shipment import ShipmentExceptionKind, ShipmentMilestone
from hub.model.vocabulary import FieldGroup, Kind

MILESTONES = {one.value: one for one in ShipmentMilestone if one is not ShipmentMilestone.UNKNOWN}
EXCEPTIONS = {one.value: one for one in ShipmentExceptionKind}

MANIFEST = Manifest(
    adapter="tracking",
    title="Tracking events",
    contract_version="1",
    tells=Tells.EVENTS,
    reads={},
    groups={Kind.SHIPMENT: (FieldGroup.TRACKING,)},
    pushes_only=True,
    webhook=WebhookTrust.BODY,
    staleness={FieldGroup.TRACKING: timedelta(days=30)},  # silence is judged parcel by parcel: TRACKING_STALE
    statuses={**{name: name for name in MILESTONES}, **dict.fromkeys(EXCEPTIONS, "")},
    absent={
        "read": "The sender is never called: it posts what happens.",
        "questions": "The sender is never called: it posts what happens.",
        "writes": "A feed of events takes no orders.",
        "order.cancel": "A feed of events takes no orders.",
        "shipment.deletes": "An event is never taken back but by a reversal.",
    },
    grade="draft",
)
"""A word of `statuses` that maps to nothing says what is wrong, and moves no milestone."""
