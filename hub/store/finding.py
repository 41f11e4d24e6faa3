"""From whatever a person types to what it names: `identifier` rows, and the orders that each leads to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Text, TextClause, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY

from hub.model.finding import LONGEST, normalised
from hub.model.vocabulary import IdentifierScheme, Kind
from hub.store.reading import VISIBLE
from hub.store.tx import Tx

EXACT, NORMALISED, BEGINS, ALIKE = 0, 1, 2, 3
"""How an identifier fits what was typed; less is better. ALIKE: what bears it does, by a word or but for a letter."""

_HITS = """
with hit as materialized (
  select * from (
    (select e.kind, e.entity_id, e.scheme, e.source, e.value, case when e.value = :value then 0 else 1 end as how
     from identifier e where (e.value = :value or e.normalised = :normalised) and $asked
     order by how, e.value, e.kind, e.entity_id limit :size)
    $begins
  ) fitting
  order by how, value, kind, entity_id limit :size
)"""
_NAMED = """, named as (
  select h.*, e.root_id, coalesce(e.redirect_to, e.id) as id, e.doc -> 'order_ids' as order_ids
  from hit h join entity e on e.tenant = :tenant and e.kind = h.kind and e.id = h.entity_id
)
select n.kind, n.id, n.scheme, n.source, n.value, n.how, case
  when n.kind = 'ORDER' then array[n.id]
  when n.kind = 'CUSTOMER' then array(
    select e.id from entity e
    where e.tenant = :tenant and e.kind = 'ORDER' and e.customer_id = n.id and e.redirect_to is null and $visible
    order by e.placed_at desc nulls last, e.id desc limit 10
  )
  else array(
    select e.id from entity e
    where e.tenant = :tenant and e.kind = 'ORDER' and e.root_id = n.root_id and e.redirect_to is null and $visible
    union
    select e.id from jsonb_array_elements_text(n.order_ids) as named(id) cross join lateral (
      select * from entity e where e.tenant = :tenant and e.kind = 'ORDER' and e.id = named.id limit 1) e
    where e.redirect_to is null and $visible
    order by id
  ) end as orders
from named n order by n.how, n.value, n.kind, n.id
"""
_GIVEN = """
with hit as materialized (
  select e.kind, e.id as entity_id, i.scheme, i.source, i.value, 3 as how
  from unnest(cast(:kinds as text[]), cast(:ids as text[]), cast(:values as text[])) as k(kind, id, value)
    join entity e on e.tenant = :tenant and e.kind = k.kind and e.id = k.id
    cross join lateral (
      select e.* from identifier e where e.tenant = :tenant and e.kind = k.kind and e.entity_id = k.id and $visible
      order by e.value <> k.value, e.scheme, e.value limit 1) i
  where $visible
)"""
_BEGINS = """
    union all
    (select e.kind, e.entity_id, e.scheme, e.source, e.value, 2
     from identifier e where e.normalised ~>~ :normalised and e.normalised ~<~ :beyond and $asked
     order by e.normalised using ~<~ limit :size)"""
# By the bytes, as the index has them: a parameter of `^@` or `like` finds no index in a prepared statement.
_ASKED = """e.tenant = :tenant and $visible
       and (cast(:scheme as text) is null or e.scheme = :scheme)
       and (cast(:source as text) is null or e.source = :source)
       and (cast(:kinds as text[]) is null or e.kind = any(:kinds))"""
_GREATEST = "\U0010ffff"
"""What begins with a text stands before the text with this behind it."""


def _finding(begins: str) -> TextClause:
    query = (_HITS + _NAMED).replace("$begins", begins).replace("$asked", _ASKED).replace("$visible", VISIBLE)
    return text(query).bindparams(bindparam("kinds", type_=ARRAY(Text)))


_STATEMENT, _WIDE_STATEMENT = _finding(""), _finding(_BEGINS)
_RECHECK = text((_GIVEN + _NAMED).replace("$visible", VISIBLE)).bindparams(
    *(bindparam(name, type_=ARRAY(Text)) for name in ("kinds", "ids", "values"))
)

_FOLLOW = text(
    """
