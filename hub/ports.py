"""The contracts the core depends on: what an adapter offers, and where hops are recorded (design D10)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from hub.call import CORRELATION, TRACEPARENT
from hub.model.intents import Intent, Outcome
from hub.model.manifest import Manifest
from hub.model.observation import Seen
from hub.model.trace import HopKind, HopOutcome
from hub.model.vocabulary import Kind, SystemKind


class Turnstile(Protocol):
    """The gate's word on every single request of a call: rate and lease are exact only there (design D8).

    An adapter's HTTP client asks it directly before each request is written, connections included.
    """

    async def admit(self, *, has_effect: bool) -> None:
        """Wait for the source's rate, then return if a request may be written now. Raises what the verb then raises."""
        ...

    def written(self) -> None:
        """The request is on its way: nobody can call it back."""
        ...


class FreePass:
    """A turnstile that lets every request through: for `opshub sources check` and whoever calls without a gate."""

    async def admit(self, *, has_effect: bool) -> None:
        """Return at once."""

    def written(self) -> None:
        """Take note of nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceCall:
    """One call of a source, as the adapter sees it."""

    tenant: str
    source: str
    correlation_id: str
    traceparent: str | None = None
    """The W3C trace of the call, as it is sent on; None for who calls without a gate."""
    patience: float
    """Seconds the whole call may take; the adapter's HTTP client is given this as its time-out."""
    turnstile: Turnstile = field(default_factory=FreePass)
    """Asked directly before each request of this call is written."""

    @property
    def marks(self) -> dict[str, str]:
        """The headers that every request of this call bears: what it belongs to, for who reads the source's logs."""
        known = {CORRELATION: self.correlation_id}
        return known if self.traceparent is None else known | {TRACEPARENT: self.traceparent}


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What was read for one id: the object itself first, then what came with it (a shop order brings its parcels)."""

    seen: tuple[Seen, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """The source answered, and the object is not there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """The source answered for other ids, but not for this one."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePage:
    """One page of a sweep. `cursor` resumes after it; a complete sweep ends with `is_last`."""

    found: tuple[Seen, ...]
    cursor: Mapping[str, Any]  # Any: JSON, the adapter's own
    is_last: bool
    total: int | None = None
    """How many objects the whole sweep has, where the source says: the first load's bar."""
    failed: Mapping[str, str] = field(default_factory=dict)
    """Source ids, of the sweep's kind, whose answer breaks the wire type, and where: the rest of the page stands, these
    are asked for again by `read`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question without effect: `order.find` with `{"identifier": ...}`, later price, credit, rates."""

    name: str
    facts: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The answer to a question; `order.find` answers source ids."""

    ids: tuple[str, ...] = ()
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """What a cheap call learned."""

    version: str | None = None
    clock_skew_seconds: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookDelivery:
    """A verified delivery: headers in lower case, body as it came."""

    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class HintSeen:
    """Something changed at the source: read it again."""

    kind: Kind
    source_id: str


class Adapter(Protocol):
    """One vendor's product. Owns no thread, retry or sleep: it classifies errors, the gate and delivery act.

    Raises the `SourceError`s of `hub.errors`, and `OutcomeUnknown` where an effect was sent and its answer lost.
    """

    def describe(self) -> Manifest:
        """What this adapter can do; static."""
        ...

    async def health(self, call: SourceCall) -> Health:
        """Reachable and allowed. Raises SourceMisset or SourceBusy."""
        ...

    async def login(self, call: SourceCall) -> None:
        """Get a fresh credential. The gate calls it once for all callers that found theirs expired (C11)."""
        ...

    async def read(self, call: SourceCall, kind: Kind, ids: Sequence[str]) -> Mapping[str, Found | Missing | Failed]:
        """An answer for every id asked, in at most ceil(n / batch) requests."""
        ...

    def changes(
        self, call: SourceCall, kind: Kind, sweep: str, cursor: Mapping[str, Any] | None
    ) -> AsyncIterator[ChangePage]:
        """Pages of the named sweep from *cursor* (None: the start). Raises CursorExpired on one it cannot use.

        The cursor of the last page begins the next run: a snapshot's says so in its own way.
        """
        ...

    async def execute(self, call: SourceCall, intent: Intent) -> Outcome:
        """Carry out the effect once; continue from the state it reads where it had begun."""
        ...

    async def resolve(self, call: SourceCall, intent: Intent) -> Outcome:
        """After an unknown outcome: DONE, ABSENT, PARTIAL or REFUSED by looking only."""
        ...

    async def ask(self, call: SourceCall, question: Question) -> Answer:
        """Answer a question without effect."""
        ...

    def verify(self, headers: Mapping[str, str], body: bytes) -> WebhookDelivery:
        """The delivery, if its signature is right; pure. Raises Denied."""
        ...

    def dedupe_key(self, delivery: WebhookDelivery) -> str:
        """What makes a repeated delivery the same one."""
        ...

    def parse(self, delivery: WebhookDelivery) -> Sequence[HintSeen | Seen]:
        """Hints, or what was seen where the body has a version. Raises SourceGarbled."""
        ...

    async def close(self) -> None:
        """Give connections back."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """One boundary crossing."""

    id: str
    tenant: str
    correlation_id: str
    kind: HopKind
    system: SystemKind
    operation: str
    """Such as `orderCancel`, `read ORDER`, `order.cancel`, `order.updated`."""
    outcome: HopOutcome
    started_at: datetime
    duration_ms: int | None
    waiting_ms: int = 0
    """Time it stood in line before it started."""
    source: str | None = None
    parent_id: str | None = None
    attempt: int | None = None
    error: str | None = None
    """In words, without bodies or secrets."""
    roots: tuple[str, ...] = field(default_factory=tuple)
    """Roots it concerns, where known."""


class Recorder(Protocol):
    """Where the edges record hops; business code never mentions tracing."""

    def record(self, hop: Hop) -> None:
        """Keep the hop. Never blocks and never fails its caller; what cannot be kept is counted and logged."""
        ...
