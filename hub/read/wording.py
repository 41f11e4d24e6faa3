"""What a representative reads out: one sentence per order, one per shipment; and whether it is late. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal

from hub.flow.facts import KeptDelivery
from hub.merge.authority import system_of
from hub.model.cases import HoldType
from hub.model.intents import DeliveryState
from hub.model.order import Order, OrderStatus
from hub.model.shipment import Shipment, ShipmentMilestone
from hub.model.vocabulary import Kind, PresenceState
from hub.read.age import clock_time, how_long
from hub.read.presence import UNDER_WAY, presence
from hub.read.whole import Whole

PHRASES: Mapping[OrderStatus, str] = {
    OrderStatus.PENDING_ACCEPTANCE: "received, not accepted yet",
    OrderStatus.ACCEPTED: "accepted",
    OrderStatus.VALIDATED: "accepted and checked",
    OrderStatus.ALLOCATED: "reserved in the warehouse",
    OrderStatus.RELEASED: "with the warehouse",
    OrderStatus.PICKED: "picked, not handed to the carrier yet",
    OrderStatus.SHIPPED: "shipped",
    OrderStatus.INVOICED: "shipped and invoiced",
    OrderStatus.COMPLETED: "complete",
    OrderStatus.CANCELLED: "cancelled",
    OrderStatus.REJECTED: "rejected",
    OrderStatus.UNKNOWN: "in a state that the hub does not know",
}
GONE = frozenset(
    {
        OrderStatus.SHIPPED,
        OrderStatus.INVOICED,
        OrderStatus.COMPLETED,
        OrderStatus.CANCELLED,
        OrderStatus.REJECTED,
    }
)
"""Nothing can be late to ship any more."""
PARCELS: Mapping[ShipmentMilestone, str] = {
    ShipmentMilestone.CREATED: "being prepared",
    ShipmentMilestone.PICK_STARTED: "being prepared",
    ShipmentMilestone.PICKED: "being prepared",
    ShipmentMilestone.PACKED: "packed",
    ShipmentMilestone.LABELED: "packed",
    ShipmentMilestone.MANIFESTED: "ready for the carrier",
    ShipmentMilestone.READY_FOR_PICKUP: "ready for collection",
    ShipmentMilestone.SHIPPED: "shipped",
    ShipmentMilestone.IN_TRANSIT: "on its way",
    ShipmentMilestone.OUT_FOR_DELIVERY: "out for delivery",
    ShipmentMilestone.AVAILABLE_FOR_COLLECTION: "ready to collect",
    ShipmentMilestone.DELIVERED: "delivered",
    ShipmentMilestone.RETURNING: "being returned",
    ShipmentMilestone.RETURNED_TO_SENDER: "returned to the sender",
    ShipmentMilestone.VOIDED: "cancelled",
    ShipmentMilestone.CANCELLED: "cancelled",
    ShipmentMilestone.LOST: "lost",
    ShipmentMilestone.UNKNOWN: "in a state that the hub does not know",
}
"""Customer wording of the milestones (domain.md 2.5.1)."""
ON_THE_WAY = frozenset({ShipmentMilestone.SHIPPED, ShipmentMilestone.IN_TRANSIT, ShipmentMilestone.OUT_FOR_DELIVERY})
MOST_NAMED = 3
"""Parcels, or items, named in one sentence."""


def is_late(whole: Whole) -> bool | None:
    """Promised to leave before now, and still here; None where nothing was promised."""
    head = whole.order.groups.commercial
    if head is None or head.promised_ship_at is None:
        return None
    return head.promised_ship_at < whole.now and whole.order.status not in GONE


def status_text(whole: Whole) -> str:
    """One sentence: the status, then what is under way, what holds it, what is late or missing."""
    return _sentence([PHRASES[whole.order.status], *_clauses(whole)])


def shipment_text(shipment: Shipment) -> str:
    """One sentence about a parcel."""
    clauses = [PARCELS[shipment.status]]
    if shipment.is_partial:
        clauses.append("some of its parcels are further")
    clauses += [kind.value.replace("_", " ").lower() for kind in shipment.exceptions]
    return _sentence(clauses)


def _sentence(clauses: list[str]) -> str:
    said = "; ".join(clauses)
    return said[:1].upper() + said[1:] + "."


def _clauses(whole: Whole) -> Iterator[str]:
    order = whole.order
    if order.is_partial:
        yield from _partly(order)
        yield from _on_the_way(whole)
    if order.status in (OrderStatus.SHIPPED, OrderStatus.INVOICED, OrderStatus.COMPLETED):
        yield from _tracking(whole.stored.members.shipments)
    yield from _short(whole)
    yield from (f"on hold: {hold.reason or hold.type.value.replace('_', ' ').lower()}" for hold in whole.stored.holds)
    yield from (_delivery_text(whole, one) for one in whole.stored.deliveries if one.state in UNDER_WAY)
    yield from _failures(whole)
    if not any(hold.type is HoldType.APPROVAL for hold in whole.stored.holds):  # the hold says it of a whole order
        asked = (one.approval for one in whole.stored.commands if one.approval is not None)
        yield from (f"somebody must approve: {one.reason}" for one in asked if one.waits)
    if is_late(whole) and order.groups.commercial and order.groups.commercial.promised_ship_at:
        yield f"late: promised to leave {clock_time(order.groups.commercial.promised_ship_at, whole.now)}"
    rows = presence(whole, order.id, Kind.ORDER)
    yield from (f"missing in the {row.system.value}" for row in rows if row.state is PresenceState.MISSING)
    if order.conflicts:
        yield f"systems disagree about {order.conflicts[0].path}"


def _partly(order: Order) -> Iterator[str]:
    ordered = sum((line.quantities.ordered for line in order.lines), Decimal(0))
    for name, word in (("cancelled", "cancelled"), ("shipped", "shipped"), ("picked", "picked")):
        moved = sum((getattr(line.quantities, name) for line in order.lines), Decimal(0))
        if 0 < moved < ordered:
            yield f"{moved.normalize():f} of {ordered.normalize():f} {word}"


def _on_the_way(whole: Whole) -> Iterator[str]:
    """Such as `one parcel on its way, tracking 1Z999AA10123456784`."""
    left = [one for one in whole.stored.members.shipments if one.status in ON_THE_WAY]
    parcels = sum(max(1, len(one.packages)) for one in left)
    if parcels:
        said = "one parcel on its way" if parcels == 1 else f"{parcels} parcels on their way"
        yield ", ".join((said, *_tracking(left)))


def _tracking(shipments: Iterable[Shipment]) -> Iterator[str]:
    numbers = [one.tracking_number for each in shipments for one in each.packages]
    known = list(dict.fromkeys(number for number in numbers if number))
    if known:
        yield f"tracking {_some(known)}"


def _short(whole: Whole) -> Iterator[str]:
    """What waits for supply, and until when: such as `3 of LAPTOP short, expected 24 Nov 12:00 UTC`."""
    short = [line for line in whole.order.lines if line.quantities.backordered > 0]
    if not short:
        return
    said = f"{_some([f'{line.quantities.backordered.normalize():f} of {line.sku}' for line in short])} short"
    head = whole.order.groups.commercial
    promised = [line.promised_ship_at or (head.promised_ship_at if head else None) for line in short]
    ahead = [at for at in promised if at is not None and at > whole.now]
    yield said + (f", expected {clock_time(max(ahead), whole.now)}" if len(ahead) == len(short) else "")


def _some(names: Sequence[str]) -> str:
    rest = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {rest} more" if rest > 0 else "")


def _delivery_text(whole: Whole, delivery: KeptDelivery) -> str:
    """Such as `cancel at the shop queued for 4 min, try 3 at 14:05 UTC`."""
    verb = delivery.action.rsplit(".", 1)[-1].replace("_", " ")
    what = f"{verb} at {system_of(delivery.source, whole.landscape).value} ({delivery.source})"
    match delivery.state:
        case DeliveryState.CLAIMED:
            return f"{what} being sent"
        case DeliveryState.ACCEPTED:
            return f"{what} accepted, not seen done yet"
        case DeliveryState.UNKNOWN:
            return f"{what}: its answer was lost and is being looked up"
        case DeliveryState.REVIEW:
            return f"{what} waits for a person"
        case _:
            return f"{what} not confirmed{_since(whole, delivery)}{_next_try(whole, delivery)}"


def _since(whole: Whole, delivery: KeptDelivery) -> str:
    command = next((one for one in whole.stored.commands if one.id == delivery.command_id), None)
    waited = timedelta() if command is None else whole.now - command.accepted_at
    return f" for {how_long(waited)}" if waited >= timedelta(minutes=1) else " yet"


def _next_try(whole: Whole, delivery: KeptDelivery) -> str:
    due = delivery.next_attempt_at
    if not delivery.attempts or due is None or due <= whole.now:
        return ""
    return f", try {delivery.attempts + 1} at {clock_time(due, whole.now)}"


def _failures(whole: Whole) -> Iterator[str]:
    for one in whole.stored.deliveries:
        verb = one.action.rsplit(".", 1)[-1].replace("_", " ")
        if one.state is DeliveryState.DEAD:
            yield f"{verb} at {one.source} failed and waits for a person: {one.error or 'no reason given'}"
        elif one.state is DeliveryState.REFUSED:
            yield f"{verb} refused by {one.source}: {one.error or 'no reason given'}"
