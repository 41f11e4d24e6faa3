"""Whether sources were asked again: a caller who wants a fresher answer waits for intervals to move, not for events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text

from hub.model.vocabulary import Kind
from hub.store.hints import RAISE_HINTS, HintRow
from hub.store.rows import Batch
from hub.store.tx import Tx

PRIORITY = 1
"""Somebody waits for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One object that should be read again, and since when."""

    source: str
    kind: Kind
    source_id: str
    since: datetime
    """By the database's clock."""


_STILL_OLD: Batch[Asked] = Batch(
    "source text, kind text, source_id text, since timestamptz",
    """
select x.source from $rows
where not exists (
    select from record r where r.tenant = :tenant and r.source = x.source and r.kind = x.kind
      and r.source_id = x.source_id and greatest(r.started, r.gone_at) >= x.since
  ) and not exists (
    select from absence a where a.tenant = :tenant and a.source = x.source and a.kind = x.kind
      and a.source_id = x.source_id and a.started >= x.since
  )
""",
)


async def ask_again(tx: Tx, tenant: str, asked: Sequence[Asked], correlation_id: str) -> None:
    """Raise a hint of the first priority for each object; the owner of its source reads it."""
    wanted = [
        HintRow(
            source=one.source,
            kind=one.kind,
            source_id=one.source_id,
            reason="freshness",
            priority=PRIORITY,
            wait_seconds=0,
            correlation_id=correlation_id,
        )
        for one in asked
    ]
    await RAISE_HINTS.write(tx, tenant, wanted)


async def still_old(tx: Tx, tenant: str, asked: Sequence[Asked]) -> int:
    """How many of the objects nobody has read since they were asked for."""
    return len(await _STILL_OLD.ask(tx, tenant, asked))


_OPEN = text("""
select count(*) from hint
where tenant = :tenant and is_open and reason = 'freshness' and correlation_id = :correlation_id
""")


async def still_asking(tx: Tx, tenant: str, correlation_id: str) -> bool:
    """Whether something that this call asked for has not been answered."""
    count: int = await tx.scalar(_OPEN, {"tenant": tenant, "correlation_id": correlation_id})
    return count > 0
