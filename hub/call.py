"""Who asks, for whom, how long: made once at each edge and passed on (design D11)."""

from __future__ import annotations

import hashlib
import re
import uuid
from dataclasses import dataclass, field

CORRELATION = "x-correlation-id"
"""The header that carries a correlation id, in and out."""
TRACEPARENT = "traceparent"
"""The header of W3C Trace Context, in and out."""
_CORRELATION = re.compile(r"[A-Za-z0-9_-]{8,64}")
_TRACEPARENT = re.compile(r"(?!ff)[0-9a-f]{2}-((?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2})")
_TRACE_ID = re.compile(r"(?!0{32})[0-9a-f]{32}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request, delivery or loop turn, seen from inside."""

    actor: str
    """Who acts: the name of an API key, or `work` for the hub's own loops. Idempotency keys are scoped by it."""
    tenant: str
    """Only from the credential or from the name in `/hooks/{name}`."""
    scopes: frozenset[str] = field(default_factory=frozenset)
    """What the credential may do, such as `orders:read`."""
    account: str | None = None
    """Path of the customer account a portal is confined to; None sees the whole tenant."""
    correlation_id: str
    """Carried to every hop, row and source call."""
    traceparent: str | None = None
    """The caller's own W3C trace, where it sent one: rows keep it, and calls made on its behalf belong to it."""
    deadline: float | None = None
    """On the monotonic clock; None for work without a caller on the line."""

    def may(self, scope: str) -> bool:
        """Whether the credential holds *scope*."""
        return scope in self.scopes

    @property
    def principal(self) -> str:
        """What cursors are bound to: tenant, actor and account."""
        return "\x1f".join((self.tenant, self.actor, self.account or ""))


def correlation_id(offered: str | None = None, parent: str | None = None) -> str:
    """The caller's correlation id if it is 8-64 characters of `[A-Za-z0-9_-]`, else the trace id of its W3C trace
    (*parent*, as `traceparent` made it), else a new one.
    """
    if offered is not None and _CORRELATION.fullmatch(offered):
        return offered
    return uuid.uuid4().hex if parent is None else parent.split("-")[1]


def traceparent(offered: str | None) -> str | None:
    """The caller's W3C `traceparent`, strictly read: None for one that is none; of later versions what we know."""
    head, tail = (offered or "")[:55], (offered or "")[55:]
    found = _TRACEPARENT.fullmatch(head)
    is_ours = found is not None and (not tail or (not head.startswith("00") and tail.startswith("-")))
    return f"00-{found[1]}" if found is not None and is_ours else None


def trace_id(correlation: str) -> str:
    """The W3C trace of a correlation id: the same everywhere, for ever; one that is a trace id stands for itself."""
    return correlation if _TRACE_ID.fullmatch(correlation) else _derived(correlation, 16)


def span_id(hop: str) -> str:
    """The W3C span of a hop: the same everywhere, for ever."""
    return _derived(hop, 8)


def passed_on(correlation: str, hop: str, given: str | None = None) -> dict[str, str]:
    """The headers of a call that the hub makes: what it belongs to, and the hop it is. *given*: the caller's trace."""
    trace = trace_id(correlation) if given is None else given.split("-")[1]
    return {CORRELATION: correlation, TRACEPARENT: f"00-{trace}-{span_id(hop)}-01"}


def worker_call(tenant: str, *, correlation: str | None = None, parent: str | None = None) -> Call:
    """The call of a background loop acting for *tenant*; *parent*: the W3C trace that it goes on with."""
    return Call(
        actor="work",
        tenant=tenant,
        scopes=frozenset({"work"}),
        correlation_id=correlation_id(correlation, parent),
        traceparent=parent,
    )


def _derived(text: str, size: int) -> str:
    number = int.from_bytes(hashlib.blake2b(text.encode(), digest_size=size).digest(), "big") or 1
    return f"{number:0{2 * size}x}"
