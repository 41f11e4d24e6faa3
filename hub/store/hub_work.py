"""Deliveries to the hub itself: what one root wants of another, found again until it is settled."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text

from hub.errors import Overtaken
from hub.model.effects import Effect
from hub.model.schemes import ORDER_CODE
from hub.store.deliveries import effect_in
from hub.store.tx import Tx

_WAITING = text("""
select tenant, id, root_id, action, content, attempts, correlation_id from delivery
where tenant = any (:tenants) and source = 'hub' and state = 'PENDING' and next_attempt_at <= clock_timestamp()
order by priority, next_attempt_at, id limit :room
""").bindparams(bindparam("tenants", type_=ARRAY(Text)))
_STANDS = text("select id from delivery where tenant = :tenant and id = :id and state = 'PENDING' for share")
_BEARER = text("""
select e.id, e.doc ->> 'status' as status from identity i
join entity e on e.tenant = i.tenant and e.kind = 'ORDER' and e.id = i.entity_id
where i.tenant = :tenant and i.scheme = :scheme and i.source = 'hub' and i.value = :value limit 1
""")


@dataclass(frozen=True, slots=True, kw_only=True)
class HubWork:
    """A delivery that the hub carries out itself."""

    tenant: str
    id: str
    root_id: str
    content: Effect
    attempts: int
    correlation_id: str


async def waiting_work(tx: Tx, tenants: Collection[str], room: int) -> list[HubWork]:
    """What is due of some tenants, at most *room*."""
    rows = (await tx.execute(_WAITING, {"tenants": sorted(tenants), "room": room})).all()
    return [
        HubWork(
            tenant=row.tenant,
            id=row.id,
            root_id=row.root_id,
            content=effect_in(row.action, row.content),
            attempts=row.attempts,
            correlation_id=row.correlation_id,
        )
        for row in rows
    ]


async def still_wanted(tx: Tx, tenant: str, delivery_id: str) -> None:
    """Return if the delivery waits, and let nobody withdraw it until this transaction ends. Raises Overtaken."""
    if await tx.scalar(_STANDS, {"tenant": tenant, "id": delivery_id}) is None:
        message = "it is not wanted any more, or was done meanwhile"
        raise Overtaken(message, source="hub")


async def numbered_by_hub(tx: Tx, tenant: str, number: str) -> tuple[str, str] | None:
    """(id, status) of the order that bears a number of the hub's; None where there is none."""
    named = {"tenant": tenant, "scheme": ORDER_CODE, "value": number}
    row = (await tx.execute(_BEARER, named)).first()
    return None if row is None else (row.id, row.status)
