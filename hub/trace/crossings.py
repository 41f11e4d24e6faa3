"""Which crossings a story must have, by what they left behind, and what tells the rest where one has no hop. Pure.

A hop is written a little after its crossing: a process that dies in between leaves none, but the rows of its
transaction stand, and say that the crossing was there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from hub.codec import typed
from hub.model.changes import Change
from hub.model.intents import DeliveryState
from hub.model.order import OrderStatus
from hub.model.trace import HopKind, HopOutcome, TraceHop
from hub.model.vocabulary import SystemKind
from hub.store.stories import MOST, StoryRows

Row = Mapping[str, Any]  # Any: a row as JSON

BROUGHT = frozenset({HopKind.WEBHOOK_IN, HopKind.SWEEP, HopKind.SOURCE_CALL, HopKind.API_IN})
"""By one of these whatever a source tells comes in."""
HUB = "hub"
"""The source of the hub's own record: commands bring it."""
ON_THEIR_WAY = frozenset({"PENDING", "HANDED"})
"""Notices whose attempt may be under way: its hop is recorded when it ends."""
_SHOWN = {
    DeliveryState.CLAIMED: HopOutcome.RUNNING,
    DeliveryState.PENDING: HopOutcome.RETRY,
    DeliveryState.UNKNOWN: HopOutcome.UNKNOWN,
    DeliveryState.ACCEPTED: HopOutcome.OK,
    DeliveryState.DONE: HopOutcome.OK,
}
_RELEASED = frozenset({OrderStatus.RELEASED, OrderStatus.PICKED})
_SHIPPED = frozenset({OrderStatus.SHIPPED, OrderStatus.INVOICED, OrderStatus.COMPLETED})
STAGES: Mapping[SystemKind, frozenset[OrderStatus]] = {
    SystemKind.ERP: _RELEASED | _SHIPPED,
    SystemKind.WMS: _RELEASED | _SHIPPED,
    SystemKind.COMMERCE: _SHIPPED,
}
"""From which stage on an order that the hub carries must have crossed to a system, if the tenant has such a system."""


def left_behind(rows: StoryRows, systems: Mapping[str, SystemKind], said: Sequence[TraceHop]) -> list[TraceHop]:
    """Hops that were lost with their process, told from what the crossing wrote."""
    known = {one.id for one in said}
    entered = {one.correlation_id for one in said if one.kind is HopKind.API_IN}
    delivered = {(one.correlation_id, one.source) for one in said if one.kind is HopKind.DELIVERY}
    told = {(one.correlation_id, one.operation) for one in said if one.kind is HopKind.NOTIFICATION}
    lost = [_told_by_command(row) for row in rows.commands if row["correlation_id"] not in entered]
    lost += [
        _told_by_delivery(row, systems)
        for row in rows.deliveries
        if row["attempts"] and (row["correlation_id"], row["source"]) not in delivered
    ]
    lost += [
        _told_by_notice(row)
        for row in rows.notices
        if row["state"] not in ON_THEIR_WAY and (row["correlation_id"], _operation(row)) not in told
    ]
    changes = [typed(row, Change) for row in rows.changes]
    lost += [_told_by_change(one) for one in changes if one.event_id not in known]
    first = min((one.started_at for one in said), default=None) if len(said) >= MOST else None
    return [one for one in lost if first is None or one.started_at >= first]


def missing_of(
    rows: StoryRows, systems: Mapping[str, SystemKind], said: Sequence[TraceHop], lost: Sequence[TraceHop]
) -> tuple[str, ...]:
    """Crossings that must have happened and left no hop, in words."""
    named = [f"{one.kind.value} {one.operation}" for one in lost if one.outcome is not HopOutcome.RUNNING]
    if len(said) < MOST:  # else the oldest were left out, and nobody can say
        named += [*_uncalled(said), *_unbrought(rows, said), *_skipped(rows, systems, said)]
    return tuple(dict.fromkeys(named))


def _uncalled(said: Sequence[TraceHop]) -> Iterator[str]:
    """Deliveries that were carried out, by no call."""
    called = {(one.correlation_id, one.source) for one in said if one.kind is HopKind.SOURCE_CALL}
    for one in said:
        carried = one.kind is HopKind.DELIVERY and one.outcome is HopOutcome.OK
        if carried and (one.correlation_id, one.source) not in called:
            yield f"{HopKind.SOURCE_CALL.value} {one.operation}"


def _unbrought(rows: StoryRows, said: Sequence[TraceHop]) -> Iterator[str]:
    """What a source told, and nothing brought."""
    brought = {one.correlation_id for one in said if one.kind in BROUGHT}
    for row in rows.records:
        if row["source"] != HUB and row["correlation_id"] not in brought:
            yield f"entrance of {row['kind']} {row['source_id']} from {row['source']}"


def _skipped(rows: StoryRows, systems: Mapping[str, SystemKind], said: Sequence[TraceHop]) -> Iterator[str]:
    """Systems that an order, which the hub carries, must have come to by its stage."""
    crossed = {one.system for one in said if one.source is not None}
    there = set(systems.values())
    for order in rows.orders:
        if order["managed_by"] != "HUB":
            continue
        for system, stages in STAGES.items():
            if order["status"] in stages and system in there and system not in crossed:
                yield f"{system.value} for an order that is {order['status']}"


def _told_by_command(row: Row) -> TraceHop:
    return TraceHop(
        id=row["id"],
        depth=0,
        kind=HopKind.API_IN,
        system=SystemKind.HUB,
        operation=row["operation"],
        outcome=HopOutcome.OK,
        started_at=datetime.fromisoformat(row["accepted_at"]),
        correlation_id=row["correlation_id"],
    )


def _told_by_delivery(row: Row, systems: Mapping[str, SystemKind]) -> TraceHop:
    created = datetime.fromisoformat(row["created_at"])
    began = datetime.fromisoformat(row["claimed_at"]) if row["claimed_at"] else created
    return TraceHop(
        id=row["id"],
        depth=1,
        kind=HopKind.DELIVERY,
        system=systems.get(row["source"], SystemKind.OTHER),
        source=row["source"],
        operation=row["action"],
        outcome=_SHOWN.get(DeliveryState(row["state"]), HopOutcome.FAILED),
        attempt=row["attempts"],
        started_at=began,
        waiting_ms=max(0, int((began - created) / timedelta(milliseconds=1))),
        error=row["error"],
        correlation_id=row["correlation_id"],
    )


def _operation(row: Row) -> str:
    return f"{row['milestone']} by {row['channel']}"


def _told_by_notice(row: Row) -> TraceHop:
    return TraceHop(
        id=row["id"],
        depth=1,
        kind=HopKind.NOTIFICATION,
        system=SystemKind.OTHER,
        operation=_operation(row),
        outcome=HopOutcome.OK if row["state"] == "SENT" else HopOutcome.UNKNOWN,
        attempt=row["attempts"],
        started_at=datetime.fromisoformat(row["settled_at"] or row["created_at"]),
        error=row["error"],
        correlation_id=row["correlation_id"],
    )


def _told_by_change(change: Change) -> TraceHop:
    return TraceHop(
        id=change.event_id,
        depth=1,
        kind=HopKind.CHANGE,
        system=SystemKind.HUB,
        operation=change.event,
        outcome=HopOutcome.OK,
        started_at=change.recorded_at,
        correlation_id=change.correlation_id,
    )
