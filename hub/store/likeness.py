"""Entities that look like another: the same purchase order again, the same e-mail elsewhere (Id-2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text

from hub.model.vocabulary import IdentifierScheme, Kind
from hub.store.tx import Tx

MOST = 10
"""How many that look like one are told."""

_LIKE = text("""
select e.id, e.root_id, e.number, e.customer_id, e.total, e.placed_at, i.normalised as sign,
  array(
    select distinct r.source from record r where r.tenant = :tenant and r.entity_id = e.id and r.kind = :kind
  ) as sources
from unnest(cast(:signs as text[])) as wanted(sign)
  cross join lateral (
    select distinct entity_id, normalised from (
      select * from identifier i where i.tenant = :tenant and i.normalised = wanted.sign offset 0
    ) i where i.scheme = :scheme and i.kind = :kind order by entity_id desc limit :most
  ) i
  cross join lateral (
    select * from entity e where e.tenant = :tenant and e.kind = :kind and e.id = i.entity_id offset 0
  ) e
where e.redirect_to is null
order by e.id
""").bindparams(bindparam("signs", type_=ARRAY(Text)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike:
    """An entity that bears the identifier asked for."""

    id: str
    root_id: str
    number: str
    sign: str
    """The identifier, normalised."""
    sources: tuple[str, ...]
    customer_id: str | None = None
    total: Decimal | None = None
    placed_at: datetime | None = None


async def alike(tx: Tx, tenant: str, kind: Kind, scheme: IdentifierScheme, signs: Sequence[str]) -> Sequence[Alike]:
    """Entities of a kind that can be found by one of *signs*, normalised identifiers; of each the newest few."""
    if not signs:
        return ()
    named = {"tenant": tenant, "kind": kind.value, "scheme": scheme.value, "signs": sorted(signs), "most": MOST}
    rows: Sequence[Any] = (await tx.execute(_LIKE, named)).all()  # Any: rows
    return [
        Alike(
            id=row.id,
            root_id=row.root_id,
            number=row.number or row.id,
            sign=row.sign,
            sources=tuple(row.sources),
            customer_id=row.customer_id,
            total=row.total,
            placed_at=row.placed_at,
        )
        for row in rows
    ]
