"""What a caller sees of an error: one table from class to code, retryable and message (design D12, graphql.md 4.14)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from hub.errors import (
    Ambiguous,
    CallerError,
    HubError,
    HubFault,
    Misconfigured,
    NotOffered,
    OutcomeUnknown,
    PolicyError,
    SourceError,
    SourceGarbled,
    SourceMisset,
    StoreBusy,
)

INTERNAL = "INTERNAL"
INTERNAL_MESSAGE = "internal error"
MESSAGE_LIMIT = 500  # characters; messages may repeat what the caller sent

CODES = frozenset(
    {
        "GRAPHQL_PARSE_FAILED",
        "GRAPHQL_VALIDATION_FAILED",
        "BAD_USER_INPUT",
        "OPERATION_RESOLUTION_FAILURE",
        "PERSISTED_QUERY_NOT_FOUND",
        "PERSISTED_QUERY_NOT_SUPPORTED",
        "DOCUMENT_NOT_TRUSTED",
        "COST_LIMIT_EXCEEDED",
        "THROTTLED",
        "UNAUTHENTICATED",
        "FORBIDDEN",
        "NOT_FOUND",
        "AMBIGUOUS_IDENTIFIER",
        "CONFLICT",
        "IDEMPOTENCY_KEY_REQUIRED",
        "IDEMPOTENCY_KEY_REUSED",
        "IDEMPOTENCY_IN_PROGRESS",
        "SOURCE_UNAVAILABLE",
        "SOURCE_TIMEOUT",
        "SOURCE_REJECTED",
        "STALE_NOT_ALLOWED",
        "CURSOR_EXPIRED",
        "CURSOR_INVALID",
        "SUBSCRIPTION_LAGGED",
        "SUBSCRIPTION_AUTH_EXPIRED",
        "SHUTTING_DOWN",
        INTERNAL,
    }
)
"""The closed list of `extensions.code`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What leaves the hub about one error. `extra` goes into `extensions` beside code and retryable."""

    code: str
    message: str
    retryable: bool = False
    extra: Mapping[str, object] = field(default_factory=dict)

    @property
    def is_internal(self) -> bool:
        """Whether this is ours: the truth stands in the log only."""
        return self.code == INTERNAL


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """How one class is shown. None: the error's own code or message; `facts` are the only facts that leave."""

    kind: type[HubError]
    code: str | None = None
    message: str | None = None
    facts: tuple[str, ...] = ()


_TABLE = (  # the first row that fits decides, so narrow classes stand above wide ones
    _Row(kind=StoreBusy, message="the hub's store is not available; try again"),
    _Row(kind=HubFault, code=INTERNAL, message=INTERNAL_MESSAGE),
    _Row(kind=Misconfigured, code=INTERNAL, message=INTERNAL_MESSAGE),
    _Row(kind=Ambiguous, facts=("candidates",)),
    _Row(kind=CallerError),
    _Row(kind=PolicyError),
    _Row(kind=SourceMisset, message="the source is not set up right; an operator must act", facts=("source",)),
    _Row(kind=SourceGarbled, message="the source's answer could not be read", facts=("source",)),
    _Row(kind=NotOffered, code="SOURCE_REJECTED", facts=("source",)),
    _Row(kind=SourceError, facts=("source",)),
    _Row(kind=OutcomeUnknown, facts=("source",)),
    _Row(kind=HubError, code=INTERNAL, message=INTERNAL_MESSAGE),
)

_INTERNAL = Shown(code=INTERNAL, message=INTERNAL_MESSAGE)


def shown(error: BaseException) -> Shown:
    """How *error* is shown to a caller; whatever the hub did not raise on purpose is internal."""
    if not isinstance(error, HubError):
        return _INTERNAL
    row = next(row for row in _TABLE if isinstance(error, row.kind))
    extra = {name: error.facts[name] for name in row.facts if name in error.facts}
    code = row.code or error.code
    if code not in CODES:
        return _INTERNAL
    return Shown(code=code, message=clipped(row.message or error.message), retryable=error.retryable, extra=extra)


def clipped(message: str) -> str:
    """*message*, at most `MESSAGE_LIMIT` characters of it."""
    return message if len(message) <= MESSAGE_LIMIT else message[: MESSAGE_LIMIT - 1] + "…"
