"""Whole orders in one statement: the order, what hangs under it or is linked to it, and what is known about each.

Answers are JSON texts, decoded once by `hub.read`: building Python rows of them would only cost time.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Text, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY

from hub.model.vocabulary import Kind
from hub.store.tx import Tx

VISIBLE = "(cast(:account as text) is null or e.account = :account or starts_with(e.account, :account || '/'))"
"""Row scope of the alias `e` (design D11): a caller confined to an account path sees his own rows and those below."""

_SHARED = """json_build_object(
  'now', clock_timestamp(),
  'coverage', (
    select coalesce(json_agg(c), '[]')
    from (select source, kind, max(through) as through from coverage where tenant = :tenant group by 1, 2) c
  ),
  'states', (select coalesce(json_agg(s), '[]') from source_state s where s.tenant = :tenant)
)"""
_RECORDS = """json_agg(json_build_object(
      'source', r.source, 'kind', r.kind, 'source_id', r.source_id, 'birth', r.birth, 'entity_id', r.entity_id,
      'content', r.content, 'started', case when r.pushed then null else r.started end, 'finished', r.finished,
      'version', r.source_version, 'lives', r.gone_at is null, 'in_doubt', r.in_doubt or exists (
        select from hint h
        where h.tenant = :tenant and h.source = r.source and h.kind = r.kind and h.source_id = r.source_id
          and h.is_open and h.error is not null
      ), 'first_seen_at', r.first_seen_at
    ) order by r.source, r.kind, r.source_id, r.birth)"""

_WHOLE = """
with asked as materialized (
  select e.*, r.line_numbers, r.managed_by, r.flow_version
  from entity e join root r on r.tenant = e.tenant and r.id = e.root_id
  where e.tenant = :tenant and e.kind = 'ORDER' and e.id = any(:ids) and e.redirect_to is null
    and $visible
), key as (
  select a.id as order_id, e.kind, e.id
  from asked a join entity e on e.tenant = :tenant and e.root_id = a.root_id and e.redirect_to is null and e.id <> a.id
  union
  select a.id, l.kind, l.entity_id
  from asked a join link l on l.tenant = :tenant and l.target_id = a.id and l.entity_id <> a.id and l.kind <> 'ORDER'
  union
  select a.id, c.kind, coalesce(c.redirect_to, c.id)
  from asked a join entity c on c.tenant = :tenant and c.kind = 'CUSTOMER' and c.id = a.customer_id
), member as materialized (
  select k.order_id, e.kind, e.id, e.doc
  from key k
    join asked a on a.id = k.order_id
    join entity e on e.tenant = :tenant and e.kind = k.kind and e.id = k.id and e.redirect_to is null
  where $visible or (e.account is null and (e.root_id = a.root_id or e.kind = 'CUSTOMER'))
), place as (
  select distinct on (n.order_id, w.id) n.order_id, w.id, w.doc
  from (
    select order_id, doc ->> 'warehouse_id' as id from member where kind in ('SHIPMENT', 'FULFILLMENT_ORDER', 'RETURN')
    union all
    select a.id, line ->> 'warehouse_id' from asked a, jsonb_array_elements(a.doc -> 'lines') line
  ) n join entity w on w.tenant = :tenant and w.kind = 'WAREHOUSE' and w.id = n.id
), subject as materialized (
  select order_id, id from member where kind <> 'CUSTOMER' union all select id, id from asked
)
select 0 as part, $shared::text as said
union all
select 1, json_build_object(
  'order', a.doc, 'root_id', a.root_id, 'account', a.account, 'updated_at', a.updated_at,
  'missing_in', a.missing_in, 'line_numbers', a.line_numbers, 'managed_by', a.managed_by,
  'flow_version', a.flow_version,
  'members', (
    select json_build_object(
      'shipments', coalesce(json_agg(m.doc order by m.id) filter (where m.kind = 'SHIPMENT'), '[]'),
      'fulfillment_orders', coalesce(json_agg(m.doc order by m.id) filter (where m.kind = 'FULFILLMENT_ORDER'), '[]'),
      'returns', coalesce(json_agg(m.doc order by m.id) filter (where m.kind = 'RETURN'), '[]'),
      'invoices', coalesce(json_agg(m.doc order by m.id) filter (where m.kind = 'INVOICE'), '[]'),
      'credit_memos', coalesce(json_agg(m.doc order by m.id) filter (where m.kind = 'CREDIT_MEMO'), '[]'),
      'payments', coalesce(json_agg(m.doc order by m.id) filter (where m.kind = 'PAYMENT'), '[]'),
      'customers', coalesce(json_agg(m.doc order by m.id) filter (where m.kind = 'CUSTOMER'), '[]')
    ) from member m where m.order_id = a.id
  ),
  'warehouses', (select coalesce(json_agg(p.doc order by p.id), '[]') from place p where p.order_id = a.id),
  'records', (
    select coalesce($records, '[]')
    from subject s join record r on r.tenant = :tenant and r.entity_id = s.id where s.order_id = a.id
  ),
  'milestones', (
    select coalesce(json_agg(json_build_object(
      'source', m.source, 'kind', m.kind, 'source_id', m.source_id, 'birth', m.birth, 'entity_id', m.entity_id,
      'part', m.part, 'milestone', m.milestone, 'occurred_at', nullif(m.occurred_at, '-infinity'),
      'reverses', m.reverses, 'first_seen_at', m.first_seen_at
    ) order by m.first_seen_at, m.milestone), '[]')
    from subject s join milestone m on m.tenant = :tenant and m.entity_id = s.id where s.order_id = a.id
  ),
  'deliveries', (
    select coalesce(json_agg(d order by d.created_at, d.id), '[]')
    from delivery d where d.tenant = :tenant and d.root_id = a.root_id
  ),
  'commands', (
    select coalesce(json_agg(json_build_object(
      'id', c.id, 'operation', c.operation, 'actor', c.client, 'command', c.input, 'accepted_at', c.accepted_at,
      'correlation_id', c.correlation_id, 'version', c.version, 'root_id', c.root_id,
      'consequences', c.consequences, 'outcome', c.outcome, 'approval', c.approval, 'remains', c.remains
    ) order by c.accepted_at, c.id), '[]')
    from (
      select * from command where tenant = :tenant and root_id = a.root_id and outcome is null
      order by accepted_at desc limit 50
    ) c
  ),
  'decisions', (
    select coalesce(json_agg(json_build_object(
      'id', c.id, 'operation', c.operation, 'actor', c.client, 'input', c.input, 'accepted_at', c.accepted_at,
      'correlation_id', c.correlation_id
    ) order by c.accepted_at, c.id), '[]')
    from (
      select * from command where tenant = :tenant and root_id = a.root_id and outcome is not null
      order by accepted_at desc limit 50
    ) c
  ),
  'holds', (
    select coalesce(json_agg(h.doc order by h.id), '[]')
    from hold h where h.tenant = :tenant and h.root_id = a.root_id and h.released_at is null
  ),
  'cases', (
    select coalesce(json_agg(x order by x.first_seen_at, x.id), '[]')
    from exception_case x where x.tenant = :tenant and x.root_id = a.root_id and x.closed_at is null
  )
)::text
from asked a
order by part
"""


def filled(query: str) -> str:
    """A statement with what all have in common written out: `$shared`, `$records` of the alias `r`, `$visible`."""
    return query.replace("$shared", _SHARED).replace("$records", _RECORDS).replace("$visible", VISIBLE)


_WHOLE_STATEMENT = text(filled(_WHOLE)).bindparams(bindparam("ids", type_=ARRAY(Text)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What one statement answered: JSON texts for `hub.read`."""

    shared: str
    """The instant, coverage and state of every source of the tenant."""
    parts: Sequence[str]
    """One per entity that is there and visible; in no order."""


