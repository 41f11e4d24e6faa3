"""Rules on what was told: I6, I7, I13."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from tests.crash.judge.evidence import Evidence, LogRow, Segment

RETRIED = frozenset({"SHUTTING_DOWN", "SUBSCRIPTION_LAGGED"})
"""Ends of a stream that say: come again with your last cursor."""

Event = tuple[str, int, str]
"""(order, version, event): what identifies an event to a subscriber."""


def delivered(seen: Evidence) -> Iterator[str]:
    """I6: each version of an entity is one line of the log, in order; one connection gets them without a gap."""
    if seen.waiting.get("outbox"):
        yield f"{seen.waiting['outbox']} facts never left the outbox"
    lines = sorted(seen.log, key=lambda row: row.position)
    if [row.position for row in lines] != list(range(1, len(lines) + 1)):
        yield "positions of the log have gaps or repeat"
    versions: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for row in _once_for_each_root(lines):
        versions[row.tenant, row.entity_id].append(row.version)
    survivors = {(row.tenant, row.redirect_to) for row in seen.entities if row.redirect_to}
    for entity in seen.entities:
        told = [one for one in versions[entity.tenant, entity.id] if one <= entity.version]
        is_merged = entity.redirect_to is not None or (entity.tenant, entity.id) in survivors
        if not (_climbs_to(told, entity.version) if is_merged else told == list(range(1, entity.version + 1))):
            yield f"{entity.kind} {entity.id} is at v{entity.version}, the log tells {told}"
    for segment in seen.segments:
        run = _own(_events(segment), expected(seen, segment.tenant))
        if run != sorted(set(run)) or (run and run[-1] - run[0] != len(run) - 1):
            yield f"{segment.subscriber}: one connection got {run} of the log's events"


def _once_for_each_root(lines: Sequence[LogRow]) -> Iterator[LogRow]:
    """Of a change that concerns several orders, told once under each (Id-4), the first; of all others every line."""
    known: defaultdict[tuple[str, str, int], set[str]] = defaultdict(set)
    for row in lines:
        roots = known[row.tenant, row.entity_id, row.version]
        if not roots or row.root_id in roots:
            yield row
        roots.add(row.root_id)


def _climbs_to(told: Sequence[int], version: int) -> bool:
    """A merge goes on from the greater of two versions, so that it may leave some out (Id-3)."""
    return list(told) == sorted(set(told)) and told[:1] == [1] and told[-1] == version


def resumed(seen: Evidence) -> Iterator[str]:
    """I7: who goes on from a cursor gets the very next event; who stays to the end has heard of everything."""
    by_subscriber: defaultdict[tuple[str, str], list[Segment]] = defaultdict(list)
    for segment in seen.segments:
        by_subscriber[segment.tenant, segment.subscriber].append(segment)
    for (tenant, name), segments in by_subscriber.items():
        events = expected(seen, tenant)
        at = 0
        for segment in segments:
            if not RETRIED.issuperset(segment.codes):
                yield f"{name}: the hub ended a stream with {', '.join(segment.codes)}"
            run = _own(_events(segment), events)
            if run and run[0] != at:
                yield f"{name}: went on at event {run[0]} of the log, not at {at}"
            at = run[-1] + 1 if run else at
        if at != len(events):
            yield f"{name}: heard {at} of {len(events)} events"


def scoped(seen: Evidence) -> Iterator[str]:
    """I13: nobody reads a word that belongs to another tenant."""
    for heard in seen.heard:
        for tenant, words in seen.canaries.items():
            leaked = [word for word in words if tenant != heard.tenant and word in heard.text]
            if leaked:
                yield f"{heard.tenant} was told {leaked[0]} of {tenant}: {heard.text[:160]}"


def expected(seen: Evidence, tenant: str) -> Sequence[Event]:
    """What every subscriber of *tenant* must hear, in order."""
    lines = sorted(seen.log, key=lambda row: row.position)
    mine = [row for row in lines if row.tenant == tenant and row.kind == "ORDER" and row.live]
    return [(row.entity_id, row.version, row.event) for row in mine]


def _events(segment: Segment) -> list[Event]:
    return [(one.order_id, one.version, one.event) for one in segment.events]


def _own(events: Sequence[Event], log: Sequence[Event]) -> list[int]:
    """Where in the log each event stands; what is not of this tenant's log is I13's or I10's."""
    places = {event: index for index, event in enumerate(log)}
    return [places[event] for event in events if event in places]
