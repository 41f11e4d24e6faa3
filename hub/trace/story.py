"""Tells a story from rows: hops in order, as a tree, waits apart from work, what blocks and what is missing. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from hub.codec import typed
from hub.model.intents import DeliveryState
from hub.model.trace import HopKind, HopOutcome, Trace, TraceBlocker, TraceHop, TraceState
from hub.model.values import Identifier
from hub.model.vocabulary import SystemKind
from hub.store.stories import StoryRows
from hub.trace.causes import FOR_PEOPLE, UNDER_WAY, blocker_of
from hub.trace.crossings import left_behind, missing_of

Row = Mapping[str, Any]  # Any: a row as JSON
Span = tuple[datetime, datetime]

PARENTS: Mapping[HopKind, tuple[HopKind, ...]] = {
    HopKind.DELIVERY: (HopKind.API_IN, HopKind.WEBHOOK_IN, HopKind.SWEEP),
    HopKind.SOURCE_CALL: (HopKind.DELIVERY, HopKind.WEBHOOK_IN, HopKind.SWEEP, HopKind.API_IN),
    HopKind.CHANGE: (HopKind.SOURCE_CALL, HopKind.DELIVERY, HopKind.WEBHOOK_IN, HopKind.SWEEP, HopKind.API_IN),
    HopKind.PUBLISH: (HopKind.CHANGE,),
    HopKind.PUSH: (HopKind.CHANGE,),
    HopKind.NOTIFICATION: (HopKind.CHANGE,),
}
"""Which crossing causes which, nearest first: where a hop names no parent."""
MILLISECOND = timedelta(milliseconds=1)


def tell(rows: StoryRows, systems: Mapping[str, SystemKind], identifiers: Sequence[Identifier]) -> Trace:
    """The trace that *rows* tell; *systems* is the role of each source by name."""
    said = [_hop(row) for row in rows.hops]
    lost = left_behind(rows, systems, said)
    hops = _as_tree(sorted([*said, *lost], key=lambda one: (one.started_at, one.id)))
    blocker = blocker_of(rows, systems)
    return Trace(
        identifiers=tuple(identifiers),
        correlation_ids=tuple(dict.fromkeys(one.correlation_id for one in hops)),
        state=_state(rows, blocker),
        duration_ms=_millis(max(map(_end, hops)) - hops[0].started_at) if hops else 0,
        waiting_ms=_waiting(hops),
        degraded=any(one.outcome not in (HopOutcome.OK, HopOutcome.RUNNING) for one in hops),
        blocker=blocker,
        slowest=max(hops, key=lambda one: _end(one) - _begin(one), default=None),
        missing=missing_of(rows, systems, said, lost),
        hops=tuple(hops),
    )


def _hop(row: Row) -> TraceHop:
    return typed({**row, "depth": 0}, TraceHop)


def _waiting(hops: Sequence[TraceHop]) -> int:
    """How long something stood in line while nothing was done: waits that overlap count once, and work is no wait."""
    if not hops:
        return 0
    began = hops[0].started_at
    work = [(_begin(one), _end(one)) for one in hops]
    waits = [(max(began, _begin(one) - timedelta(milliseconds=one.waiting_ms)), _begin(one)) for one in hops]
    return _millis(_covered([*work, *waits]) - _covered(work))


def _begin(hop: TraceHop) -> datetime:
    """When its work began: what stands in the outbox waits from its recording on, and there is no work after that."""
    return _end(hop) if hop.kind is HopKind.CHANGE else hop.started_at


def _covered(spans: Iterable[Span]) -> timedelta:
    """How much time the spans cover, what lies in several once."""
    total, until = timedelta(), None
    for start, end in sorted(spans):
        from_here = start if until is None else max(start, until)
        if end > from_here:
            total, until = total + (end - from_here), end
    return total


def _end(hop: TraceHop) -> datetime:
    return hop.started_at + timedelta(milliseconds=hop.duration_ms or 0)


def _millis(span: timedelta) -> int:
    return int(span / MILLISECOND)


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


def _state(rows: StoryRows, blocker: TraceBlocker | None) -> TraceState:
    states = {DeliveryState(row["state"]) for row in rows.deliveries}
    if DeliveryState.CLAIMED in states:
        return TraceState.RUNNING
    if states & FOR_PEOPLE or rows.holds or (blocker is not None and blocker.exception_case is not None):
        return TraceState.BLOCKED
    return TraceState.WAITING if states & UNDER_WAY else TraceState.DONE
