"""What the owner of a source publishes of it: breaker, last words, pause (design D8)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import text

from hub.store.tx import Tx

_PUBLISH = text("""
insert into source_state as known
  (tenant, source, breaker, breaker_since, last_success_at, last_failure_at, last_error, is_paused)
values (:tenant, :source, :breaker, :breaker_since, :last_success_at, :last_failure_at, :last_error, :is_paused)
on conflict (tenant, source) do update
set breaker = excluded.breaker, breaker_since = excluded.breaker_since, is_paused = excluded.is_paused,
    last_success_at = coalesce(excluded.last_success_at, known.last_success_at),
    last_failure_at = coalesce(excluded.last_failure_at, known.last_failure_at),
    last_error = excluded.last_error, updated_at = clock_timestamp()
""")

TOLD_WITHIN = timedelta(minutes=5)
"""A webhook that comes so long before or after a sweep has found a change tells that the source does post."""
# Of changes that nobody told of the first one counts, until something is posted again.
_UNTOLD = text("""
insert into source_state as known (tenant, source, untold_at) values (:tenant, :source, clock_timestamp())
on conflict (tenant, source) do update set untold_at = excluded.untold_at
where known.untold_at is null or exists (
  select from inbox i
  where i.tenant = known.tenant and i.source = known.source
    and i.received_at >= known.untold_at - cast(:within as interval))
""")


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """How a source does, as its owner sees it."""

    breaker: str
    """CLOSED HALF_OPEN OPEN."""
    breaker_since: datetime
    last_success_at: datetime | None = None
    last_failure_at: datetime | None = None
    last_error: str | None = None
    """Words of the last failure; None once a call succeeded after it."""
    is_paused: bool = False
    """Its credentials or settings are wrong: nothing is sent until the operator has acted."""


async def publish_state(tx: Tx, tenant: str, source: str, state: SourceState) -> None:
    """Say how the source does. The caller has fenced the transaction by its epoch."""
    await tx.execute(
        _PUBLISH,
        {
            "tenant": tenant,
            "source": source,
            "breaker": state.breaker,
            "breaker_since": state.breaker_since,
            "last_success_at": state.last_success_at,
            "last_failure_at": state.last_failure_at,
            "last_error": state.last_error,
            "is_paused": state.is_paused,
        },
    )


async def note_untold(tx: Tx, tenant: str, source: str) -> None:
    """A sweep has found a change that the source should have posted. The caller has fenced the transaction."""
    await tx.execute(_UNTOLD, {"tenant": tenant, "source": source, "within": TOLD_WITHIN})
