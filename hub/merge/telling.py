"""How a fact is told: what all facts of a transaction bear, and the row of the outbox that each becomes (D5)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

from hub.call import passed_on
from hub.model.changes import Change, ChangeKind, Origin, Traits
from hub.model.events import MERGED, UPDATED, prefix_of
from hub.model.vocabulary import Kind
from hub.store.outbox import OutboxRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Why a root was looked at."""

    correlation_id: str
    causation_id: str | None = None
    traceparent: str | None = None
    """The W3C trace it belongs to, where it has one of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """What every fact of a transaction bears."""

    now: datetime
    origin: Origin
    mint: Callable[[], str]
    causes: Mapping[str, Cause]
    """By root; the cause of the whole work where a root has none of its own."""
    cause: Cause
    merges: tuple[tuple[str, str], ...] = ()

    def cause_of(self, root: str) -> Cause:
        """Why *root* was looked at."""
        return self.causes.get(root, self.cause)


@dataclass(slots=True, kw_only=True)
class Told:
    """What differs: entities with their changed fields, roots that moved, facts for the outbox."""

    changed: dict[str, tuple[str, ...]] = field(default_factory=dict)
    roots: set[str] = field(default_factory=set)
    facts: list[OutboxRow] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One thing to be told."""

    kind: Kind
    id: str
    root: str
    version: int
    root_version: int
    events: tuple[str, ...]
    """Everything that happened; what says most last."""
    changed_fields: tuple[str, ...]
    stands: Traits
    stood: Traits | None = None
    """As it stood before; None: there was nothing."""
    change: ChangeKind | None = None
    """None: CREATED where there was nothing, else UPDATED."""
    occurred_at: datetime | None = None
    """Where a source told it; else it is the moment of the telling."""
    cause: Cause | None = None
    """Where it is not its root's."""
    survivor: str | None = None
    """Of a merge: the entity that goes on (Id-3)."""


def outgoing(fact: Fact, telling: Telling) -> OutboxRow:
    """The row of the outbox that tells *fact*."""
    *passed, event = fact.events if fact.survivor is None else (*_steps(fact), MERGED)
    cause = fact.cause or telling.cause_of(fact.root)
    stands: dict[str, Any] = {spec.name: getattr(fact.stands, spec.name) for spec in fields(Traits)}
    change = Change(
        event_id=telling.mint(),
        event=event,
        passed=tuple(passed),
        change=fact.change or (ChangeKind.CREATED if fact.stood is None else ChangeKind.UPDATED),
        kind=fact.kind,
        entity_id=fact.id,
        root_id=fact.root,
        version=fact.version,
        root_version=fact.root_version,
        changed_fields=fact.changed_fields,
        occurred_at=fact.occurred_at or telling.now,
        recorded_at=telling.now,
        correlation_id=cause.correlation_id,
        causation_id=cause.causation_id,
        traceparent=cause.traceparent,
        origin=telling.origin,
        was=None if fact.stood == fact.stands else fact.stood,
        survivor_id=fact.survivor,
        **stands,
    )
    return row_of(change)


def _steps(fact: Fact) -> tuple[str, ...]:
    return tuple(event for event in fact.events if event != prefix_of(fact.kind) + UPDATED)


def row_of(change: Change) -> OutboxRow:
    """The outbox row of a change."""
    return OutboxRow(
        root_id=change.root_id,
        account=change.account,
        event_id=change.event_id,
        aggregatetype=change.kind.value.lower(),
        aggregateid=change.entity_id,
        type=change.event,
        entity_version=change.version,
        headers=passed_on(change.correlation_id, change.event_id, change.traceparent),
        payload=change,
    )