async def whole_orders(tx: Tx, tenant: str, account: str | None, ids: Sequence[str]) -> Answered:
    """The orders *ids* with everything known about them, one statement however many they are."""
    answer = await tx.execute(_WHOLE_STATEMENT, {"tenant": tenant, "account": account, "ids": list(ids)})
    shared, *orders = [row.said for row in answer]
    return Answered(shared=shared, parts=orders)


_OWN_OR_MASTER = """($visible
  or (e.account is null and e.kind in ('CUSTOMER', 'WAREHOUSE', 'PRODUCT')))"""
# `limit 1`: one look by the key for each, whatever the planner thinks of a parameter's size.
_DOCUMENTS = text(
    filled(
        """
select k.kind, k.id, e.doc
from unnest(:kinds, :ids) as k(kind, id)
  cross join lateral (
    select coalesce(o.redirect_to, o.id) as id from entity o
    where o.tenant = :tenant and o.kind = k.kind and o.id = k.id limit 1
  ) now
  cross join lateral (
    select e.doc::text as doc from entity e
    where e.tenant = :tenant and e.kind = k.kind and e.id = now.id and e.redirect_to is null and $own limit 1
  ) e
""".replace("$own", _OWN_OR_MASTER)
    )
).bindparams(bindparam("kinds", type_=ARRAY(Text)), bindparam("ids", type_=ARRAY(Text)))


