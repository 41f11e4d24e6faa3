"""Which roots are to be looked at: those that are due, or all of some sort."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text

from hub.model.schemes import PRODUCT_SKU
from hub.model.vocabulary import Kind
from hub.store.tx import Tx

_DUE = text("""
select tenant, id from root where wake_at <= clock_timestamp() and tenant = any(:tenants) order by wake_at limit :size
""").bindparams(bindparam("tenants", type_=ARRAY(Text)))

_FITTING = """
from root o where o.tenant = :tenant and o.kind not in ('INVENTORY', 'SOURCE')
  and (cast(:kind as text) is null or o.kind = :kind)
  and (cast(:source as text) is null or exists (
    select from entity e join record r on r.tenant = e.tenant and r.kind = e.kind and r.entity_id = e.id
    where e.tenant = o.tenant and e.root_id = o.id and r.source = :source))
"""
_COUNT = text(f"select count(*) {_FITTING}")
_AFTER = text(f"select o.id {_FITTING} and o.id > :after order by o.id limit :size")


_PRODUCTS = text("""
select distinct e.root_id from identity i
  join entity e on e.tenant = i.tenant and e.kind = 'PRODUCT' and e.id = i.entity_id and e.redirect_to is null
where i.tenant = :tenant and i.scheme = :scheme and i.value = any (:skus) and i.kind = 'PRODUCT'
""").bindparams(bindparam("skus", type_=ARRAY(Text)))
_ROUSE = text("""
with held as (select id from root where tenant = :tenant and id = any(:roots) order by id for update)
update root o set wake_at = least(coalesce(o.wake_at, clock_timestamp()), clock_timestamp())
from held h where o.tenant = :tenant and o.id = h.id
""").bindparams(bindparam("roots", type_=ARRAY(Text)))


async def rouse(tx: Tx, tenant: str, roots: Collection[str]) -> int:
    """Let *roots* be looked at at once (Flow-2); how many there are."""
    if not roots:
        return 0
    return int((await tx.execute(_ROUSE, {"tenant": tenant, "roots": sorted(roots)})).rowcount)


async def products_of(tx: Tx, tenant: str, skus: Collection[str]) -> set[str]:
    """Roots of the products that any source has of *skus*."""
    return set(await tx.scalars(_PRODUCTS, {"tenant": tenant, "scheme": PRODUCT_SKU, "skus": sorted(skus)}))


async def due_roots(tx: Tx, tenants: Collection[str], size: int) -> list[tuple[str, str]]:
    """(tenant, root) of at most *size* roots of *tenants* whose `wake_at` has passed, longest due first."""
    return [(row.tenant, row.id) for row in await tx.execute(_DUE, {"tenants": list(tenants), "size": size})]


async def count_roots(tx: Tx, tenant: str, kind: Kind | None, source: str | None) -> int:
    """How many roots of entities there are, of one kind, or of which one source tells."""
    found: int = await tx.scalar(_COUNT, {"tenant": tenant, "kind": kind and kind.value, "source": source})
    return found


async def roots_after(
    tx: Tx, tenant: str, fitting: tuple[Kind | None, str | None], after: str, size: int
) -> tuple[str, ...]:
    """The next of those roots, by id; *fitting*: (kind, source)."""
    kind, source = fitting
    named = {"tenant": tenant, "kind": kind and kind.value, "source": source, "after": after, "size": size}
    return tuple(await tx.scalars(_AFTER, named))
