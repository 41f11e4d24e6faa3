"""What routing reads under the one writer's locks: policies, where an item lies, warehouses, what is held back."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text

from hub.codec import decode, typed, written
from hub.model.place import Warehouse
from hub.model.policy import ROUTING, RoutingPolicy, VersionedRouting
from hub.model.schemes import WAREHOUSE_CODE
from hub.store.stock import ReservationRow
from hub.store.tx import Tx

_POLICIES = text("select name, version, state, doc from policy where tenant = :tenant and kind = :kind"
                 " order by name, version")  # fmt: skip
_LYING = text("""
select distinct k.root_id, k.sku from stock k where k.tenant = :tenant and k.sku = any (:skus)
""").bindparams(bindparam("skus", type_=ARRAY(Text)))
_OF_ROOTS = text("""
select json_build_object('id', v.id, 'root_id', v.root_id, 'line', v.line, 'kind', v.kind, 'sku', v.sku,
  'warehouse', v.warehouse, 'quantity', trim_scale(v.quantity)::text, 'state', v.state,
  'acknowledged_at', v.acknowledged_at, 'expires_at', v.expires_at)::text
from (select * from reservation v where v.tenant = :tenant and v.root_id = any (:roots) order by v.id for update) v
""").bindparams(bindparam("roots", type_=ARRAY(Text)))
_WAITING = text("""
select v.root_id, v.sku, v.quantity from reservation v
where v.tenant = :tenant and v.state = 'ACTIVE' and v.warehouse = '' and v.sku = any (:skus)
""").bindparams(bindparam("skus", type_=ARRAY(Text)))
_QUEUE = text("""
select distinct q.root_id from json_each_text(cast(:free as json)) f cross join lateral (
  select v.root_id, coalesce(sum(greatest(v.quantity, 1)) over (
    order by v.root_id, v.id rows between unbounded preceding and 1 + cast(:more as int) preceding), 0) as before
  from (select * from reservation v where v.tenant = :tenant and v.state = 'ACTIVE' and v.warehouse = ''
    and v.sku = f.key order by v.root_id, v.id limit :most) v
) q where q.before < cast(f.value as numeric)
""")
_QUEUED = text("""
select distinct v.sku from reservation v
where v.tenant = :tenant and v.state = 'ACTIVE' and v.warehouse = '' and v.sku = any (:skus)
""").bindparams(bindparam("skus", type_=ARRAY(Text)))
_PLACES = text("""
select i.value, e.doc from identity i
  join entity e on e.tenant = i.tenant and e.kind = 'WAREHOUSE' and e.id = i.entity_id and e.redirect_to is null
where i.tenant = :tenant and i.scheme = :scheme and i.value = any (:codes) and i.kind = 'WAREHOUSE'
order by e.id desc
""").bindparams(bindparam("codes", type_=ARRAY(Text)))

A_FEW = 3
"""Lines beyond those that the free units serve: some of these may have been called off."""
MOST_ROUSED = 200
"""Lines that wait for one item and are looked at on one occasion, whatever came."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Units that an order waits for, wherever they come."""

    root_id: str
    sku: str
    quantity: Decimal


async def routings_of(tx: Tx, tenant: str) -> tuple[VersionedRouting, ...]:
    """Every version of every routing policy, by name and version. One statement."""
    rows = await tx.execute(_POLICIES, {"tenant": tenant, "kind": ROUTING})
    return tuple(
        VersionedRouting(
            name=row.name, version=row.version, policy=typed(row.doc, RoutingPolicy), is_active=row.state == "ACTIVE"
        )
        for row in rows
    )


async def positions_with(tx: Tx, tenant: str, skus: Collection[str]) -> dict[str, str]:
    """Position -> item, of every position of *skus* of which any source tells a figure."""
    rows = await tx.execute(_LYING, {"tenant": tenant, "skus": sorted(skus)})
    return {row.root_id: row.sku for row in rows}


async def reservations_of(tx: Tx, tenant: str, roots: Collection[str]) -> list[ReservationRow]:
    """Everything ever held back for *roots*, held until the transaction ends."""
    found = await tx.scalars(_OF_ROOTS, {"tenant": tenant, "roots": sorted(roots)})
    return [decode(said, ReservationRow) for said in found]


async def waiting_for(tx: Tx, tenant: str, skus: Collection[str]) -> list[Waiting]:
    """What orders wait for, of *skus*."""
    rows = await tx.execute(_WAITING, {"tenant": tenant, "skus": sorted(skus)})
    return [Waiting(root_id=row.root_id, sku=row.sku, quantity=row.quantity) for row in rows]


async def queued_for(tx: Tx, tenant: str, skus: Collection[str]) -> set[str]:
    """Those of *skus* that any order waits for."""
    return set(await tx.scalars(_QUEUED, {"tenant": tenant, "skus": sorted(skus)}))


async def first_in_queue(tx: Tx, tenant: str, free: Mapping[str, Decimal]) -> set[str]:
    """The oldest orders that wait for items of which so many units are *free*: as many as those serve, and a few more.

    An order that takes nothing until all is there counts as one unit.
    """
    named = {sku: format(units, "f") for sku, units in sorted(free.items()) if units > 0}
    if not named:
        return set()
    asked = {"tenant": tenant, "free": written(named), "more": A_FEW, "most": MOST_ROUSED}
    return set(await tx.scalars(_QUEUE, asked))


async def warehouses_of(tx: Tx, tenant: str, codes: Collection[str]) -> dict[str, Warehouse]:
    """The warehouses of *codes* that some system has described."""
    named = {"tenant": tenant, "scheme": WAREHOUSE_CODE, "codes": sorted(codes)}
    return {row.value: typed(row.doc, Warehouse) for row in await tx.execute(_PLACES, named)}