async def documents(
    tx: Tx, tenant: str, account: str | None, keys: Sequence[tuple[Kind, str]]
) -> dict[tuple[Kind, str], str]:
    """The documents of *keys*, as JSON; one that was merged away answers as its survivor (Id-3).

    What is not there or not visible is left out. Master data without an account of its own is shown to whoever was led
    to its id by something visible.
    """
    kinds, ids = [kind.value for kind, _ in keys], [one for _, one in keys]
    rows = await tx.execute(_DOCUMENTS, {"tenant": tenant, "account": account, "kinds": kinds, "ids": ids})
    return {(Kind(row.kind), row.id): row.doc for row in rows}


_MEMBERS = text(
    """
with asked as materialized (
  select e.id, e.root_id from entity e
  where e.tenant = :tenant and e.kind = 'ORDER' and e.id = any(:ids) and e.redirect_to is null and $visible
)
select a.id as order_id, e.kind, e.id, e.doc::text as doc
from asked a join entity e on e.tenant = :tenant and e.root_id = a.root_id
where e.kind = any(:kinds) and e.redirect_to is null and ($visible or e.account is null)
union all
select l.order_id, e.kind, e.id, e.doc::text
from (
  select distinct a.id as order_id, a.root_id, l.kind, l.entity_id
  from asked a join link l on l.tenant = :tenant and l.target_id = a.id and l.kind = any(:kinds)
) l join entity e on e.tenant = :tenant and e.kind = l.kind and e.id = l.entity_id and e.root_id <> l.root_id
where e.redirect_to is null and $visible
order by id
""".replace("$visible", VISIBLE)
).bindparams(bindparam("kinds", type_=ARRAY(Text)), bindparam("ids", type_=ARRAY(Text)))


@dataclass(frozen=True, slots=True)
class Member:
    """Something that hangs under an order or is linked to it."""

    order_id: str
    kind: Kind
    id: str
    doc: str
    """The document's JSON."""


async def members(
    tx: Tx, scope: tuple[str, str | None], kinds: Iterable[Kind], orders: Sequence[str]
) -> Sequence[Member]:
    """What of *kinds* belongs to each of *orders*, by id; one statement however many they are, and nothing else read.

    The same as a whole order holds of them; *kinds* are neither orders nor customers.
    """
    tenant, account = scope
    named = [kind.value for kind in kinds]
    rows = await tx.execute(_MEMBERS, {"tenant": tenant, "account": account, "kinds": named, "ids": list(orders)})
    return [Member(row.order_id, Kind(row.kind), row.id, row.doc) for row in rows]


_SIGHTINGS = text(
    filled(
        """
select 0 as part, $shared::text as said
union all
select 1, json_build_object('kind', e.kind, 'id', e.id, 'records', (
  select coalesce($records, '[]') from record r where r.tenant = :tenant and r.entity_id = e.id
))::text
from unnest(:kinds, :ids) as k(kind, id) join entity e on e.tenant = :tenant and e.kind = k.kind and e.id = k.id
where e.redirect_to is null and $own
order by part
""".replace("$own", _OWN_OR_MASTER)
    )
).bindparams(bindparam("kinds", type_=ARRAY(Text)), bindparam("ids", type_=ARRAY(Text)))


async def sightings(tx: Tx, tenant: str, account: str | None, keys: Sequence[tuple[Kind, str]]) -> Answered:
    """What is known of the entities *keys* by themselves, one statement however many they are."""
    kinds, ids = [kind.value for kind, _ in keys], [one for _, one in keys]
    answer = await tx.execute(_SIGHTINGS, {"tenant": tenant, "account": account, "kinds": kinds, "ids": ids})
    shared, *parts = [row.said for row in answer]
    return Answered(shared=shared, parts=parts)


_CHILDREN = text(
    filled(
        """
select p.id as parent, d.doc
from unnest(:ids) as p(id)
  cross join lateral (
    select e.id from entity e
    where e.tenant = :tenant and e.kind = :kind and e.customer_id = p.id and e.redirect_to is null and $visible
    order by e.placed_at desc nulls last, e.id desc limit :size
  ) c
  cross join lateral (
    select d.doc::text as doc from entity d where d.tenant = :tenant and d.kind = :kind and d.id = c.id limit 1
  ) d
"""
    )
).bindparams(bindparam("ids", type_=ARRAY(Text)))


async def of_customers(
    tx: Tx, scope: tuple[str, str | None], kind: Kind, customers: Sequence[str], size: int
) -> dict[str, list[str]]:
    """The newest *size* documents of *kind* of each customer, as JSON; one statement however many they are."""
    tenant, account = scope
    given = {"tenant": tenant, "account": account, "kind": kind.value, "ids": list(customers), "size": size}
    found: dict[str, list[str]] = {one: [] for one in customers}
    for row in await tx.execute(_CHILDREN, given):
        found[row.parent].append(row.doc)
    return found
