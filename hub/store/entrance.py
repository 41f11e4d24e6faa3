"""What is known of everything that submitted orders name, in one statement."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text

from hub.codec import written
from hub.model.schemes import PRODUCT_SKU
from hub.store.reading import VISIBLE
from hub.store.tx import Tx

_KNOWN = text(
    """
with asked as materialized (
  select * from json_to_recordset(cast(:asked as json))
    as a(number int, account text, customer text, client text, operation text, key text)
)
select a.number, clock_timestamp() as now, c.doc as customer, c.account, c.keys as customer_keys,
  exists (select from entity where tenant = :tenant and kind = 'PRODUCT') as knows_products,
  exists (
    select from command k
    where k.tenant = :tenant and k.client = a.client and k.operation = a.operation and k.key = a.key
  ) as is_claimed,
  case when a.number = 0 then (
    select coalesce(json_agg(json_build_object('sku', p.value, 'doc', p.doc)), '[]')::text
    from unnest(cast(:skus as text[])) as named(sku) cross join lateral (
      select i.value, e.doc
      from (
        select * from identity i where i.tenant = :tenant and i.scheme = '$scheme' and i.value = named.sku offset 0
      ) i cross join lateral (
        select * from entity e where e.tenant = :tenant and e.kind = 'PRODUCT' and e.id = i.entity_id offset 0
      ) e
      where e.redirect_to is null limit 1
    ) p
  ) end as products
from asked a left join lateral (
  select e.doc::text, e.account, array(
      select i.scheme || ' ' || i.value from identity i
      where i.tenant = :tenant and i.entity_id = e.id and i.kind = 'CUSTOMER' and i.scheme like '%.CUSTOMER.id'
      order by 1
    ) as keys
  from (
    select * from entity e where e.tenant = :tenant and e.kind = 'CUSTOMER' and e.id = a.customer offset 0
  ) e where e.redirect_to is null and $visible
) c on true
order by a.number
""".replace("$scheme", PRODUCT_SKU).replace("$visible", VISIBLE.replace(":account", "a.account"))
).bindparams(bindparam("skus", type_=ARRAY(Text)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What one order names."""

    customer: str = ""
    account: str | None = None
    """Path that its caller is confined to."""
    client: str = ""
    operation: str = ""
    key: str = ""
    """With client and operation: the idempotency claim."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the statement found of one order's."""

    now: datetime
    customer: str | None
    """The customer's document as JSON; None where there is none such that the caller may see."""
    account: str | None
    customer_keys: tuple[str, ...]
    """Scheme and value of the own ids that its sources know the customer by."""
    is_claimed: bool
    """Whether the idempotency key was used before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AllKnown:
    """What the statement found."""

    orders: tuple[Known, ...]
    """As they were asked for."""
    products: str
    """JSON: item code and document of each item that is known."""
    knows_products: bool
    """Whether the tenant has any item at all."""


async def known_of(tx: Tx, tenant: str, asked: Sequence[Asked], skus: Collection[str]) -> AllKnown:
    """What is known of everything that some orders name, *skus* in all of them. One statement."""
    said = [
        {"number": number, "account": one.account, "customer": one.customer, "client": one.client,
         "operation": one.operation, "key": one.key}
        for number, one in enumerate(asked)
    ]  # fmt: skip
    named = {"tenant": tenant, "asked": written(said), "skus": sorted(skus)}
    rows = (await tx.execute(_KNOWN, named)).all()
    return AllKnown(
        orders=tuple(
            Known(
                now=row.now,
                customer=row.customer,
                account=row.account,
                customer_keys=tuple(row.customer_keys or ()),
                is_claimed=row.is_claimed,
            )
            for row in rows
        ),
        products=rows[0].products,
        knows_products=rows[0].knows_products,
    )
