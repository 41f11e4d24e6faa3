"""What is known of everything that a submitted order names, in one statement."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text

from hub.model.schemes import PRODUCT_SKU
from hub.store.reading import VISIBLE
from hub.store.tx import Tx

_KNOWN = text(
    """
select clock_timestamp() as now, c.doc as customer, c.account, (
    select coalesce(json_agg(json_build_object('sku', p.value, 'doc', p.doc)), '[]')::text from (
      select distinct on (i.value) i.value, e.doc
      from unnest(cast(:skus as text[])) as asked(sku)
        join identity i on i.tenant = :tenant and i.scheme = '$scheme' and i.value = asked.sku
        join entity e on e.tenant = :tenant and e.kind = 'PRODUCT' and e.id = i.entity_id and e.redirect_to is null
      order by i.value
    ) p
  ) as products,
  array(
    select i.scheme || ' ' || i.value from identity i
    where i.tenant = :tenant and i.entity_id = c.id and i.kind = 'CUSTOMER' and i.scheme like '%.CUSTOMER.id'
    order by 1
  ) as customer_keys,
  exists (select from entity where tenant = :tenant and kind = 'PRODUCT') as knows_products,
  exists (select from command where tenant = :tenant and client = :client and operation = :operation and key = :key)
    as is_claimed
from (select 1) one left join (
  select e.id, e.doc::text, e.account from entity e
  where e.tenant = :tenant and e.kind = 'CUSTOMER' and e.id = :customer and e.redirect_to is null and $visible
) c on true
""".replace("$scheme", PRODUCT_SKU).replace("$visible", VISIBLE)
).bindparams(bindparam("skus", type_=ARRAY(Text)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the statement found."""

    now: datetime
    customer: str | None
    """The customer's document as JSON; None where there is none such that the caller may see."""
    account: str | None
    customer_keys: tuple[str, ...]
    """Scheme and value of the own ids that its sources know the customer by."""
    products: str
    """JSON: item code and document of each item that is known."""
    knows_products: bool
    """Whether the tenant has any item at all."""
    is_claimed: bool
    """Whether the idempotency key was used before."""


async def known_of(
    tx: Tx, scope: tuple[str, str | None], customer: str, skus: Collection[str], claim: tuple[str, str, str]
) -> Known:
    """What is known of a customer and of item codes, seen by *scope* (tenant, account); *claim* as in `accepted`."""
    tenant, account = scope
    client, operation, key = claim
    named = {
        "tenant": tenant, "account": account, "customer": customer, "skus": sorted(skus),
        "client": client, "operation": operation, "key": key,
    }  # fmt: skip
    row = (await tx.execute(_KNOWN, named)).one()
    return Known(
        now=row.now,
        customer=row.customer,
        account=row.account,
        customer_keys=tuple(row.customer_keys),
        products=row.products,
        knows_products=row.knows_products,
        is_claimed=row.is_claimed,
    )
