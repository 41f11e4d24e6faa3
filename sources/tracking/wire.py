"""The one body that is accepted, as this hub defines it.

POST /hooks/{name}
x-tracking-signature: sha256=<lower-case hex of HMAC-SHA256 over the raw body>

{"trackingNumber": "1Z999AA10123456784", "milestone": "OUT_FOR_DELIVERY", "occurredAt": "2026-11-02T08:15:00Z",
 "eventId": "evt-1", "location": "Köln", "reversal": false}
"""

from __future__ import annotations

import msgspec

LONGEST = 120
"""Characters of any word."""


class TrackingEvent(msgspec.Struct, rename="camel", kw_only=True, frozen=True):
    """One thing that happened to one parcel."""

    tracking_number: str
    """The carrier's number, as on the label."""
    occurred_at: str
    """When it happened, ISO 8601 with an offset."""
    milestone: str | None = None
    """How far the parcel is, or what is wrong with it: a ShipmentMilestone or a ShipmentExceptionKind."""
    exception: str | None = None
    """What is wrong with it, where that comes beside a milestone: a ShipmentExceptionKind."""
    event_id: str | None = None
    """The sender's own id; a repeated one is the same event."""
    location: str | None = None
    """Where, as the sender writes it."""
    reversal: bool = False
    """The milestone no longer holds: it was scanned by mistake."""
    estimated_delivery_at: str | None = None
    """When the carrier expects to deliver, ISO 8601 with an offset."""
    carrier: str | None = None
    """Who carries it, as the sender writes it."""
