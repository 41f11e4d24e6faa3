"""One event into the hub's words: a pure function of the body (domain.md 2.5)."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

from hub.errors import SourceGarbled
from hub.model.observation import Content, MilestoneClaim, Seen
from hub.model.schemes import tracking_key
from hub.model.shipment import (
    Package,
    ShipmentExceptionKind,
    ShipmentExecution,
    ShipmentGroups,
    ShipmentMilestone,
    ShipmentTracking,
)
from hub.model.values import Identifier
from hub.model.vocabulary import IdentifierScheme, Kind
from sources.kit.values import instant
from sources.tracking.manifest import EXCEPTIONS, MILESTONES
from sources.tracking.wire import LONGEST, TrackingEvent

FIRST, LAST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
_RANKS = {name: rank for rank, name in enumerate(MILESTONES)}
_STEP, _TIES = 100, 10_000


def seen_of(event: TrackingEvent, source: str) -> Seen:
    """What the event says of its parcel. Raises SourceGarbled for an event without a number, a word or an instant."""
    number = _word(event.tracking_number, "$.trackingNumber", source)
    at = _instant(event.occurred_at, "$.occurredAt", source)
    word = event.milestone or event.exception
    if word is None:
        message = "$: an event has a milestone or an exception"
        raise SourceGarbled(message, source=source)
    reached = MILESTONES.get(spelled(word))
    return Seen(
        kind=Kind.SHIPMENT,
        source_id=number,
        content=_content(event, number, at, reached, source),
        version=_sequence(event, at, reached),
        raw=_raw(event),
    )


def event_key(event: TrackingEvent) -> str:
    """What makes a repeated event the same one: the sender's id, else parcel, word, minute and place (2.5.1 rule 3)."""
    if event.event_id:
        return event.event_id[:LONGEST]
    parts = (event.tracking_number, event.milestone, event.exception, event.occurred_at[:16], event.location)
    return hashlib.sha256("\x1f".join(str(part) for part in (*parts, event.reversal)).encode()).hexdigest()


def spelled(word: str) -> str:
    """A word as the hub spells it: `out for delivery` and `out-for-delivery` are OUT_FOR_DELIVERY."""
    return word.strip().upper().replace("-", "_").replace(" ", "_")


def _content(
    event: TrackingEvent, number: str, at: datetime, reached: ShipmentMilestone | None, source: str
) -> Content:
    wrong = _exceptions(event)
    estimate = event.estimated_delivery_at
    arrived = reached is ShipmentMilestone.DELIVERED and not event.reversal
    known = reached is not None or wrong
    return Content(
        shipment=ShipmentGroups(
            execution=None if event.carrier is None else ShipmentExecution(carrier=event.carrier[:LONGEST]),
            tracking=ShipmentTracking(
                estimated_delivery_at=_instant(estimate, "$.estimatedDeliveryAt", source) if estimate else None,
                delivered_at=at if arrived else None,
            ),
        ),
        raw_status=(event.milestone or event.exception or "")[:LONGEST],
        status=reached.value if reached else None if known else ShipmentMilestone.UNKNOWN.value,
        bears=(tracking_key(number),),
        identifiers=(Identifier(scheme=IdentifierScheme.TRACKING, value=number, source=source),),
        packages=(Package(id=number, tracking_number=number),),
        milestones=()
        if reached is None
        else (MilestoneClaim(milestone=reached, occurred_at=at, part=number, reverses=event.reversal),),
        exceptions=wrong,
    )


def _exceptions(event: TrackingEvent) -> tuple[ShipmentExceptionKind, ...]:
    """What is wrong now: what an event does not repeat has cleared, for only the newest event is kept."""
    words = [spelled(word) for word in (event.milestone, event.exception) if word]
    return () if event.reversal else tuple(dict.fromkeys(EXCEPTIONS[word] for word in words if word in EXCEPTIONS))


def _sequence(event: TrackingEvent, at: datetime, reached: ShipmentMilestone | None) -> int:
    """The newest event is the greatest, of one instant the furthest; of equals any, but always the same one."""
    moment = int(at.timestamp() * 1000)
    rank = -1 if reached is None else _RANKS[reached.value]
    tie = int.from_bytes(hashlib.sha256(event_key(event).encode()).digest()[:8], "big") % _TIES
    return (moment * _STEP + rank + 1) * _TIES + tie


def _raw(event: TrackingEvent) -> dict[str, str | bool | None]:
    return {name: getattr(event, name) for name in event.__struct_fields__}


def _word(text: str, at: str, source: str) -> str:
    word = text.strip()
    if not 0 < len(word) <= LONGEST or not word.isprintable():
        message = f"{at}: 1 to {LONGEST} printable characters"
        raise SourceGarbled(message, source=source)
    return word


def _instant(text: str, at: str, source: str) -> datetime:
    try:
        moment = instant(text)
    except (ValueError, OverflowError) as wrong:
        message = f"{at}: an ISO 8601 instant with an offset"
        raise SourceGarbled(message, source=source) from wrong
    if not FIRST <= moment <= LAST:
        message = f"{at}: an instant of this century"
        raise SourceGarbled(message, source=source)
    return moment
