"""What the hub holds of a source, and which objects come next where it is to be forgotten (design D16)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import text

from hub.model.vocabulary import Kind
from hub.store.tx import Tx


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
