"""SQL of what waits, fails, lags or stands open, over all tenants: for measures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import text

from hub.store.tx import Tx

# Each part is served by the partial index of what is open, so that it costs what waits and not what there ever was.
_QUEUES = text("""
select queue, tenant, source, state, count(*) as many,
  greatest(extract(epoch from clock_timestamp() - min(since)), 0)::float8 as oldest
from (
  select 'deliveries' as queue, tenant, source, state, created_at as since from delivery
    where state in ('PENDING', 'CLAIMED', 'UNKNOWN', 'ACCEPTED')
  union all select 'deliveries', tenant, source, state, created_at from delivery where state in ('DEAD', 'REVIEW')
  union all select 'inbox', tenant, source, state, received_at from inbox where state = 'PENDING'
  union all select 'inbox', tenant, source, state, received_at from inbox where state = 'DEAD'
  union all select 'hints', tenant, source, 'OPEN', due_at from hint where is_open
  union all select 'webhooks', tenant, endpoint_id, state, created_at from webhook_delivery
    where state in ('PENDING', 'DEAD')
  union all select 'notices', tenant, channel, state, created_at from notice where state in ('PENDING', 'HANDED')
  union all select 'outbox', tenant, '', 'WAITING', created_at from outbox
  union all select 'wake', tenant, '', 'DUE', wake_at from root where wake_at <= clock_timestamp()
) as waiting
group by queue, tenant, source, state order by queue, tenant, source, state
""")
_CASES = text("""
select tenant, code, severity, count(*) as many,
  count(*) filter (where sla_due_at <= clock_timestamp()) as overdue
from exception_case where closed_at is null group by tenant, code, severity order by tenant, code, severity
""")
_COVERED = text("""
select tenant, source, kind, greatest(extract(epoch from clock_timestamp() - min(through)), 0)::float8 as behind
from coverage group by tenant, source, kind order by tenant, source, kind
""")
_BREAKERS = text("select tenant, source, breaker, is_paused from source_state order by tenant, source")


@dataclass(frozen=True, slots=True, kw_only=True)
class Depth:
    """How much waits in one queue for one source in one state."""

    queue: str
    """deliveries inbox hints webhooks notices outbox wake."""
    tenant: str
    source: str
    """The source; of webhooks the endpoint, of notices the channel, else empty."""
    state: str
    many: int
    oldest: float
    """Seconds since the oldest of them came, or became due."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCases:
    """Open cases of one code and severity."""

    tenant: str
    code: str
    severity: str
    many: int
    overdue: int
    """Those past the time they are to be dealt with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """How long ago everything of one kind at one source was last known to be seen."""

    tenant: str
    source: str
    kind: str
    behind: float
    """Seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Breaker:
    """Whether calls are let through to a source."""

    tenant: str
    source: str
    breaker: str
    """CLOSED HALF_OPEN OPEN."""
    is_paused: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Depths:
    """All of it, read in one transaction."""

    queues: Sequence[Depth]
    cases: Sequence[OpenCases]
    covered: Sequence[Covered]
    breakers: Sequence[Breaker]


async def depths(tx: Tx) -> Depths:
    """What waits, fails, lags or stands open now; four statements. `tx` is across tenants."""
    queues, cases = await tx.execute(_QUEUES), await tx.execute(_CASES)
    covered, breakers = await tx.execute(_COVERED), await tx.execute(_BREAKERS)
    return Depths(
        queues=[Depth(**row) for row in queues.mappings()],
        cases=[OpenCases(**row) for row in cases.mappings()],
        covered=[Covered(**row) for row in covered.mappings()],
        breakers=[Breaker(**row) for row in breakers.mappings()],
    )
