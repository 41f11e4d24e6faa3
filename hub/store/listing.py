"""Pages of entities by keyset, stable under writes. What a kind can be listed by is data: `hub.store.lists`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from typing import Any, TypeAlias

from sqlalchemy import DateTime, Numeric, Text, TextClause, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import TypeEngine

from hub.model.vocabulary import Kind
from hub.store.reading import VISIBLE
from hub.store.tx import Tx

TEXTS, INSTANT, NUMBER = ARRAY(Text), DateTime(timezone=True), Numeric()

Scope: TypeAlias = tuple[str, str | None]
"""(tenant, account)."""
Where: TypeAlias = Mapping[str, Any]  # Any: column values
"""Values by the names of a listing's terms. What is not named does not matter, everything named must hold.

An empty tuple fits nothing.
"""
EVERYTHING: Where = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """What one name of a filter asks of the row `e`; `$value` stands for the value."""

    sql: str
    type: TypeEngine[Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class By:
    """What a list is sorted by. Rows without a value come last, whatever the direction."""

    sql: str
    type: str = "timestamptz"
    is_inverted: bool = False
    """Long since means early."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sort:
    """In which order; equal values are told apart by id."""

    field: StrEnum
    descending: bool = True


_FROM = """
from entity e
where e.tenant = :tenant and e.kind = '$kind' and e.redirect_to is null and $visible $terms
""".replace("$visible", VISIBLE)
_SHOWN = "entity e on e.tenant = :tenant and e.kind = '$kind' and e.id = p.id"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """How what is of one kind is listed: entities, or the rows of another table that has tenant and id."""

    kind: Kind
    terms: Mapping[str, Term]
    sorts: Mapping[StrEnum, By]
    usual: Sort
    """The order where none is asked for."""
    source: str = _FROM
    """Where the rows `e` come from, and which of them the caller may see; `$terms` stands for the filter."""
    shown: str = _SHOWN
    """The row `e` again, by the id of `p`."""
    doc: str = "e.doc::text"
    """What is shown of it."""


def texts(name: str, sql: str) -> dict[str, Term]:
    """Terms for a text: one of these, none of these."""
    return {
        name: Term(sql=f"{sql} = any($value)", type=TEXTS),
        f"not_{name}": Term(sql=f"{sql} <> all($value)", type=TEXTS),
    }


def moments(name: str, sql: str) -> dict[str, Term]:
    """Terms for an instant: from here on, before there."""
    return {
        f"{name}_from": Term(sql=f"{sql} >= $value", type=INSTANT),
        f"{name}_before": Term(sql=f"{sql} < $value", type=INSTANT),
    }


def amounts(name: str, sql: str) -> dict[str, Term]:
    """Terms for a number: at least, at most."""
    return {
        f"{name}_from": Term(sql=f"{sql} >= $value", type=NUMBER),
        f"{name}_to": Term(sql=f"{sql} <= $value", type=NUMBER),
    }


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
select p.id, $doc as doc, p.value::text as value
from page p join $shown
order by p.part $parts, p.value $way, p.id $way
"""
# Rows without a value stand last: two index ranges in one statement, and no document is read that is not shown.
_COUNT = "select count(*) $from"
_VERSIONS = "select e.id, e.version $from order by e.id limit :size"


@dataclass(frozen=True, slots=True)
class _Shape:
    """What decides the text of a statement, whatever the values; hashed by the listing's kind."""

    listing: Listing = field(compare=False)
    kind: Kind
    names: frozenset[str]
    sort: Sort | None = None
    backward: bool = False
    is_bare: bool = False
    """The edge has no value."""
    has_edge: bool = False


async def list_entities(
    tx: Tx, scope: Scope, listing: Listing, asked: tuple[Where, Sort], part: Slice
) -> Sequence[Listed]:
    """One page for *scope*, in the order of the sort also where it was read backward; *asked*: filter and sort."""
    where, sort = asked
    given = _given(scope, where) | {"size": part.size}
    if part.edge is not None:
        given |= {"edge": part.edge.value, "edge_id": part.edge.id}
    bare = part.edge is not None and part.edge.value is None
    shape = _Shape(listing, listing.kind, frozenset(where), sort, part.backward, bare, part.edge is not None)
    rows = await tx.execute(_page(shape), given)
    page = [Listed(edge=Edge(value=row.value, id=row.id), doc=row.doc) for row in rows]
    return page[::-1] if part.backward else page


async def count_entities(tx: Tx, scope: Scope, listing: Listing, where: Where) -> int:
    """How many entities of *scope* fit."""
    query = _whole(_Shape(listing, listing.kind, frozenset(where)), _COUNT)
    counted: int = await tx.scalar(query, _given(scope, where))
    return counted


async def versions_of(tx: Tx, scope: Scope, listing: Listing, where: Where, size: int) -> dict[str, int]:
    """Id and version of at most *size* entities of *scope* that fit."""
    query = _whole(_Shape(listing, listing.kind, frozenset(where)), _VERSIONS)
    rows = await tx.execute(query, _given(scope, where) | {"size": size})
    return {row.id: row.version for row in rows}


def _given(scope: Scope, where: Where) -> dict[str, Any]:  # Any: column values
    tenant, account = scope
    plain = {name: list(value) if isinstance(value, tuple) else value for name, value in where.items()}
    return {"tenant": tenant, "account": account} | plain


@lru_cache(maxsize=512)
def _whole(shape: _Shape, query: str) -> TextClause:
    """A statement over everything that fits."""
    return _bound(_over(query, shape), shape, ())


@lru_cache(maxsize=512)
def _page(shape: _Shape) -> TextClause:
    """The statement of a page."""
    sort = shape.sort or shape.listing.usual
    by = shape.listing.sorts[sort.field]
    falls = (sort.descending != by.is_inverted) != shape.backward
    valued, without = _beyond(shape) if shape.has_edge else ("", "")
    query = _over(_PAGE, shape).replace("$beyond_valued", valued).replace("$beyond_bare", without)
    query = query.replace("$than", "<" if falls else ">").replace("$way", "desc" if falls else "asc")
    query = query.replace("$parts", "desc" if shape.backward else "asc").replace("$edge", f"cast(:edge as {by.type})")
    return _bound(query.replace("$column", by.sql), shape, ("edge", "edge_id") if shape.has_edge else ())


def _beyond(shape: _Shape) -> tuple[str, str]:
    """What lies beyond an edge: of the rows with a value, and of those without."""
    by_id = " and e.id $than :edge_id and cast(:edge as text) is null"
    if shape.is_bare:
        return ("" if shape.backward else " and false"), by_id
    return " and ($column, e.id) $than ($edge, :edge_id)", (" and false" if shape.backward else "")


def _over(query: str, shape: _Shape) -> str:
    """A query with what the listing says written out."""
    listing = shape.listing
    query = query.replace("$from", listing.source).replace("$shown", listing.shown).replace("$doc", listing.doc)
    return query.replace("$terms", _terms(shape))


def _terms(shape: _Shape) -> str:
    return "".join(
        f" and {shape.listing.terms[name].sql.replace('$value', ':' + name)}" for name in sorted(shape.names)
    )


def _bound(query: str, shape: _Shape, edges: Iterable[str]) -> TextClause:
    kinds = {name: shape.listing.terms[name].type for name in shape.names}
    typed = [bindparam(name, type_=kind) for name, kind in kinds.items() if kind is not None]
    plain = [bindparam(name, type_=Text()) for name in ("account", *edges)]
    return text(query.replace("$kind", shape.kind.value)).bindparams(*typed, *plain)
