"""Raw deliveries: written before they are acknowledged, deduped, digested later, dead where nothing can read them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import LargeBinary, Text

from hub.codec import written
from hub.store.tx import Tx

_PUT = text("""
insert into inbox (id, tenant, source, delivery_id, headers, body, correlation_id)
values (:id, :tenant, :source, :delivery_id, cast(:headers as jsonb), :body, :correlation_id)
on conflict (tenant, source, delivery_id) do nothing returning id
""")
_PUT_ALL = text("""
insert into inbox (id, tenant, source, delivery_id, headers, body, correlation_id, received_at)
select g.id, :tenant, g.source, g.delivery_id, cast(g.headers as jsonb), g.body, g.correlation_id,
  statement_timestamp() + g.number * interval '1 microsecond'
from unnest(:ids, :sources, :delivery_ids, :headers, :bodies, :correlations) with ordinality
  as g (id, source, delivery_id, headers, body, correlation_id, number)
order by g.number
on conflict (tenant, source, delivery_id) do nothing returning id
""").bindparams(
    *(bindparam(name, type_=ARRAY(Text)) for name in ("ids", "sources", "delivery_ids", "headers", "correlations")),
    bindparam("bodies", type_=ARRAY(LargeBinary)),
)
# A taken row is invisible to other workers for a while; whoever dies with it leaves it to the next.
_TAKE = text("""
update inbox set attempts = attempts + 1, next_attempt_at = clock_timestamp() + :invisible
where id in (select id from inbox where state = 'PENDING' and next_attempt_at <= clock_timestamp()
             order by received_at, id limit :size for update skip locked)
returning id, tenant, source, headers, body, attempts, correlation_id, received_at
""")
_LATER = text("""
update inbox set next_attempt_at = clock_timestamp() + :wait, error = :error, error_class = :error_class
where id = :id and state = 'PENDING'
""")
_DEAD = text("""
update inbox set state = 'DEAD', error = :error, error_class = :error_class where id = :id and state = 'PENDING'
""")


_END = text("""
update inbox set state = 'DONE', error = null, error_class = null where tenant = :tenant and id = any (:ids)
""").bindparams(bindparam("ids", type_=ARRAY(Text)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A delivery as it came in."""

    id: str
    tenant: str
    source: str
    delivery_id: str
    """What makes a repetition the same delivery."""
    headers: Mapping[str, str]
    body: bytes
    correlation_id: str
    attempts: int = 0


async def put_arrival(tx: Tx, arrival: Arrival) -> bool:
    """Keep a delivery; False where it was kept before."""
    row = await tx.execute(
        _PUT,
        {
            "id": arrival.id,
            "tenant": arrival.tenant,
            "source": arrival.source,
            "delivery_id": arrival.delivery_id,
            "headers": written(dict(arrival.headers)),
            "body": arrival.body,
            "correlation_id": arrival.correlation_id,
        },
    )
    return row.first() is not None


async def put_arrivals(tx: Tx, tenant: str, arrivals: Sequence[Arrival]) -> frozenset[str]:
    """Keep deliveries of one tenant in their order, in one statement; the ids of those that were not kept before."""
    if not arrivals:
        return frozenset()
    columns = {
        "ids": [one.id for one in arrivals],
        "sources": [one.source for one in arrivals],
        "delivery_ids": [one.delivery_id for one in arrivals],
        "headers": [written(dict(one.headers)) for one in arrivals],
        "bodies": [one.body for one in arrivals],
        "correlations": [one.correlation_id for one in arrivals],
    }
    return frozenset(await tx.scalars(_PUT_ALL, {"tenant": tenant} | columns))


async def take_arrivals(tx: Tx, size: int, invisible: timedelta) -> Sequence[Arrival]:
    """The oldest due deliveries of all tenants, each attempt counted; hidden from others for *invisible*."""
    rows = (await tx.execute(_TAKE, {"size": size, "invisible": invisible})).all()
    return [
        Arrival(
            id=row.id,
            tenant=row.tenant,
            source=row.source,
            delivery_id="",
            headers=row.headers,
            body=row.body,
            correlation_id=row.correlation_id,
            attempts=row.attempts,
        )
        for row in sorted(rows, key=lambda row: (row.received_at, row.id))
    ]


async def retry_arrival(tx: Tx, arrival_id: str, wait: timedelta, error: str, error_class: str) -> None:
    """Leave a delivery for a later attempt."""
    await tx.execute(_LATER, {"id": arrival_id, "wait": wait, "error": error, "error_class": error_class})


async def bury_arrival(tx: Tx, arrival_id: str, error: str, error_class: str) -> None:
    """A delivery that nothing can read: DEAD, seen as a dead letter."""
    await tx.execute(_DEAD, {"id": arrival_id, "error": error, "error_class": error_class})


async def end_arrivals(tx: Tx, tenant: str, ids: Sequence[str]) -> None:
    """Digested: written by the one writer, with what the deliveries said."""
    if ids:
        await tx.execute(_END, {"tenant": tenant, "ids": list(ids)})
