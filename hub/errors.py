"""Errors, by who must act (design D12). One table at each edge turns a class into a code or a status."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum


class OutcomeCause(StrEnum):
    """What a refusal is about, where the adapter knows it: the hub judges nobody's words."""

    STOCK = "STOCK"
    """The goods are not there; another warehouse may have them."""
    SKU = "SKU"
    """It knows no such goods, or not in this unit."""
    ADDRESS = "ADDRESS"
    """It cannot send anything there."""


class HubError(Exception):
    """Anything the hub raises on purpose.

    `code` is a stable word for programs, `message` one sentence for people, `facts` what a log or a trace should hold.
    Facts never carry secrets, bodies or personal data.
    """

    code = "INTERNAL"
    retryable = False

    def __init__(self, message: str, **facts: object) -> None:
        super().__init__(message)
        self.message = message
        self.facts = facts


class CallerError(HubError):
    """The caller must change the request."""

    code = "BAD_USER_INPUT"


class InvalidInput(CallerError):
    """A value is malformed or out of range."""


class NotFound(CallerError):
    """Nothing by that name that this caller may see."""

    code = "NOT_FOUND"


class Ambiguous(CallerError):
    """An identifier fits more than one thing; `facts["candidates"]` lists them."""

    code = "AMBIGUOUS_IDENTIFIER"


class Conflict(CallerError):
    """What the caller expected is no longer so (version, key in use)."""

    code = "CONFLICT"


class KeyRequired(CallerError):
    """A mutation that is not a dry run came without an idempotency key."""

    code = "IDEMPOTENCY_KEY_REQUIRED"


class KeyReused(Conflict):
    """The idempotency key was used before with another input."""

    code = "IDEMPOTENCY_KEY_REUSED"


class KeyInProgress(Conflict):
    """Another request with this idempotency key is being worked on."""

    code = "IDEMPOTENCY_IN_PROGRESS"
    retryable = True


class TooMuch(CallerError):
    """A limit of the hub is exceeded: size, depth, cost, rate."""

    code = "COST_LIMIT_EXCEEDED"


class CursorInvalid(CallerError):
    """A cursor is forged, belongs to somebody else or to another filter."""

    code = "CURSOR_INVALID"


class CursorExpired(CallerError):
    """What follows the cursor is no longer known for certain; begin again (design section 11 rule 3)."""

    code = "CURSOR_EXPIRED"


class Lagged(CallerError):
    """A subscriber read too slowly and was let go; it goes on from its last cursor."""

    code = "SUBSCRIPTION_LAGGED"
    retryable = True


class PolicyError(HubError):
    """Somebody must grant or approve."""

    code = "FORBIDDEN"


class Unauthenticated(PolicyError):
    """No credential, or one that is not known."""

    code = "UNAUTHENTICATED"


class Denied(PolicyError):
    """The credential lacks the scope."""


class SourceError(HubError):
    """About one named source: `facts["source"]`."""

    code = "SOURCE_UNAVAILABLE"


class Unserved(HubError):
    """A source did not do what it was asked, or did not say whether it did.

    `throttled`: it wants fewer calls, until `retry_at` where it named a time.
    """

    def __init__(
        self, message: str, *, retry_at: datetime | None = None, throttled: bool = False, **facts: object
    ) -> None:
        super().__init__(message, **facts)
        self.retry_at = retry_at
        self.throttled = throttled


class SourceBusy(SourceError, Unserved):
    """Try later: time-out before anything was sent, 429, 5xx without effect."""

    retryable = True


class SourceRefused(SourceError):
    """The source said no for a business reason; `message` keeps its words. Final."""

    code = "SOURCE_REJECTED"

    def __init__(self, message: str, *, cause: OutcomeCause | None = None, **facts: object) -> None:
        super().__init__(message, **facts)
        self.cause = cause


class SourceMisset(SourceError):
    """Credentials or settings are wrong: the operator must act."""


class SourceGarbled(SourceError):
    """The answer breaks the wire type: the adapter or the vendor's contract is wrong. `facts["path"]` says where."""


class NotOffered(SourceError):
    """The manifest does not promise this."""

    code = "CAPABILITY_ABSENT"


class OutcomeUnknown(Unserved):
    """An effect was sent and its answer lost, or what came after it turned away. Never retried blindly: `resolve`
    settles it (design D7)."""

    code = "SOURCE_TIMEOUT"


class HubFault(HubError):
    """Ours. The message stays in the log."""


class StoreBusy(HubFault):
    """The database is away, restarting or overloaded; nothing was written."""

    code = "SHUTTING_DOWN"
    retryable = True


class Overtaken(HubFault):
    """Another worker has taken the source: what this one wanted to write is void (design D8)."""


class CommitUnknown(StoreBusy):
    """The connection was lost during COMMIT: the `command` row on the current primary tells (section 11 rule 5)."""


class BusAway(HubFault):
    """The message bus is away or takes nothing now; what was being sent may have arrived in part."""

    code = "BUS_UNAVAILABLE"
    retryable = True


class BusRefused(HubFault):
    """The message bus will never take this record."""


class SearchAway(HubFault):
    """The search engine is away, too slow, or has no index yet; what was being written may have arrived in part."""

    code = "SEARCH_UNAVAILABLE"
    retryable = True


class Misconfigured(HubError):
    """The operator must change settings; `message` names every mistake."""
