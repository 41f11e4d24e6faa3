"""How streams of what is no document begin: ids and versions of positions, sources and cases; codes of warehouses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import BindParameter, Text, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY

from hub.store.listing import Where
from hub.store.tx import Tx


def _texts(*names: str) -> list[BindParameter[Any]]:
    return [bindparam(name, type_=ARRAY(Text)) for name in names]


_POSITIONS = text("""
select k.root_id as id, coalesce(min(r.version), 1) as version
from stock k left join root r on r.tenant = k.tenant and r.id = k.root_id
where k.tenant = :tenant and (cast(:sku as text[]) is null or k.sku = any(:sku))
  and (cast(:warehouse as text[]) is null or k.warehouse = any(:warehouse))
group by k.root_id order by k.root_id limit :size
""").bindparams(*_texts("sku", "warehouse"))
_SOURCES = text("select id, version from root where tenant = :tenant and id = any(:roots)").bindparams(*_texts("roots"))
_CASES = text("""
select id, version from exception_case
where tenant = :tenant and closed_at is null and (cast(:queue as text[]) is null or queue = any(:queue))
  and (cast(:order as text[]) is null or root_id = any(:order))
order by id limit :size
""").bindparams(*_texts("queue", "order"))
_PLACES = text("""
select id from entity
where tenant = :tenant and kind = 'WAREHOUSE' and number = any(:codes) and redirect_to is null
""").bindparams(*_texts("codes"))


async def versions_of_positions(tx: Tx, tenant: str, where: Where, size: int) -> dict[str, int]:
    """At most *size* positions, narrowed by `sku` and `warehouse` (codes)."""
    asked = {name: _given(where, name) for name in ("sku", "warehouse")}
    rows = await tx.execute(_POSITIONS, asked | {"tenant": tenant, "size": size})
    return {row.id: row.version for row in rows}


async def versions_of_roots(tx: Tx, tenant: str, roots: Sequence[str]) -> dict[str, int]:
    """Those of *roots* that were ever told of."""
    rows = await tx.execute(_SOURCES, {"tenant": tenant, "roots": list(roots)})
    return {row.id: row.version for row in rows}


async def versions_of_cases(tx: Tx, tenant: str, where: Where, size: int) -> dict[str, int]:
    """At most *size* open cases, narrowed by `queue` and `order` (ids)."""
    asked = {name: _given(where, name) for name in ("queue", "order")}
    rows = await tx.execute(_CASES, asked | {"tenant": tenant, "size": size})
    return {row.id: row.version for row in rows}


async def warehouses_coded(tx: Tx, tenant: str, codes: Sequence[str]) -> frozenset[str]:
    """Ids of the warehouses of these codes."""
    return frozenset(await tx.scalars(_PLACES, {"tenant": tenant, "codes": list(codes)}))


def _given(where: Where, name: str) -> list[str] | None:
    return list(where[name]) if name in where else None
