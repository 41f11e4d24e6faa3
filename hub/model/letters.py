"""Dead letters: what stopped, or has an outcome that nobody knows, and waits for a person (domain.md 4.3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from hub.model.values import internal


class DeadLetterStatus(StrEnum):
    """What people have done about a dead letter."""

    OPEN = "OPEN"
    """It waits."""
    CLAIMED = "CLAIMED"
    """Somebody works on it."""
    REPLAYING = "REPLAYING"
    """It was sent again, and has not come to an end."""
    REPLAYED = "REPLAYED"
    """It was sent again, and came to an end."""
    DISCARDED = "DISCARDED"
    """Somebody gave it up."""
    EDITED = "EDITED"
    """Another one took its place."""


class ErrorClass(StrEnum):
    """Why something failed (domain.md 4.3)."""

    TRANSIENT = "TRANSIENT"
    THROTTLED = "THROTTLED"
    AUTH = "AUTH"
    VALIDATION = "VALIDATION"
    CONFLICT = "CONFLICT"
    MAPPING = "MAPPING"
    REJECTED_BY_TARGET = "REJECTED_BY_TARGET"
    BUG = "BUG"


class ReplayPolicy(StrEnum):
    """Whether sending again can do harm."""

    SAFE = "SAFE"
    """The source said that nothing happened."""
    NEEDS_REVIEW = "NEEDS_REVIEW"
    """Nobody knows whether it happened: sending again looks first."""
    FORBIDDEN = "FORBIDDEN"
    """Nobody can find out whether it happened: a person settles it by hand."""


class LetterSort(StrEnum):
    """Which way it was going."""

    DELIVERY = "DELIVERY"
    """Out: an effect at a source."""
    INBOX = "INBOX"
    """In: what a source posted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetterGroup:
    """Dead letters that failed alike."""

    group_key: str
    """Names the group, as long as something is in it."""
    error_class: ErrorClass
    """Why they failed."""
    cause: str
    """The words of the failure; what differs from one to the next is `#`."""
    source: str
    """The source."""
    operation: str
    """What was to be done there; `webhook` for what came in."""
    count: int
    """How many there are."""
    oldest_at: datetime
    """Since when the oldest of them waits."""
    replay_policy: ReplayPolicy
    """Whether sending them again can do harm."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """A delivery that stopped, or a body that nothing can read."""

    id: str
    """Names it to `deadLetterReplay`, `deadLetterResolve` and `deadLetterDiscard`."""
    sort: LetterSort
    """Which way it was going."""
    group_key: str
    """The group it belongs to."""
    error_class: ErrorClass
    """Why it failed."""
    cause: str
    """The words of the failure."""
    source: str
    """The source."""
    operation: str
    """What was to be done there; `webhook` for what came in."""
    attempts: int
    """How often it was tried."""
    since: datetime
    """Since when it waits."""
    correlation_id: str
    """Leads to the trace."""
    replay_policy: ReplayPolicy
    """Whether sending it again can do harm."""
    state: str = internal("")
    """As the table says."""
    root_id: str | None = internal(None)
    """The root it concerns."""
