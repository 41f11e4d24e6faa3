"""What a trace is told from: hops, and what commands, deliveries and changes left behind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text

from hub.store.tx import Tx

MOST = 1_000  # hops of one story; the oldest are left out

_LISTS = (bindparam("roots", type_=ARRAY(Text)), bindparam("correlations", type_=ARRAY(Text)))

# A correlation id reaches a root through what it did to it, or told of it: a first load applies what several sweeps
# have read in one transaction, which is one change. A sweep's reaches hundreds, so of a sweep only itself and
# what names the root belong to the story, unless it was asked for by its own id. Hops and changes keep the name that
# their root had then: what has merged, either way, is of the family.
_STORY = text("""
with recursive family as (
  select unnest(cast(:roots as text[])) as id
  union
  select o.id from family f cross join lateral (
    select e.root_id as id from entity e where e.tenant = :tenant and e.redirect_to = f.id and e.redirect_to <> ''
    union all select e.redirect_to from entity e
      where e.tenant = :tenant and e.root_id = f.id and e.id = f.id and e.redirect_to <> '') o),
told_of as (
  select r.source, r.kind, r.source_id, r.correlation_id from entity e
  join record r on r.tenant = e.tenant and r.kind = e.kind and r.entity_id = e.id
  where e.tenant = :tenant and e.root_id = any(array(select id from family)) and r.correlation_id <> ''),
reached as (
  select unnest(cast(:correlations as text[])) as correlation_id
  union select correlation_id from command where tenant = :tenant and root_id = any(array(select id from family))
  union select correlation_id from delivery where tenant = :tenant and root_id = any(array(select id from family))
  union select h.correlation_id from hop_root r join hop h on h.tenant = r.tenant and h.id = r.hop_id
        where r.tenant = :tenant and r.root_id = any(array(select id from family))
  union select payload ->> 'correlation_id' from change_log
        where tenant = :tenant and root_id = any(array(select id from family))
  union select correlation_id from told_of),
told as (
  select h.* from hop h join reached using (correlation_id)
  where h.tenant = :tenant and (h.kind = 'SWEEP' or h.correlation_id = any(:correlations)
    or exists (select 1 from hop_root r where r.tenant = h.tenant and r.hop_id = h.id
      and r.root_id = any(array(select id from family)))
    or not exists (select 1 from hop_root r where r.tenant = h.tenant and r.hop_id = h.id)
      and not exists (select 1 from hop s where s.tenant = h.tenant and s.correlation_id = h.correlation_id
        and s.kind = 'SWEEP'))
  order by h.started_at desc limit :most),
sent as (
  select d.* from delivery d where d.tenant = :tenant
    and (d.root_id = any(array(select id from family)) or d.correlation_id = any(:correlations)))
select 'hop' as what, to_jsonb(told) as row from told
union all select 'command', to_jsonb(c) - 'input' - 'outcome' from command c
  where c.tenant = :tenant
    and (c.root_id = any(array(select id from family)) or c.correlation_id = any(:correlations))
union all select 'delivery', to_jsonb(d) - 'content' from sent d
union all select 'change', l.payload || jsonb_build_object('logged_at', l.logged_at) from change_log l
  where l.tenant = :tenant
    and (l.root_id = any(array(select id from family)) or l.payload ->> 'correlation_id' = any(:correlations))
union all select 'case', to_jsonb(e) from exception_case e
  where e.tenant = :tenant and e.closed_at is null and e.root_id = any(array(select id from family))
union all select 'hold', h.doc from hold h
  where h.tenant = :tenant and h.released_at is null and h.root_id = any(array(select id from family))
union all select 'record', to_jsonb(told_of) from told_of
union all select 'notice', to_jsonb(n) from notice n
  where n.tenant = :tenant and n.attempts > 0 and n.root_id = any(array(select id from family))
union all select 'order', jsonb_build_object('id', e.id, 'status', e.status, 'managed_by', r.managed_by) from entity e
  join root r on r.tenant = e.tenant and r.id = e.root_id
  where e.tenant = :tenant and e.kind = 'ORDER' and e.redirect_to is null
    and e.root_id = any(array(select id from family))
