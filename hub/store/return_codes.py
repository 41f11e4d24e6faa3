"""How an order is named, and which of its returns' names are taken, in one statement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text

from hub.model.schemes import ORDER_CODE, RETURN_CODE
from hub.store.tx import Tx

_NAMED = text(
    """
with named as materialized (
  select e.number, (
    select i.value from identity i
    where i.tenant = :tenant and i.kind = 'ORDER' and i.entity_id = e.id and i.scheme = '$order'
    order by i.value <> e.number, i.value limit 1
  ) as code, (
    select i.scheme || ' ' || i.value from identity i
    where i.tenant = :tenant and i.kind = 'ORDER' and i.entity_id = e.id and i.scheme like '%.ORDER.id'
    order by 1 limit 1
  ) as own
  from entity e where e.tenant = :tenant and e.kind = 'ORDER' and e.id = :order
)
select clock_timestamp() as now, n.number, n.code, n.own, array(
    select i.value from identity i where i.tenant = :tenant and i.scheme = '$return'
      and starts_with(i.value, coalesce(n.code, n.number) || '-R')
    union select l.value from link l where l.tenant = :tenant and l.scheme = '$return'
      and starts_with(l.value, coalesce(n.code, n.number) || '-R')
  ) as taken, exists (
    select from command where tenant = :tenant and client = :client and operation = :operation and key = :key
  ) as is_claimed
from named n
""".replace("$order", ORDER_CODE).replace("$return", RETURN_CODE)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderNamed:
    """How an order is named."""

    now: datetime
    number: str
    code: str | None
    """What its systems store to name it by."""
    own: str | None
    """Scheme and value of the id that one of its sources knows it by."""
    taken: tuple[str, ...]
    """Names of its returns that somebody bears or refers to."""
    is_claimed: bool
    """Whether the idempotency key was used before."""


async def order_named(tx: Tx, tenant: str, order_id: str, claim: tuple[str, str, str]) -> OrderNamed | None:
    """How an order is named; None where there is none. *claim* as in `accepted`."""
    client, operation, key = claim
    named = {"tenant": tenant, "order": order_id, "client": client, "operation": operation, "key": key}
    row = (await tx.execute(_NAMED, named)).one_or_none()
    if row is None:
        return None
    return OrderNamed(
        now=row.now, number=row.number, code=row.code, own=row.own, taken=tuple(row.taken), is_claimed=row.is_claimed
    )
