"""Positions for readers: narrow rows, what each source said when, who claims what; one statement however many."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from sqlalchemy import Text, TextClause, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY

from hub.model.inventory import QuantityName, ReservationState
from hub.model.schemes import PRODUCT_SKU, WAREHOUSE_CODE
from hub.store.listing import Slice, Where
from hub.store.reading import Answered, filled
from hub.store.tx import Tx

TERMS: Mapping[str, str] = {
    "sku": "k.sku = any(:sku)",
    "warehouse": "k.warehouse = any(:warehouse)",
    "ids": "k.root_id = any(:ids)",
    "called": "(k.sku = any(:called) or k.sku || '@' || k.warehouse = any(:called))",
}
"""What each part of a filter asks of a stock row; `called`: the item, or `SKU@WAREHOUSE`."""

_CHOSEN = """
  select k.sku, k.warehouse, min(k.root_id) as id from stock k
  where k.tenant = :tenant $terms $beyond group by k.sku, k.warehouse
"""
_UNIT = f"""(
  select e.doc -> 'groups' -> 'item' ->> 'base_unit' from identity i
    join entity e on e.tenant = i.tenant and e.kind = 'PRODUCT' and e.id = i.entity_id and e.redirect_to is null
  where i.tenant = :tenant and i.scheme = '{PRODUCT_SKU}' and i.value = $sku and i.kind = 'PRODUCT' limit 1
)"""  # noqa: S608  our own constants
_PAGE = f"""
with chosen as materialized ({_CHOSEN} order by $order limit :size)
select 0 as part, null as sku, null as warehouse, $shared::text as said
union all
select 1, c.sku, c.warehouse, json_build_object(
  'id', c.id, 'sku', c.sku, 'warehouse', c.warehouse, 'base_unit', {_UNIT.replace("$sku", "c.sku")},
  'version', coalesce((select version from root r where r.tenant = :tenant and r.id = c.id), 1),
  'figures', (
    select json_agg(json_build_object('source', k.source, 'name', k.name, 'value', trim_scale(k.value)::text,
      'unit', k.unit) order by k.source, k.name)
    from stock k where k.tenant = :tenant and k.sku = c.sku and k.warehouse = c.warehouse
  ),
  'records', (
    select coalesce($records, '[]') from record r
    where r.tenant = :tenant and r.entity_id = c.id and r.kind = 'INVENTORY' and r.gone_at is null
  ),
  'claims', (
    select coalesce(json_agg(json_build_object('warehouse', v.warehouse, 'quantity', trim_scale(v.quantity)::text,
      'state', v.state, 'acknowledged_at', v.acknowledged_at, 'expires_at', v.expires_at) order by v.id), '[]')
    from reservation v
    where v.tenant = :tenant and v.state = 'ACTIVE' and v.sku = c.sku and v.warehouse in ('', c.warehouse)
  ),
  'place', (
    select e.doc from identity i
      join entity e on e.tenant = i.tenant and e.kind = 'WAREHOUSE' and e.id = i.entity_id and e.redirect_to is null
    where i.tenant = :tenant and i.scheme = '{WAREHOUSE_CODE}' and i.value = c.warehouse and i.kind = 'WAREHOUSE'
    order by e.id limit 1
  )
)::text
from chosen c
order by part, $shown
"""  # noqa: S608  our own constants
_COUNT = f"select count(*) from ({_CHOSEN}) c"  # noqa: S608  as above
_PRODUCT = text(f"""
select {_UNIT.replace("$sku", ":sku")} as unit,
  exists (select from identity where tenant = :tenant and scheme = '{PRODUCT_SKU}' and value = :sku) as known
""")  # noqa: S608  as above


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureRead:
    """One figure that one source tells of a position."""

    source: str
    name: QuantityName
    value: Decimal
    unit: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimRead:
    """One active reservation; `warehouse` empty: none is meant yet."""

    warehouse: str
    quantity: Decimal
    state: ReservationState = ReservationState.ACTIVE
    acknowledged_at: datetime | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """In which order positions are listed: by item, or by warehouse."""

    by_warehouse: bool = False
    descending: bool = False


async def positions(tx: Tx, tenant: str, where: Where, way: Way, part: Slice) -> Answered:
    """The positions that fit, in the order of *way* also where they were read backward."""
    given = _given(tenant, where) | {"size": part.size}
    if part.edge is not None:
        given |= {"edge": part.edge.value or "", "edge_id": part.edge.id}
    statement = _statement(frozenset(where), way, part.backward, part.edge is not None)
    rows = [row.said for row in await tx.execute(statement, given)]
    shared, listed = rows[0], rows[1:]
    return Answered(shared=shared, parts=listed[::-1] if part.backward else listed)


async def count_positions(tx: Tx, tenant: str, where: Where) -> int:
    """How many positions fit."""
    counted: int = await tx.scalar(_bound(_COUNT.replace("$beyond", ""), frozenset(where)), _given(tenant, where))
    return counted


async def product_unit(tx: Tx, tenant: str, sku: str) -> tuple[bool, str | None]:
    """Whether any system knows an item, and the unit it is counted in."""
    (row,) = (await tx.execute(_PRODUCT, {"tenant": tenant, "sku": sku})).all()
    return row.known, row.unit


def _given(tenant: str, where: Where) -> dict[str, Any]:  # Any: column values
    return {"tenant": tenant} | {name: list(value) for name, value in where.items()}


@lru_cache(maxsize=64)
def _statement(names: frozenset[str], way: Way, backward: bool, has_edge: bool) -> TextClause:  # noqa: FBT001  a cache key
    falls = way.descending != backward
    columns = ("warehouse", "sku") if way.by_warehouse else ("sku", "warehouse")
    order = ", ".join(f"$k.{column} {'desc' if falls else 'asc'}" for column in columns)
    than = f"(k.{columns[0]}, k.{columns[1]}) {'<' if falls else '>'} (:edge, :edge_id)"
    query = _PAGE.replace("$beyond", f"and {than}" if has_edge else "")
    query = query.replace("$order", order.replace("$k.", "k.")).replace("$shown", order.replace("$k.", ""))
    return _bound(query, names)


def _bound(query: str, names: frozenset[str]) -> TextClause:
    terms = "".join(f" and {sql}" for name, sql in TERMS.items() if name in names)
    typed = [bindparam(name, type_=ARRAY(Text)) for name in TERMS if name in names]
    return text(filled(query.replace("$terms", terms))).bindparams(*typed)
