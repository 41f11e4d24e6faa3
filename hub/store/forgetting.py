"""Removing for good what a retired source said (design D16): its records, and what was kept of the source itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import text

from hub.model.vocabulary import Kind
from hub.store.rows import Batch
from hub.store.tx import Tx

NOWHERE = ""
"""`redirect_to` of an entity that is withdrawn: it leads to nothing, and whatever redirects to it leads nowhere too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordGone:
    """A record to be removed."""

    source: str
    kind: Kind
    source_id: str
    birth: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityGone:
    """An entity that no record tells of any more."""

    kind: Kind
    id: str
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What the hub holds of a source."""

    records: Mapping[Kind, int]
    """By kind."""
    alone: Mapping[Kind, int]
    """Entities that no other source tells of, by kind."""
    figures: int
    """Of stock."""
    deliveries: int
    """Open ones."""


_THIS = "(k.source, k.kind, k.source_id, k.birth) = (g.source, g.kind, g.source_id, g.birth)"
_SLOT = "(k.source, k.kind, k.source_id) = (g.source, g.kind, g.source_id)"
FORGET_RECORDS: Batch[RecordGone] = Batch(
    "source text, kind text, source_id text, birth text",
    f"""
with gone as materialized (select * from $rows),
  told as (delete from record k using gone g where k.tenant = :tenant and {_THIS}),
  referred as (delete from link k using gone g where k.tenant = :tenant and {_THIS}),
  reached as (delete from milestone k using gone g where k.tenant = :tenant and {_THIS}),
  missed as (delete from absence k using gone g where k.tenant = :tenant and {_SLOT}),
  raw as (
    delete from raw_answer k using gone g
    where k.tenant = :tenant and k.ref = g.source || '/' || g.kind || '/' || g.source_id || '/' || g.birth
  )
delete from hint k using gone g where k.tenant = :tenant and {_SLOT}
""",  # noqa: S608 (constants are put in, no values)
)

WITHDRAW_ENTITIES: Batch[EntityGone] = Batch(
    "kind text, id text, version int",
    """
update entity as kept
set redirect_to = '', version = x.version, doc = '{}', account = null, number = null, status = null,
  status_since = null, placed_at = null, promised_ship_at = null, total = null, channel = null, customer_id = null,
  is_partial = false, missing_in = '{}', skus = '{}', warehouse_ids = '{}', updated_at = clock_timestamp()
from $rows where kept.tenant = :tenant and kept.kind = x.kind and kept.id = x.id
""",
)

_UNDER = text("""
select r.source, r.kind, r.source_id, e.root_id
from entity e join record r on r.tenant = e.tenant and r.kind = e.kind and r.entity_id = e.id and r.source = :source
where e.tenant = :tenant and e.root_id > :after order by e.root_id limit :size
""")
_LEFT = text("""
select r.source, r.kind, r.source_id, '' as root_id from record r
where r.tenant = :tenant and r.source = :source order by r.kind, r.source_id limit :size
""")
_KINDS = text(
    "select kind, count(*) as many from record where tenant = :tenant and source = :source group by 1 order by 1"
)
_ALONE = text("""
select r.kind, count(distinct r.entity_id) as many from record r
where r.tenant = :tenant and r.source = :source and r.kind <> 'INVENTORY' and not exists (
  select from record o where o.tenant = r.tenant and o.entity_id = r.entity_id and o.source not in (r.source, 'hub'))
group by 1 order by 1
""")
_COUNTS = text("""
select
  (select count(*) from stock where tenant = :tenant and source = :source) as figures,
  (select count(*) from delivery where tenant = :tenant and source = :source
     and state in ('PENDING', 'CLAIMED', 'UNKNOWN', 'ACCEPTED', 'REVIEW')) as deliveries
""")
_REST = tuple(
    text(f"delete from {table} where tenant = :tenant and source = :source")  # noqa: S608 (names of ours)
    for table in ("coverage", "cursor", "hint", "absence", "identity", "inbox", "bus_place", "source_state")
)
_STAGED = text("""
with gone as (delete from staged where tenant = :tenant and source = :source returning id)
delete from staged_key where tenant = :tenant and staged_id in (select id from gone)
""")


async def held_of(tx: Tx, tenant: str, source: str) -> Held:
    """What the hub holds of a source."""
    named = {"tenant": tenant, "source": source}
    records = {Kind(row.kind): row.many for row in await tx.execute(_KINDS, named)}
    alone = {Kind(row.kind): row.many for row in await tx.execute(_ALONE, named)}
    counts = (await tx.execute(_COUNTS, named)).one()
    return Held(records=records, alone=alone, figures=counts.figures, deliveries=counts.deliveries)


async def forget_staged(tx: Tx, tenant: str, source: str) -> None:
    """Remove what a first load has read of the source and nobody has applied yet."""
    await tx.execute(_STAGED, {"tenant": tenant, "source": source})


async def next_slots(
    tx: Tx, tenant: str, source: str, after: str | None, size: int
) -> tuple[Sequence[tuple[Kind, str]], str]:
    """(kind, source id) of records under the roots after *after*, and the last root; of all that is left where None."""
    named = {"tenant": tenant, "source": source, "after": after or "", "size": size}
    rows = (await tx.execute(_LEFT if after is None else _UNDER, named)).all()
    found = list(dict.fromkeys((Kind(row.kind), row.source_id) for row in rows))
    return found, rows[-1].root_id if rows else ""


async def forget_source(tx: Tx, tenant: str, source: str) -> None:
    """Remove what was kept of the source itself: how far it was read, what to read again, what it posted, its keys."""
    for statement in _REST:
        await tx.execute(statement, {"tenant": tenant, "source": source})