with recursive chain as (
  select e.kind, e.id as asked, e.id, e.redirect_to, 0 as steps from entity e
  where e.tenant = :tenant and (e.kind, e.id) in (select * from unnest(:kinds, :ids))
  union all
  select c.kind, c.asked, e.id, e.redirect_to, c.steps + 1
  from chain c join entity e on e.tenant = :tenant and e.kind = c.kind and e.id = c.redirect_to
  where c.steps < 20
)
select c.kind, c.asked, e.id from chain c join entity e on e.tenant = :tenant and e.kind = c.kind and e.id = c.id
where c.redirect_to is null and $visible
""".replace("$visible", VISIBLE)
).bindparams(bindparam("kinds", type_=ARRAY(Text)), bindparam("ids", type_=ARRAY(Text)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What to look for."""

    value: str
    scheme: IdentifierScheme | None = None
    source: str | None = None
    kinds: tuple[Kind, ...] | None = None
    begins: bool = False
    """Also what only begins with it."""
    size: int = 50
    """Most identifiers in the answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundIdentifier:
    """An identifier that fits, what bears it, and the orders that leads to."""

    kind: Kind
    id: str
    """The entity, redirects followed."""
    scheme: IdentifierScheme
    source: str | None
    value: str
    how: int
    """EXACT, NORMALISED, BEGINS or ALIKE."""
    orders: tuple[str, ...]
    """Visible orders: itself, those it serves, or the newest ten of a customer."""
    relevance: float = 1.0
    """Of what is merely alike: how well it fits beside the best, which has 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspect:
    """What somebody else says fits, and by which identifier: true only where the store says so too."""

    kind: Kind
    id: str
    value: str


async def find_identifiers(tx: Tx, tenant: str, account: str | None, wanted: Wanted) -> Sequence[FoundIdentifier]:
    """The identifiers that fit, best first, in one statement. What lies outside *account* is not there."""
    bare = normalised(wanted.value)
    if not bare or len(wanted.value) > LONGEST:
        return ()
    rows = await tx.execute(
        _WIDE_STATEMENT if wanted.begins else _STATEMENT,
        {
            "tenant": tenant,
            "account": account,
            "value": wanted.value.strip(),
            "normalised": bare,
            "scheme": wanted.scheme.value if wanted.scheme else None,
            "source": wanted.source,
            "kinds": None if wanted.kinds is None else [kind.value for kind in wanted.kinds],
            "size": wanted.size,
        }
        | ({"beyond": bare + _GREATEST} if wanted.begins else {}),
    )
    return [_found(row) for row in rows]


async def recheck(tx: Tx, tenant: str, account: str | None, suspects: Sequence[Suspect]) -> Sequence[FoundIdentifier]:
    """Those of *suspects* that are there and visible, each by one identifier of its own; in no order."""
    asked = {
        "tenant": tenant,
        "account": account,
        "kinds": [one.kind.value for one in suspects],
        "ids": [one.id for one in suspects],
        "values": [one.value for one in suspects],
    }
    return [_found(row) for row in await tx.execute(_RECHECK, asked)]


def _found(row: Any) -> FoundIdentifier:  # Any: a row
    return FoundIdentifier(
        kind=Kind(row.kind),
        id=row.id,
        scheme=IdentifierScheme(row.scheme),
        source=row.source or None,
        value=row.value,
        how=row.how,
        orders=tuple(row.orders),
    )


async def follow(
    tx: Tx, tenant: str, account: str | None, keys: Sequence[tuple[Kind, str]]
) -> dict[tuple[Kind, str], str]:
    """The entity that stands for each of *keys* now, redirects followed (Id-3); what is not visible is left out."""
    kinds, ids = [kind.value for kind, _ in keys], [one for _, one in keys]
    rows = await tx.execute(_FOLLOW, {"tenant": tenant, "account": account, "kinds": kinds, "ids": ids})
    return {(Kind(row.kind), row.asked): row.id for row in rows}


_OWN = text("""
select e.doc::text from entity e
where e.tenant = :tenant and e.kind = 'CUSTOMER' and e.account = :account and e.redirect_to is null
order by e.id limit 1
""")


async def customer_of_account(tx: Tx, tenant: str, account: str) -> str | None:
    """The customer of an account path, as JSON."""
    said: str | None = await tx.scalar(_OWN, {"tenant": tenant, "account": account})
    return said
