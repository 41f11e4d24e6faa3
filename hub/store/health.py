"""How the sources of a tenant do, in one statement: what owners published, coverage, sweeps, what waits or is dead."""

from __future__ import annotations

from sqlalchemy import text

from hub.store.tx import Tx

UNREAD_FROM = 3
"""Failed reads after which an object counts as one that cannot be read: before, it may be in the middle of a change."""

_HEALTH = text("""
select json_build_object(
  'now', clock_timestamp(),
  'states', (select coalesce(json_agg(s), '[]') from source_state s where s.tenant = :tenant),
  'coverage', (
    select coalesce(json_agg(c), '[]')
    from (select source, kind, max(through) as through from coverage where tenant = :tenant group by 1, 2) c
  ),
  'sweeps', (
    select coalesce(json_agg(json_build_object(
      'source', c.source, 'kind', c.kind, 'sweep', c.sweep, 'is_loaded', c.is_loaded, 'seen', c.seen,
      'total', c.total, 'updated_at', c.updated_at
    )), '[]')
    from cursor c where c.tenant = :tenant
  ),
  'waiting', (
    select coalesce(json_agg(w), '[]') from (
      select source, count(*) filter (where state <> 'DEAD') as pending,
        count(*) filter (where state = 'DEAD') as dead
      from delivery
      where tenant = :tenant and state in ('PENDING', 'CLAIMED', 'ACCEPTED', 'UNKNOWN', 'REVIEW', 'DEAD')
      group by source
    ) w
  ),
  'hints', (
    select coalesce(json_agg(h), '[]')
    from (
      select source, count(*) as open, count(*) filter (where error is not null and attempts >= :tries) as unread,
        min(kind || ' ' || source_id || ': ' || error) filter (where error is not null and attempts >= :tries) as such
      from hint where tenant = :tenant and is_open group by source
    ) h
  ),
  'posted', (
    select coalesce(json_object_agg(s.source, (
      select max(i.received_at) from inbox i where i.tenant = s.tenant and i.source = s.source)), '{}')
    from source_state s where s.tenant = :tenant and s.untold_at is not null
  ),
  'heard', (
    select coalesce(json_agg(s.source), '[]') from source_state s
    where s.tenant = :tenant
      and exists (select from record r where r.tenant = s.tenant and r.source = s.source)
  ),
  'posts', (
    select coalesce(json_agg(p), '[]') from (
      select source, 0 as pending, count(*) as dead from inbox where tenant = :tenant and state = 'DEAD' group by source
    ) p
  )
)::text
""")


async def health_of_sources(tx: Tx, tenant: str) -> str:
    """JSON for `hub.read.sources`."""
    said: str = await tx.scalar(_HEALTH, {"tenant": tenant, "tries": UNREAD_FROM})
    return said