union all select 'source', jsonb_build_object('source', s.source, 'breaker', s.breaker,
    'breaker_since', s.breaker_since, 'is_paused', s.is_paused, 'last_error', s.last_error,
    'throttled', exists (select from delivery d where d.tenant = s.tenant and d.source = s.source
      and d.state in ('PENDING','CLAIMED','UNKNOWN','ACCEPTED') and d.error_class = 'THROTTLED'),
    'unseen', array(select distinct d.action from delivery d where d.tenant = s.tenant and d.source = s.source
      and d.state = 'ACCEPTED'),
    'unanswered', array(select distinct d.action from delivery d where d.tenant = s.tenant and d.source = s.source
      and (d.state = 'UNKNOWN' or d.state = 'CLAIMED' and d.claimed_at < clock_timestamp() - interval '10 seconds')),
    'line', (select count(*) from (select from delivery d where d.tenant = s.tenant and d.source = s.source
      and d.state in ('PENDING','CLAIMED','UNKNOWN','ACCEPTED') and d.state = 'PENDING' limit 1000) l))
  from source_state s where s.tenant = :tenant
    and s.source in (select source from sent where state not in ('DONE', 'REFUSED', 'WITHDRAWN'))
union all select 'now', jsonb_build_object('now', clock_timestamp())
""").bindparams(*_LISTS)

_ROOTS_OF = text("""
select root_id from command where tenant = :tenant and (correlation_id = :id or id = :id or key = :id)
union select root_id from delivery where tenant = :tenant and (correlation_id = :id or id = :id)
union select r.root_id from hop h join hop_root r on r.tenant = h.tenant and r.hop_id = h.id
  where h.tenant = :tenant and h.correlation_id = :id
limit 50
""")

_ORDERS_AMONG = text("""
select id from root where tenant = :tenant and kind = 'ORDER' and id = any(:roots)
""").bindparams(bindparam("roots", type_=ARRAY(Text)))


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryRows:
    """Rows by table, as JSON, unsorted."""

    hops: Sequence[Mapping[str, Any]]  # Any: column values as JSON
    commands: Sequence[Mapping[str, Any]]
    deliveries: Sequence[Mapping[str, Any]]
    changes: Sequence[Mapping[str, Any]]
    cases: Sequence[Mapping[str, Any]]
    holds: Sequence[Mapping[str, Any]] = ()
    """What must not go on."""
    records: Sequence[Mapping[str, Any]] = ()
    """What each source told, by the correlation id that brought it."""
    notices: Sequence[Mapping[str, Any]] = ()
    """Of which sending was tried."""
    orders: Sequence[Mapping[str, Any]] = ()
    """How the orders stand, and who carries them."""
    sources: Sequence[Mapping[str, Any]] = ()
    """How the sources do that something is on its way to."""
    now: datetime | None = None
    """By the database's clock."""


async def story_rows(tx: Tx, tenant: str, roots: Sequence[str], correlations: Sequence[str]) -> StoryRows:
    """Everything that tells of *roots*, or of *correlations*, in one statement."""
    rows = await tx.execute(
        _STORY, {"tenant": tenant, "roots": list(roots), "correlations": list(correlations), "most": MOST}
    )
    by: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        by.setdefault(row.what, []).append(row.row)
    return StoryRows(
        hops=by.get("hop", []),
        commands=by.get("command", []),
        deliveries=by.get("delivery", []),
        changes=by.get("change", []),
        cases=by.get("case", []),
        holds=by.get("hold", []),
        records=by.get("record", []),
        notices=by.get("notice", []),
        orders=by.get("order", []),
        sources=by.get("source", []),
        now=next((datetime.fromisoformat(row["now"]) for row in by.get("now", [])), None),
    )


async def roots_of(tx: Tx, tenant: str, technical_id: str) -> Sequence[str]:
    """The roots that a correlation id, operation id, delivery id or idempotency key leads to.

    One order alone where it is one: what else it touched, such as the stock of what was bought, is not of its story.
    """
    found = await tx.scalars(_ROOTS_OF, {"tenant": tenant, "id": technical_id})
    if len(found) < 2:
        return found
    orders = await tx.scalars(_ORDERS_AMONG, {"tenant": tenant, "roots": list(found)})
    return orders if len(orders) == 1 else found
