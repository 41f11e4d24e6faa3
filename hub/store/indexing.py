"""What the search index is made of, read across tenants: entities with what finds them, and hops with their roots."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Text, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY

from hub.model.vocabulary import Kind
from hub.store.tx import Tx

_PERSONAL = "('EMAIL', 'PHONE')"
"""Schemes that stay in PostgreSQL (threat S24)."""
_ENTITY = f"""
select e.tenant, e.kind, e.id, e.root_id, e.version, e.account, e.redirect_to, e.number, e.status, e.channel,
  e.customer_id, e.placed_at, e.updated_at, e.is_partial, e.missing_in, e.skus,
  array(select distinct i.value from identifier i where i.tenant = e.tenant and i.kind = e.kind
    and i.entity_id = e.id and i.scheme not in {_PERSONAL} order by i.value) as identifiers,
  array(select distinct i.normalised from identifier i where i.tenant = e.tenant and i.kind = e.kind
    and i.entity_id = e.id and i.scheme not in {_PERSONAL} order by i.normalised) as normalised,
  array_remove(array[e.doc #>> '{{groups,profile,name}}', e.doc #>> '{{groups,item,name}}',
    e.doc #>> '{{groups,content,title}}', e.doc #>> '{{groups,content,description}}']
    || array(select distinct l ->> 'description' from jsonb_array_elements(
      case when jsonb_typeof(e.doc -> 'lines') = 'array' then e.doc -> 'lines' else '[]' end) l
      order by 1), null) as words
"""  # noqa: S608  constants
_BY_KEYS = text(
    _ENTITY
    + """
from unnest(:tenants, :kinds, :ids) as k(tenant, kind, id)
join entity e on e.tenant = k.tenant and e.kind = k.kind and e.id = k.id
"""
).bindparams(*(bindparam(name, type_=ARRAY(Text)) for name in ("tenants", "kinds", "ids")))
_AFTER = text(
    _ENTITY
    + """
from entity e
where (e.tenant, e.kind, e.id) > (:tenant, :kind, :id) and e.redirect_to is null
order by e.tenant, e.kind, e.id limit :size
"""
)
_ENTITIES = text("select tenant, kind, count(*) as many from entity where redirect_to is null group by 1, 2")

_HOP = """
select h.tenant, h.id, h.correlation_id, h.parent_id, h.kind, h.system, h.source, h.operation, h.outcome, h.attempt,
  h.started_at, h.duration_ms, h.waiting_ms, h.error,
  array(select r.root_id from hop_root r where r.tenant = h.tenant and r.hop_id = h.id order by 1) as roots
"""
_HOPS_AFTER = text(_HOP + "from hop h where h.tenant = :tenant and h.id > :id order by h.id limit :size")
_HOPS_BY_IDS = text(
    _HOP + "from unnest(:ids) as k(id) join hop h on h.tenant = :tenant and h.id = k.id order by h.id"
).bindparams(bindparam("ids", type_=ARRAY(Text)))
_HOP_IDS = text("select id from hop where tenant = :tenant and id > :id order by id limit :size")
# Tenants are few and hops many: one look into the key for each tenant, not one at every hop.
_TENANTS = text("""
with recursive known as (
  (select tenant from hop order by tenant limit 1)
  union all
  select (select h.tenant from hop h where h.tenant > k.tenant order by h.tenant limit 1) from known k
  where k.tenant is not null)
select tenant from known where tenant is not null
""")
_HOPS = text("""
select tenant, count(*) as many from hop where started_at >= :since and id < :before group by 1
""")


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityKey:
    """Which entity."""

    tenant: str
    kind: Kind
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexedEntity:
    """An entity as the index needs it."""

    tenant: str
    kind: Kind
    id: str
    root_id: str
    version: int
    account: str | None
    redirect_to: str | None
    number: str | None
    status: str | None
    channel: str | None
    customer_id: str | None
    placed_at: datetime | None
    updated_at: datetime
    is_partial: bool
    missing_in: tuple[str, ...]
    skus: tuple[str, ...]
    identifiers: tuple[str, ...]
    """As written; without those that name a person."""
    normalised: tuple[str, ...]
    words: tuple[str, ...]
    """Names and descriptions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexedHop:
    """A hop as the index needs it."""

    tenant: str
    id: str
    correlation_id: str
    parent_id: str | None
    kind: str
    system: str
    source: str | None
    operation: str
    outcome: str
    attempt: int | None
    started_at: datetime
    duration_ms: int | None
    waiting_ms: int
    error: str | None
    roots: tuple[str, ...]


START = EntityKey(tenant="", kind=Kind.ORDER, id="")
"""Before every entity: no tenant is called nothing."""


async def entities_by_keys(tx: Tx, keys: Sequence[EntityKey]) -> Sequence[IndexedEntity]:
    """Those of *keys* that there are, redirects too."""
    rows = await tx.execute(
        _BY_KEYS,
        {
            "tenants": [one.tenant for one in keys],
            "kinds": [one.kind.value for one in keys],
            "ids": [one.id for one in keys],
        },
    )
    return [_entity(row) for row in rows]


async def entities_after(tx: Tx, key: EntityKey, size: int) -> Sequence[IndexedEntity]:
    """The next entities by key; what was merged away is left out."""
    asked = {"tenant": key.tenant, "kind": key.kind.value, "id": key.id, "size": size}
    return [_entity(row) for row in await tx.execute(_AFTER, asked)]


async def count_of_entities(tx: Tx) -> Mapping[tuple[str, str], int]:
    """How many there are, by tenant and kind."""
    return {(row.tenant, row.kind): row.many for row in await tx.execute(_ENTITIES)}


async def tenants_of_hops(tx: Tx) -> Sequence[str]:
    """Every tenant that has hops."""
    return await tx.scalars(_TENANTS)


async def hop_ids_after(tx: Tx, tenant: str, after: str, size: int) -> Sequence[str]:
    """The next ids."""
    return await tx.scalars(_HOP_IDS, {"tenant": tenant, "id": after, "size": size})


async def hops_after(tx: Tx, tenant: str, after: str, size: int) -> Sequence[IndexedHop]:
    """The next hops by id."""
    return [_hop(row) for row in await tx.execute(_HOPS_AFTER, {"tenant": tenant, "id": after, "size": size})]


async def hops_by_ids(tx: Tx, tenant: str, ids: Sequence[str]) -> Sequence[IndexedHop]:
    """Those of *ids* that there are."""
    return [_hop(row) for row in await tx.execute(_HOPS_BY_IDS, {"tenant": tenant, "ids": list(ids)})]


async def count_of_hops(tx: Tx, since: datetime, before: str) -> Mapping[str, int]:
    """How many hops that began at *since* or later have an id below *before*, by tenant."""
    return {row.tenant: row.many for row in await tx.execute(_HOPS, {"since": since, "before": before})}


def _entity(row: Any) -> IndexedEntity:  # Any: a row
    said = dict(row._mapping)  # noqa: SLF001  a public name of SQLAlchemy's rows
    lists = ("missing_in", "skus", "identifiers", "normalised", "words")
    return IndexedEntity(**said | {"kind": Kind(row.kind)} | {name: tuple(said[name]) for name in lists})


def _hop(row: Any) -> IndexedHop:  # Any: a row
    said = dict(row._mapping)  # noqa: SLF001  as above
    return IndexedHop(**said | {"roots": tuple(said["roots"])})
