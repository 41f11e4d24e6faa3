"""Raising and closing hints: what to read again, at most one open per object (Obs-2)."""

from __future__ import annotations

from dataclasses import dataclass

from hub.model.vocabulary import Kind
from hub.store.rows import Batch


@dataclass(frozen=True, slots=True, kw_only=True)
class HintRow:
    """Ask for a read."""

    source: str
    kind: Kind
    source_id: str
    reason: str
    priority: int
    wait_seconds: float
    """Not before so long from now: a source's own reads may lag."""
    correlation_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HintServed:
    """A read has been applied that began when the hint's counter stood so."""

    source: str
    kind: Kind
    source_id: str
    counter: int


# A read too soon after a delivery settled would see what was before it, and close the hint: the later instant holds.
RAISE_HINTS: Batch[HintRow] = Batch(
    """source text, kind text, source_id text, reason text, priority int, wait_seconds float8,
    correlation_id text""",
    """
insert into hint as known (tenant, source, kind, source_id, counter, is_open, priority, reason, due_at, correlation_id)
select :tenant, source, kind, source_id, 1, true, priority, reason,
  clock_timestamp() + make_interval(secs => wait_seconds), correlation_id
from $rows
on conflict (tenant, source, kind, source_id) do update
set counter = known.counter + 1, is_open = true, correlation_id = excluded.correlation_id,
  raised_at = clock_timestamp(),
  attempts = case when known.is_open then known.attempts else 0 end,
  error = case when known.is_open then known.error end,
  reason = case when known.is_open and known.reason = 'settled' then known.reason else excluded.reason end,
  priority = case when known.is_open then least(known.priority, excluded.priority) else excluded.priority end,
  due_at = case when not known.is_open then excluded.due_at
    when 'settled' in (known.reason, excluded.reason) then greatest(known.due_at, excluded.due_at)
    else least(known.due_at, excluded.due_at) end
""",
)

CLOSE_HINTS: Batch[HintServed] = Batch(
    "source text, kind text, source_id text, counter bigint",
    """
update hint as known set is_open = false, attempts = 0, error = null from $rows
where known.tenant = :tenant and known.source = x.source and known.kind = x.kind and known.source_id = x.source_id
  and known.counter = x.counter
""",
)
