"""Pages of orders by keyset: filters and sorts of the surface, stable under writes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import Any

from sqlalchemy import DateTime, Numeric, Text, TextClause, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import TypeEngine

from hub.model.cases import ExceptionCode, HoldType
from hub.model.order import OrderStatus
from hub.model.vocabulary import SystemKind
from hub.store.reading import VISIBLE
from hub.store.tx import Tx


class OrderSortField(StrEnum):
    """What orders are sorted by. Orders without the value come last, whatever the direction."""

    PLACED_AT = "PLACED_AT"
    """When the customer placed it."""
    UPDATED_AT = "UPDATED_AT"
    """When the hub last saw it change."""
    PROMISED_SHIP_AT = "PROMISED_SHIP_AT"
    """When it was promised to leave."""
    TIME_IN_STATUS = "TIME_IN_STATUS"
    """How long it has been in its status."""
    TOTAL = "TOTAL"
    """What it costs; currencies are not converted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFilter:
    """Which orders; what is None does not matter, everything else must hold. An empty list fits nothing."""

    ids: tuple[str, ...] | None = None
    statuses: tuple[OrderStatus, ...] | None = None
    not_statuses: tuple[OrderStatus, ...] | None = None
    is_late: bool | None = None
    is_partial: bool | None = None
    is_stuck: bool | None = None
    hold: HoldType | None = None
    exception_code: ExceptionCode | None = None
    missing_in: tuple[SystemKind, ...] | None = None
    channels: tuple[str, ...] | None = None
    customers: tuple[str, ...] | None = None
    """Ids of customers."""
    warehouses: tuple[str, ...] | None = None
    """Codes."""
    skus: tuple[str, ...] | None = None
    placed_from: datetime | None = None
    placed_before: datetime | None = None
    total_from: Decimal | None = None
    total_to: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderSort:
    """In which order; equal values are told apart by id."""

    field: OrderSortField = OrderSortField.PLACED_AT
    descending: bool = True


EVERYTHING = OrderFilter()
NEWEST = OrderSort()


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """Where a row stands in the sort."""

    value: str | None
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """Which part of the list: `size` rows after `edge`, or the last `size` before it."""

    size: int
    edge: Edge | None = None
    backward: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One row of a page."""

    edge: Edge
    doc: str
    """The document's JSON."""


_LATE = """(e.promised_ship_at < clock_timestamp()
  and e.status not in ('SHIPPED', 'INVOICED', 'COMPLETED', 'CANCELLED', 'REJECTED'))"""
_CASE = """exists (select from exception_case x where x.tenant = e.tenant and x.root_id = e.root_id
  and x.closed_at is null and x.code = $code)"""
_DEAD = """exists (select from delivery d where d.tenant = e.tenant and d.root_id = e.root_id
  and d.state in ('DEAD', 'REVIEW'))"""
_TEXTS, _INSTANT, _NUMBER = ARRAY(Text), DateTime(timezone=True), Numeric()

_TERMS: Mapping[str, tuple[str, TypeEngine[Any] | None]] = {
    "ids": ("e.id = any(:ids)", _TEXTS),
    "statuses": ("e.status = any(:statuses)", _TEXTS),
    "not_statuses": ("e.status <> all(:not_statuses)", _TEXTS),
    "is_late": (f"coalesce({_LATE}, false) = :is_late", None),
    "is_partial": ("e.is_partial = :is_partial", None),
    "is_stuck": (f"({_CASE.replace('$code', chr(39) + 'ORDER_STUCK' + chr(39))} or {_DEAD}) = :is_stuck", None),
    "hold": (
        "exists (select from hold h where h.tenant = e.tenant and h.root_id = e.root_id"
        " and h.released_at is null and h.doc ->> 'type' = :hold)",
        None,
    ),
    "exception_code": (_CASE.replace("$code", ":exception_code"), None),
    "missing_in": ("e.missing_in && :missing_in", _TEXTS),
    "channels": ("e.channel = any(:channels)", _TEXTS),
    "customers": ("e.customer_id = any(:customers)", _TEXTS),
    "warehouses": (
        "exists (select from jsonb_array_elements(e.doc -> 'lines') l join entity w on w.tenant = e.tenant"
        " and w.kind = 'WAREHOUSE' and w.id = l ->> 'warehouse_id' where w.doc ->> 'code' = any(:warehouses))",
        _TEXTS,
    ),
    "skus": ("e.skus && :skus", _TEXTS),
    "placed_from": ("e.placed_at >= :placed_from", _INSTANT),
    "placed_before": ("e.placed_at < :placed_before", _INSTANT),
    "total_from": ("e.total >= :total_from", _NUMBER),
    "total_to": ("e.total <= :total_to", _NUMBER),
}
"""What each part of a filter asks of an order."""

