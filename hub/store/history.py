"""Looking back into the log: where a position or an instant lies, and what people call the things told of."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import Text, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY

from hub.store.changelog import Place
from hub.store.tx import Tx

_AT = text("""
select s.floor, s.last, (
  select t.term from sequencer_term t where t.first_position <= greatest(cast(:position as bigint), 1)
  order by t.number desc limit 1) as term
from sequencer s
""")
_LOGGED_AT = text("select logged_at from change_log where position = :position")
_NUMBERS = text("""
select e.tenant, e.kind, e.id, e.number from entity e
join (select unnest(:tenants) as tenant, unnest(:kinds) as kind, unnest(:ids) as id) asked using (tenant, kind, id)
where e.number is not null
""").bindparams(*(bindparam(name, type_=ARRAY(Text)) for name in ("tenants", "kinds", "ids")))


async def tenants(tx: Tx) -> list[str]:
    """The tenants whose sources were ever tended."""
    return list(await tx.scalars(text("select distinct tenant from source_state order by tenant")))


async def bounds(tx: Tx) -> tuple[int, int] | None:
    """The places before the first line that is kept and at the last; None before the first leadership ever."""
    row = (await tx.execute(_AT, {"position": 0})).one()
    return None if row.term is None else (row.floor - 1, row.last)


async def place_at(tx: Tx, position: int) -> Place | None:
    """The place of a position; None where its line is no longer kept, or not there yet."""
    row = (await tx.execute(_AT, {"position": position})).one()
    if row.term is None or not row.floor - 1 <= position <= row.last:
        return None
    return Place(term=str(row.term), position=position)


async def logged_at(tx: Tx, position: int) -> datetime | None:
    """When a line was given its position; None where it is not kept."""
    moment: datetime | None = await tx.scalar(_LOGGED_AT, {"position": position})
    return moment


async def numbers_of(tx: Tx, keys: Collection[tuple[str, str, str]]) -> Mapping[tuple[str, str, str], str]:
    """The numbers of entities by (tenant, kind, id), those that have one."""
    tenants, kinds, ids = ([key[part] for key in keys] for part in range(3))
    rows = await tx.execute(_NUMBERS, {"tenants": tenants, "kinds": kinds, "ids": ids})
    return {(row.tenant, row.kind, row.id): row.number for row in rows}
