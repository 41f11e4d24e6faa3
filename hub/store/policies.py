"""Policies in versions, one of each name active (design D13), and what item codes mean at sources."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.types import Text

from hub.codec import decode, encode, plain
from hub.model.policy import SKU
from hub.model.schemes import PRODUCT_SKU
from hub.store.tx import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """An item code that a source has a product of, and the unit that it is counted in."""

    sku: str
    source: str
    unit: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A policy as it stands."""

    name: str
    version: int
    doc: Any  # Any: JSON of the kind's dataclass
    actor: str
    """Who decided it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Meanings:
    """What some item codes mean."""

    rules: dict[str, Any]  # Any: JSON of SkuRule
    """By the name of the policy."""
    known: tuple[Known, ...]
    """Of the codes asked for and of those that the rules lead to."""


_LAST = text("select version, doc, state from policy where tenant = :tenant and kind = :kind and name = :name"
             " order by version desc limit 1 for update")  # fmt: skip
_STANDING = text("select name, version, doc, actor from policy where tenant = :tenant and kind = :kind"
                 " and state = 'ACTIVE' order by name")  # fmt: skip
_RETIRE = text("update policy set state = 'SUPERSEDED' where tenant = :tenant and kind = :kind and name = :name"
               " and state = 'ACTIVE'")  # fmt: skip
_PUT = text("""
insert into policy (tenant, kind, name, version, doc, actor)
values (:tenant, :kind, :name, :version, :doc, :actor)
""").bindparams(bindparam("doc", type_=JSONB))
_MEANINGS = text(
    """
with rule as materialized (
  select name, doc from policy where tenant = :tenant and kind = '$kind' and state = 'ACTIVE' and name = any (:names)
), code as (select unnest(cast(:codes as text[])) as sku union select doc ->> 'sku' from rule)
select 'rule' as sort, name, doc, null as source from rule
union all
select 'known', c.sku, (
    select e.doc #> '{groups,item,base_unit}' from entity e
    where e.tenant = :tenant and e.kind = 'PRODUCT' and e.id = i.entity_id
  ), i.source
from code c join identity i on i.tenant = :tenant and i.scheme = '$scheme' and i.value = c.sku
""".replace("$kind", SKU).replace("$scheme", PRODUCT_SKU)
).bindparams(bindparam("names", type_=ARRAY(Text)), bindparam("codes", type_=ARRAY(Text)))


async def meanings(tx: Tx, tenant: str, names: Collection[str], codes: Collection[str]) -> Meanings:
    """The active rules of *names*, and who has products of *codes* and of what the rules lead to. One statement."""
    rows = (await tx.execute(_MEANINGS, {"tenant": tenant, "names": sorted(names), "codes": sorted(codes)})).all()
    return Meanings(
        rules={row.name: row.doc for row in rows if row.sort == "rule"},
        known=tuple(Known(sku=row.name, source=row.source, unit=row.doc) for row in rows if row.sort == "known"),
    )


async def active(tx: Tx, tenant: str, kind: str) -> tuple[Standing, ...]:
    """The active policies of a kind, by name. One statement."""
    rows = await tx.execute(_STANDING, {"tenant": tenant, "kind": kind})
    return tuple(Standing(**row) for row in rows.mappings())


async def decide(tx: Tx, tenant: str, named: tuple[str, str], doc: object, actor: str) -> int:
    """Make *doc* the active version of the policy *named* (kind, name); its number. Equal to what stands: that one."""
    kind, name = named
    where = {"tenant": tenant, "kind": kind, "name": name}
    last = (await tx.execute(_LAST, where)).first()
    if last is not None and last.state == "ACTIVE" and last.doc == decode(encode(doc), object):
        return int(last.version)
    version = 1 if last is None else last.version + 1
    await tx.execute(_RETIRE, where)
    await tx.execute(_PUT, where | {"version": version, "doc": plain(doc), "actor": actor})
    return int(version)
