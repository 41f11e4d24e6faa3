"""Names of events: which step of which field of an entity is told as what (domain.md 2.4.3, 2.5, 2.7).

An event is `<kind>.<past tense>`, such as `order.allocated`. Every kind has `created` and `updated`; the steps beside
them are the table `AXES`. Positions of stock have `inventory.adjusted` alone, and a merge is `entity.merged`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from hub.model.vocabulary import Kind

CREATED, UPDATED, DELETED = "created", "updated", "deleted"
SET_BACK = "set_back"
"""It fell to an earlier step of its ladder: de-allocated, un-picked."""
REOPENED = "reopened"
"""It had ended and goes on."""
MERGED = "entity.merged"
ADJUSTED = "inventory.adjusted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """One field of an entity, and the event that is told where it comes to each value. No entry: nothing of its own."""

    path: str
    """From the document, with dots."""
    ladder: Mapping[str, str] = field(default_factory=dict)
    """Steps in their order; falling on it is `set_back`. An empty name: a step that nothing is told of."""
    implied: frozenset[str] = frozenset()
    """Steps of the ladder that every higher one implies: passed even if nobody saw them."""
    aside: Mapping[str, str] = field(default_factory=dict)
    """Values beside the ladder, which may come and go at any time."""
    ends: Mapping[str, str] = field(default_factory=dict)
    """Values that end it; leaving one is `reopened`."""


def _ladder(*steps: str) -> dict[str, str]:
    """Steps that are told by their own names."""
    return {step: step.lower() for step in steps}


_RETURN_GOODS = Axis(
    path="physical_state",
    aside={
        "IN_TRANSIT": "in_transit",
        "PARTIAL": "partially_received",
        "RECEIVED": "received",
        "OVER_RECEIVED": "received",
        "LOST": "lost",
    },
)
_RETURN_MONEY = Axis(
    path="financial_state",
    aside={
        "PARTIAL": "partially_credited",
        "CREDITED": "credited",
        "REFUNDED": "refunded",
        "REFUND_FAILED": "refund_failed",
        "WRITTEN_OFF": "written_off",
    },
)
_ORDER_LADDER = _ladder(
    "ACCEPTED", "VALIDATED", "ALLOCATED", "RELEASED", "PICKED", "SHIPPED", "INVOICED", "COMPLETED"
)  # fmt: skip

AXES: Mapping[Kind, tuple[Axis, ...]] = {
    Kind.ORDER: (
        Axis(
            path="facets.payment",
            aside={
                "AUTHORIZED": "payment_authorized",
                "PARTIALLY_PAID": "partially_paid",
                "PAID": "paid",
                "PARTIALLY_REFUNDED": "partially_refunded",
                "REFUNDED": "refunded",
                "VOIDED": "payment_voided",
                "FAILED": "payment_failed",
                "EXPIRED": "payment_expired",
            },
        ),
        Axis(path="facets.return_", aside={"PARTIAL": "partially_returned", "FULL": "returned"}),
        Axis(path="facets.ship", aside={"PARTIAL": "partially_shipped"}),
        Axis(path="facets.delivery", aside={"PARTIAL": "partially_delivered", "FULL": "delivered"}),
        Axis(
            path="status",
            ladder={"PENDING_ACCEPTANCE": ""} | _ORDER_LADDER,
            implied=frozenset(_ORDER_LADDER),
            ends={"CANCELLED": "cancelled", "REJECTED": "rejected"},
        ),
    ),
    Kind.FULFILLMENT_ORDER: (
        Axis(
            path="request_status",
            ladder={"UNSUBMITTED": ""} | _ladder("SUBMITTED", "ACCEPTED"),
            aside=_ladder("CANCEL_REQUESTED", "CANCEL_REJECTED"),
            ends=_ladder("REJECTED", "CANCEL_ACCEPTED", "CLOSED"),
        ),
    ),
    Kind.SHIPMENT: (
        Axis(
            path="status",
            ladder={"CREATED": ""}
            | _ladder("PICK_STARTED", "PICKED", "PACKED", "LABELED", "MANIFESTED", "READY_FOR_PICKUP")
            | {"SHIPPED": "confirmed"}
            | _ladder("IN_TRANSIT", "OUT_FOR_DELIVERY", "AVAILABLE_FOR_COLLECTION", "DELIVERED"),
            implied=frozenset({"PICKED", "PACKED", "SHIPPED"}),
            aside=_ladder("RETURNING", "RETURNED_TO_SENDER", "LOST"),
            ends=_ladder("VOIDED", "CANCELLED"),
        ),
    ),
    Kind.RETURN: (
        _RETURN_GOODS,
        _RETURN_MONEY,
        Axis(
            path="status",
            ladder=_ladder(
                "REQUESTED", "IN_REVIEW", "AUTHORIZED", "IN_TRANSIT", "PARTIALLY_RECEIVED", "RECEIVED", "INSPECTED",
                "CREDITED",
            ),
            ends=_ladder("CLOSED", "DECLINED", "CANCELLED", "EXPIRED"),
        ),
    ),
    Kind.INVOICE: (
        Axis(
            path="status",
            ladder={"DRAFT": ""} | _ladder("POSTED", "SENT", "PARTIALLY_PAID", "PAID"),
            implied=frozenset({"POSTED"}),
            aside=_ladder("OVERDUE", "DISPUTED"),
            ends=_ladder("CANCELLED", "REVERSED"),
        ),
    ),
    Kind.CREDIT_MEMO: (
        Axis(
            path="status",
            ladder={"DRAFT": ""} | _ladder("POSTED", "APPLIED", "REFUNDED"),
            implied=frozenset({"POSTED"}),
            ends={"VOID": "voided"},
        ),
    ),
    Kind.PAYMENT: (
        Axis(path="status", ladder={"PENDING": ""} | _ladder("SUCCEEDED"), ends=_ladder("FAILED", "CANCELLED")),
    ),
    Kind.CUSTOMER: (
        Axis(path="groups.credit.credit_status", aside={"WARN": "credit_warned", "HOLD": "credit_held"}),
        Axis(
            path="groups.profile.status",
            aside={"ON_HOLD": "put_on_hold", "BLOCKED": "blocked"},
            ends=_ladder("CLOSED"),
        ),
    ),
    Kind.PRODUCT: (
        Axis(path="groups.item.status", aside=_ladder("BLOCKED"), ends=_ladder("DISCONTINUED", "ARCHIVED")),
    ),
    Kind.WAREHOUSE: (
        Axis(path="groups.profile.status", aside=_ladder("PAUSED"), ends=_ladder("CLOSED")),
    ),
    Kind.TRANSFER: (
        Axis(
            path="status",
            ladder={"DRAFT": ""}
            | _ladder("REQUESTED", "APPROVED", "RELEASED", "PARTIALLY_SHIPPED")
            | {"IN_TRANSIT": "shipped"}
            | _ladder("PARTIALLY_RECEIVED", "RECEIVED"),
            aside={"EXCEPTION": "exception_raised"},
            ends=_ladder("CLOSED", "CANCELLED"),
        ),
    ),
    Kind.PRICE_REFERENCE: (
        Axis(path="status", aside={"EXPIRED": "expired", "CONFLICT": "conflicted"}),
    ),
    Kind.SOURCE: (
        Axis(
            path="status",
            ladder={"NEVER_SYNCED": ""},
            aside={"UP": "recovered", "DEGRADED": "degraded", "DOWN": "went_down"},
            ends=_ladder("PAUSED"),
        ),
    ),
    Kind.OPERATION: (
        Axis(
            path="status",
            ladder={"AWAITING_APPROVAL": "", "QUEUED": "", "ACCEPTED": "accepted"},
            aside={"UNKNOWN": "in_doubt"},
            ends=_ladder("APPLIED", "PARTIALLY_APPLIED", "REJECTED"),
        ),
    ),
    Kind.EXCEPTION_CASE: (
        Axis(
            path="status",
            ladder={"NEW": ""},
            aside=_ladder("TRIAGED", "ASSIGNED", "REOPENED") | {"IN_PROGRESS": "started", "WAITING_EXTERNAL": "parked"},
            ends=_ladder("RESOLVED", "CLOSED", "SUPPRESSED"),
        ),
    ),
}  # fmt: skip
"""By kind; the last one is the one that says most. `Order.allocation` and the like are read off `changedFields`."""

EXCEPTIONS: Mapping[Kind, tuple[str, str]] = {Kind.SHIPMENT: ("exception_raised", "exception_cleared")}
"""Kinds with a set of `exceptions`: told where one comes and where one goes."""


def prefix_of(kind: Kind) -> str:
    """What the events of a kind begin with."""
    return f"{kind.value.lower()}."


def events_of(kind: Kind) -> tuple[str, ...]:
    """Every event of a kind."""
    if kind is Kind.INVENTORY:
        return (ADJUSTED,)
    axes = AXES.get(kind, ())
    steps = [name for axis in axes for table in (axis.ladder, axis.aside, axis.ends) for name in table.values() if name]
    turns = [SET_BACK] * any(len(axis.ladder) > 1 for axis in axes) + [REOPENED] * any(axis.ends for axis in axes)
    names = (CREATED, UPDATED, *steps, *EXCEPTIONS.get(kind, ()), *turns, DELETED)
    return tuple(dict.fromkeys(prefix_of(kind) + name for name in names))
