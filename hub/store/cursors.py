"""Where sweeps stand, and through when everything was seen (design D3, D8)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text

from hub.codec import written
from hub.model.sweeping import SweepMark
from hub.model.vocabulary import Kind
from hub.store.tx import Tx

_READ = text("""
select k.kind, k.sweep, k.cursor, k.is_loaded, k.seen, k.total, k.run_started_at, k.updated_at, k.read_at,
  c.through is not null as has_covered, clock_timestamp() as now
from cursor k left join coverage c on (c.tenant, c.source, c.kind, c.sweep) = (k.tenant, k.source, k.kind, k.sweep)
where k.tenant = :tenant and k.source = :source
""")
_BEGIN = text("""
insert into cursor as known (tenant, source, kind, sweep, cursor, run_started_at)
values (:tenant, :source, :kind, :sweep, 'null'::jsonb, clock_timestamp())
on conflict (tenant, source, kind, sweep) do update
set run_started_at = clock_timestamp(), read_at = null, seen = 0, total = null, updated_at = clock_timestamp(),
    cursor = case when :restart then 'null'::jsonb else known.cursor end
returning run_started_at
""")
_MARK = text("""
update cursor set cursor = cast(:cursor as jsonb), seen = seen + :seen, total = coalesce(:total, total),
  is_loaded = is_loaded or :ends, run_started_at = case when :ends then null else run_started_at end,
  read_at = case when :is_read then coalesce(read_at, clock_timestamp()) end, updated_at = clock_timestamp()
where tenant = :tenant and source = :source and kind = :kind and sweep = :sweep
""")
_COVER = text("""
insert into coverage as known (tenant, source, kind, sweep, through)
values (:tenant, :source, :kind, :sweep, :through)
on conflict (tenant, source, kind, sweep) do update set through = greatest(known.through, excluded.through)
returning xmax = 0 as is_first
""")
# Those that look again later: much of it because nothing was known of the source. One that is locked is looked at now.
_ROUSE_ORDERS = text("""
update root set wake_at = clock_timestamp() where tenant = :tenant and id in (
  select id from root where tenant = :tenant and kind = 'ORDER' and wake_at > clock_timestamp() for update skip locked)
""")


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepStand:
    """Where one sweep stands."""

    cursor: Mapping[str, Any] | None  # Any: the adapter's own JSON
    """None: from the start."""
    is_loaded: bool
    """A run has ended before: what it sees now is LIVE."""
    seen: int
    """Objects on the pages of the present or last run."""
    total: int | None
    run_started_at: datetime | None
    """Start of the run under way; None between runs."""
    updated_at: datetime
    """Last page applied, or begin of the run."""
    is_read: bool = False
    """The last page of the run is read, but some of what it told waits to be applied."""
    has_covered: bool = False
    """Whether a run of it has ever given coverage."""
    now: datetime
    """When this was read, by the database's clock."""


async def sweep_stands(tx: Tx, tenant: str, source: str) -> dict[tuple[Kind, str], SweepStand]:
    """Every sweep of a source that ever ran, by (kind, name)."""
    rows = (await tx.execute(_READ, {"tenant": tenant, "source": source})).all()
    return {
        (Kind(row.kind), row.sweep): SweepStand(
            cursor=row.cursor,
            is_loaded=row.is_loaded,
            seen=row.seen,
            total=row.total,
            run_started_at=row.run_started_at,
            updated_at=row.updated_at,
            is_read=row.read_at is not None,
            has_covered=row.has_covered,
            now=row.now,
        )
        for row in rows
    }


async def begin_run(tx: Tx, tenant: str, where: tuple[str, Kind, str], *, restart: bool) -> datetime:
    """Start a run of the sweep (source, kind, name), from the beginning if *restart*; its start, by the database."""
    source, kind, sweep = where
    terms = {"tenant": tenant, "source": source, "kind": kind.value, "sweep": sweep, "restart": restart}
    started: datetime = await tx.scalar(_BEGIN, terms)
    return started


async def mark(tx: Tx, tenant: str, made: SweepMark) -> None:
    """Write how far a sweep is; coverage never goes back. The run was begun before.

    The first time that all was seen, orders that wait to hear whether they are missing there are looked at.
    """
    whose = {"tenant": tenant, "source": made.source, "kind": made.kind.value, "sweep": made.sweep}
    told = {"cursor": written(dict(made.cursor)), "seen": made.seen, "total": made.total, "ends": made.ends}
    told["is_read"] = made.is_read
    await tx.execute(_MARK, whose | told)
    if made.covered_through is not None:
        is_first = await tx.scalar(_COVER, whose | {"through": made.covered_through})
        if is_first:
            await tx.execute(_ROUSE_ORDERS, {"tenant": tenant})
