"""Who asks, for whom, how long: made once at each edge and passed on (design D11)."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass, field

_CORRELATION = re.compile(r"[A-Za-z0-9_-]{8,64}")


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
    deadline: float | None = None
    """On the monotonic clock; None for work without a caller on the line."""

    def may(self, scope: str) -> bool:
        """Whether the credential holds *scope*."""
        return scope in self.scopes

    @property
    def principal(self) -> str:
        """What cursors are bound to: tenant, actor and account."""
        return "\x1f".join((self.tenant, self.actor, self.account or ""))


def correlation_id(offered: str | None = None) -> str:
    """The caller's correlation id if it is 8-64 characters of `[A-Za-z0-9_-]`, else a new one."""
    if offered is not None and _CORRELATION.fullmatch(offered):
        return offered
    return uuid.uuid4().hex


def worker_call(tenant: str, *, correlation: str | None = None) -> Call:
    """The call of a background loop acting for *tenant*."""
    return Call(actor="work", tenant=tenant, scopes=frozenset({"work"}), correlation_id=correlation_id(correlation))