_COLUMNS: Mapping[OrderSortField, tuple[str, str, bool]] = {
    OrderSortField.PLACED_AT: ("e.placed_at", "timestamptz", False),
    OrderSortField.UPDATED_AT: ("e.updated_at", "timestamptz", False),
    OrderSortField.PROMISED_SHIP_AT: ("e.promised_ship_at", "timestamptz", False),
    OrderSortField.TIME_IN_STATUS: ("e.status_since", "timestamptz", True),  # long in it means early since
    OrderSortField.TOTAL: ("e.total", "numeric", False),
}

_FROM = """
from entity e
where e.tenant = :tenant and e.kind = 'ORDER' and e.redirect_to is null and $visible $terms
""".replace("$visible", VISIBLE)
_PAGE = """
with page as (
  select * from (
    (select 0 as part, e.id, $column as value $from and $column is not null $beyond_valued
     order by $column $way, e.id $way limit :size)
    union all
    (select 1, e.id, null $from and $column is null $beyond_bare order by e.id $way limit :size)
  ) both_parts
  order by part $parts, value $way, id $way limit :size
)
select p.id, e.doc::text as doc, p.value::text as value
from page p join entity e on e.tenant = :tenant and e.kind = 'ORDER' and e.id = p.id
order by p.part $parts, p.value $way, p.id $way
""".replace("$from", _FROM)
# Rows without a value stand last: two index ranges in one statement, and no document is read that is not shown.
_COUNT = "select count(*)" + _FROM
_VERSIONS = "select e.id, e.version" + _FROM + "order by e.id limit :size"


async def list_orders(
    tx: Tx, scope: tuple[str, str | None], wanted: OrderFilter, sort: OrderSort, part: Slice
) -> Sequence[Listed]:
    """One page for *scope* (tenant, account), in the order of the sort also where it was read backward."""
    given = _given(scope, wanted) | {"size": part.size}
    if part.edge is not None:
        given |= {"edge": part.edge.value, "edge_id": part.edge.id}
    bare = part.edge is not None and part.edge.value is None
    rows = await tx.execute(_page(frozenset(given), sort, part.backward, bare), given)
    page = [Listed(edge=Edge(value=row.value, id=row.id), doc=row.doc) for row in rows]
    return page[::-1] if part.backward else page


async def count_orders(tx: Tx, scope: tuple[str, str | None], wanted: OrderFilter) -> int:
    """How many orders of *scope* fit."""
    given = _given(scope, wanted)
    counted: int = await tx.scalar(_count(frozenset(given)), given)
    return counted


async def versions_of_orders(tx: Tx, scope: tuple[str, str | None], wanted: OrderFilter, size: int) -> dict[str, int]:
    """Id and version of at most *size* orders of *scope* that fit."""
    given = _given(scope, wanted)
    query = _bound(_VERSIONS.replace("$terms", _terms(frozenset(given))), frozenset(given))
    rows = await tx.execute(query, given | {"size": size})
    return {row.id: row.version for row in rows}


def _given(scope: tuple[str, str | None], wanted: OrderFilter) -> dict[str, Any]:  # Any: column values
    asked = {name: getattr(wanted, name) for name in _TERMS}
    plain = {name: list(value) if isinstance(value, tuple) else value for name, value in asked.items()}
    tenant, account = scope
    return {"tenant": tenant, "account": account} | {name: value for name, value in plain.items() if value is not None}


@lru_cache(maxsize=512)
def _count(names: frozenset[str]) -> TextClause:
    return _bound(_COUNT.replace("$terms", _terms(names)), names)


@lru_cache(maxsize=512)
def _page(names: frozenset[str], sort: OrderSort, backward: bool, bare: bool) -> TextClause:  # noqa: FBT001  a cache key
    """The statement of a page; *bare*: the edge has no value."""
    column, kind, inverted = _COLUMNS[sort.field]
    falls = (sort.descending != inverted) != backward
    valued, without = _beyond(backward=backward, bare=bare) if "edge_id" in names else ("", "")
    query = _PAGE.replace("$terms", _terms(names)).replace("$beyond_valued", valued).replace("$beyond_bare", without)
    query = query.replace("$than", "<" if falls else ">").replace("$way", "desc" if falls else "asc")
    query = query.replace("$parts", "desc" if backward else "asc").replace("$edge", f"cast(:edge as {kind})")
    return _bound(query.replace("$column", column), names)


def _beyond(*, backward: bool, bare: bool) -> tuple[str, str]:
    """What lies beyond an edge: of the rows with a value, and of those without."""
    by_id = " and e.id $than :edge_id and cast(:edge as text) is null"
    if bare:
        return ("" if backward else " and false"), by_id
    return " and ($column, e.id) $than ($edge, :edge_id)", (" and false" if backward else "")


def _terms(names: frozenset[str]) -> str:
    return "".join(f" and {sql}" for name, (sql, _) in _TERMS.items() if name in names)


def _bound(query: str, names: frozenset[str]) -> TextClause:
    typed = [bindparam(name, type_=kind) for name, (_, kind) in _TERMS.items() if name in names and kind is not None]
    texts = [bindparam(name, type_=Text()) for name in ("account", "edge", "edge_id") if name in names]
    return text(query).bindparams(*typed, *texts)
