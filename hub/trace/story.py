"""Tells a story from rows: hops in order, as a tree, with what blocks and what is missing. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from hub.codec import typed
from hub.errors import OutcomeCause
from hub.model.cases import ExceptionCase, RootCause
from hub.model.changes import Change
from hub.model.intents import DeliveryState
from hub.model.trace import HopKind, HopOutcome, Trace, TraceBlocker, TraceHop, TraceState
from hub.model.values import Identifier
from hub.model.vocabulary import SystemKind
from hub.store.stories import StoryRows

Row = Mapping[str, Any]  # Any: a row as JSON

ENTRANCES = frozenset({HopKind.API_IN, HopKind.WEBHOOK_IN, HopKind.SWEEP})
PARENTS: Mapping[HopKind, tuple[HopKind, ...]] = {
    HopKind.DELIVERY: (HopKind.API_IN, HopKind.WEBHOOK_IN, HopKind.SWEEP),
    HopKind.SOURCE_CALL: (HopKind.DELIVERY, HopKind.WEBHOOK_IN, HopKind.SWEEP, HopKind.API_IN),
    HopKind.CHANGE: (HopKind.SOURCE_CALL, HopKind.DELIVERY, HopKind.WEBHOOK_IN, HopKind.SWEEP, HopKind.API_IN),
    HopKind.PUBLISH: (HopKind.CHANGE,),
    HopKind.PUSH: (HopKind.CHANGE,),
    HopKind.NOTIFICATION: (HopKind.CHANGE,),
}
"""Which crossing causes which, nearest first: where a hop names no parent."""

CAUSES: Mapping[str, RootCause] = {
    "THROTTLED": RootCause.API_THROTTLING,
    "TRANSIENT": RootCause.SOURCE_OUTAGE,
    "AUTH": RootCause.SOURCE_OUTAGE,
    "MAPPING": RootCause.MAPPING,
    "VALIDATION": RootCause.DATA_QUALITY,
    "CONFLICT": RootCause.CONCURRENCY,
    "REJECTED_BY_TARGET": RootCause.PARTNER_ERROR,
    "BUG": RootCause.CODE_DEFECT,
    **dict.fromkeys(OutcomeCause, RootCause.DATA_QUALITY),
}
FOR_PEOPLE = frozenset({DeliveryState.DEAD, DeliveryState.REVIEW})
UNDER_WAY = frozenset({DeliveryState.PENDING, DeliveryState.CLAIMED, DeliveryState.UNKNOWN, DeliveryState.ACCEPTED})


def tell(rows: StoryRows, systems: Mapping[str, SystemKind], identifiers: Sequence[Identifier]) -> Trace:
    """The trace that *rows* tell; *systems* is the role of each source by name."""
    said = [_hop(row) for row in rows.hops]
    lost = _left_behind(rows, systems, said)
    hops = _as_tree(sorted([*said, *lost], key=lambda one: (one.started_at, one.id)))
    blocker = _blocker(rows)
    ends = [one.started_at + timedelta(milliseconds=one.duration_ms or 0) for one in hops]
    return Trace(
        identifiers=tuple(identifiers),
        correlation_ids=tuple(dict.fromkeys(one.correlation_id for one in hops)),
        state=_state(rows, blocker),
        duration_ms=int((max(ends) - hops[0].started_at) / timedelta(milliseconds=1)) if hops else 0,
        waiting_ms=sum(one.waiting_ms for one in hops),
        degraded=any(one.outcome not in (HopOutcome.OK, HopOutcome.RUNNING) for one in hops),
        blocker=blocker,
        slowest=max(hops, key=lambda one: one.duration_ms or 0, default=None),
        missing=tuple(f"{one.kind.value} {one.operation}" for one in lost),
        hops=tuple(hops),
    )


def _hop(row: Row) -> TraceHop:
    return typed({**row, "depth": 0}, TraceHop)


def _left_behind(rows: StoryRows, systems: Mapping[str, SystemKind], said: Sequence[TraceHop]) -> list[TraceHop]:
    """Hops that were lost with their process, told from what the crossing wrote."""
    known = {one.id for one in said}
    entered = {one.correlation_id for one in said if one.kind is HopKind.API_IN}
    delivered = {(one.correlation_id, one.source) for one in said if one.kind is HopKind.DELIVERY}
    lost = [_told_by_command(row) for row in rows.commands if row["correlation_id"] not in entered]
    lost += [
        _told_by_delivery(row, systems)
        for row in rows.deliveries
        if row["attempts"] and (row["correlation_id"], row["source"]) not in delivered
    ]
    changes = [typed(row, Change) for row in rows.changes]
    return lost + [_told_by_change(one) for one in changes if one.event_id not in known]


def _told_by_command(row: Row) -> TraceHop:
    return TraceHop(
        id=row["id"],
        depth=0,
        kind=HopKind.API_IN,
        system=SystemKind.HUB,
        operation=row["operation"],
        outcome=HopOutcome.OK,
        started_at=_instant(row["accepted_at"]),
        correlation_id=row["correlation_id"],
    )


def _told_by_delivery(row: Row, systems: Mapping[str, SystemKind]) -> TraceHop:
    open_ = DeliveryState(row["state"]) in UNDER_WAY
    began = _instant(row["claimed_at"] or row["created_at"])
    return TraceHop(
        id=row["id"],
        depth=1,
        kind=HopKind.DELIVERY,
        system=systems.get(row["source"], SystemKind.OTHER),
        source=row["source"],
        operation=row["action"],
        outcome=HopOutcome.RUNNING if open_ else HopOutcome.FAILED if row["error"] else HopOutcome.OK,
        attempt=row["attempts"],
        started_at=began,
        waiting_ms=max(0, int((began - _instant(row["created_at"])) / timedelta(milliseconds=1))),
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


def _as_tree(hops: Sequence[TraceHop]) -> list[TraceHop]:
    """Each hop under the one it names, else under the nearest earlier one of its correlation id that may cause it."""
    placed: dict[str, TraceHop] = {}
    for one in hops:
        parent = placed.get(one.parent_id or "") or _cause(one, list(placed.values()))
        placed[one.id] = _under(one, parent)
    return list(placed.values())


def _cause(hop: TraceHop, earlier: Sequence[TraceHop]) -> TraceHop | None:
    for kind in PARENTS.get(hop.kind, ()):
        for other in reversed(earlier):
            if other.kind is kind and other.correlation_id == hop.correlation_id:
                return other
    return None


def _under(hop: TraceHop, parent: TraceHop | None) -> TraceHop:
    fields = {name: getattr(hop, name) for name in TraceHop.__dataclass_fields__}
    place = {"parent_id": parent.id, "depth": parent.depth + 1} if parent else {"parent_id": None, "depth": 0}
    return TraceHop(**(fields | place))


def _blocker(rows: StoryRows) -> TraceBlocker | None:
    """The oldest thing that stands still: a case for people first, then a delivery that failed or is unknown."""
    cases = sorted(rows.cases, key=lambda row: row["first_seen_at"])
    stuck = [row for row in rows.deliveries if DeliveryState(row["state"]) in UNDER_WAY | FOR_PEOPLE and row["error"]]
    stuck.sort(key=lambda row: row["created_at"])
    if cases:
        case = typed(cases[0], ExceptionCase)
        row = stuck[0] if stuck else None
        return TraceBlocker(
            root_cause=case.root_cause,
            source=cases[0]["source"],
            since=case.first_seen_at,
            text=case.title,
            attempt=row["attempts"] if row else None,
            exception_case=case,
        )
    return _stuck_delivery(stuck[0]) if stuck else None


def _stuck_delivery(row: Row) -> TraceBlocker:
    is_planned = DeliveryState(row["state"]) is DeliveryState.PENDING
    return TraceBlocker(
        root_cause=CAUSES.get(row["error_class"] or "", RootCause.UNKNOWN),
        source=row["source"],
        since=_instant(row["created_at"]),
        text=f"{row['action']} at {row['source']}: {row['error']} (attempt {row['attempts']})",
        attempt=row["attempts"],
        next_attempt_at=_instant(row["next_attempt_at"]) if is_planned else None,
    )


def _state(rows: StoryRows, blocker: TraceBlocker | None) -> TraceState:
    states = {DeliveryState(row["state"]) for row in rows.deliveries}
    if DeliveryState.CLAIMED in states:
        return TraceState.RUNNING
    if states & FOR_PEOPLE or (blocker is not None and blocker.exception_case is not None):
        return TraceState.BLOCKED
    return TraceState.WAITING if states & UNDER_WAY else TraceState.DONE


def _instant(value: str) -> datetime:
    return datetime.fromisoformat(value)
