"""The trace of an id: every boundary crossed on its behalf, what it waits for, and what is missing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from hub.model.cases import ExceptionCase, RootCause
from hub.model.letters import ErrorClass
from hub.model.values import Identifier
from hub.model.vocabulary import SystemKind


class TraceState(StrEnum):
    """RUNNING: a call is under way. WAITING: for a time or an answer. BLOCKED: for a person. DONE: for nothing."""

    RUNNING = "RUNNING"
    WAITING = "WAITING"
    BLOCKED = "BLOCKED"
    DONE = "DONE"


class HopKind(StrEnum):
    """Which boundary was crossed."""

    API_IN = "API_IN"
    WEBHOOK_IN = "WEBHOOK_IN"
    SWEEP = "SWEEP"
    CHANGE = "CHANGE"
    DELIVERY = "DELIVERY"
    SOURCE_CALL = "SOURCE_CALL"
    PUBLISH = "PUBLISH"
    PUSH = "PUSH"
    NOTIFICATION = "NOTIFICATION"


class HopOutcome(StrEnum):
    """How the crossing ended."""

    OK = "OK"
    RETRY = "RETRY"
    FAILED = "FAILED"
    UNKNOWN = "UNKNOWN"
    RUNNING = "RUNNING"


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceHop:
    """One boundary crossing. Flat, in start order; tree by `parentId`, indentation by `depth`."""

    id: str
    """Stable, opaque."""
    parent_id: str | None = None
    """The crossing that caused it, where known."""
    depth: int
    """0 where the trace was entered."""
    kind: HopKind
    """Which boundary."""
    system: SystemKind
    """Role of the source; HUB for the hub's own edges."""
    source: str | None = None
    """The source, where one was involved."""
    operation: str
    """What was done there."""
    outcome: HopOutcome
    """How it ended."""
    attempt: int | None = None
    """Which attempt it was, for deliveries and their calls."""
    started_at: datetime
    """When it began, by the hub's clock."""
    duration_ms: int | None = None
    """How long it took; null while it runs."""
    waiting_ms: int = 0
    """How long it stood in line before it began."""
    error: str | None = None
    """Why it failed, in words."""
    correlation_id: str
    """The request or delivery it belongs to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceBlocker:
    """What everything waits for."""

    root_cause: RootCause
    """Sort of cause."""
    source: str | None = None
    """The source concerned."""
    since: datetime
    """Since when it waits."""
    text: str
    """One sentence for people."""
    attempt: int | None = None
    """Attempts made so far."""
    next_attempt_at: datetime | None = None
    """When it is tried again; null where a person must act."""
    exception_case: ExceptionCase | None = None
    """The case that stands for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """The story of an id: the union of every correlation id that leads to its root."""

    identifiers: tuple[Identifier, ...]
    """Every id that leads to this trace."""
    correlation_ids: tuple[str, ...]
    """Requests, deliveries and sweeps that took part, oldest first."""
    state: TraceState
    """Whether something is still to come."""
    duration_ms: int
    """From the first hop's start to the last one's end."""
    waiting_ms: int
    """Of that, time spent standing in line."""
    degraded: bool
    """Whether any crossing failed, was retried or is unknown."""
    blocker: TraceBlocker | None = None
    """What it waits for."""
    slowest: TraceHop | None = None
    """The crossing that worked longest; what a change stands in the outbox is waiting, not work."""
    missing: tuple[str, ...] = ()
    """Crossings that must have happened and left no hop: told from what they wrote."""
    hops: tuple[TraceHop, ...] = ()
    """Every crossing, in start order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceFilter:
    """Which traces: what is None does not narrow, everything given must hold, an empty tuple fits nothing."""

    roots: tuple[str, ...] | None = None
    """Of these orders: what an identifier or a correlation id leads to."""
    state: tuple[TraceState, ...] | None = None
    """In one of these states."""
    source: tuple[str, ...] | None = None
    """That something was, is or should be sent to one of these, or whose open case names one."""
    error_class: tuple[ErrorClass, ...] | None = None
    """Where something under way last failed of one of these."""
    root_cause: tuple[RootCause, ...] | None = None
    """Where an open case says one of these."""
    standing_since_before: datetime | None = None
    """That have waited for something since before then."""
    moved_from: datetime | None = None
    """That moved then or later."""
    moved_before: datetime | None = None
    """That did not move from then on."""
    text: str | None = None
    """Words that a crossing bears, in its operation or its error; typing errors are forgiven where the search can."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceSummary:
    """A trace in a list. Lists stand by `moved_at`, the latest first, then by `root_id`."""

    root_id: str
    """The order it is the story of."""
    moved_at: datetime
    """When the hub last saw anything of it change."""
