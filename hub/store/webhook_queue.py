"""SQL of webhook deliveries: one row per change and endpoint, in order per root (`hub.partners`)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text

from hub.codec import typed
from hub.model.changes import Change
from hub.model.partners import WebhookAttempt, WebhookDelivery
from hub.store.rows import Batch
from hub.store.tx import Tx

TOO_OLD = "the endpoint was disabled for as long as deliveries are kept"


@dataclass(frozen=True, slots=True, kw_only=True)
class Queued:
    """A change that an endpoint wants."""

    id: str
    endpoint_id: str
    root_id: str
    position: int
    event_id: str
    event: str
    seen_as: str
    """The sort of change it is to the endpoint."""
    change: Change


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A delivery that was claimed."""

    id: str
    attempts: int
    """Before this one."""
    seen_as: str
    change: Change


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What one attempt led to."""

    id: str
    state: str
    status_code: int | None
    error: str | None
    wait: float
    """Seconds to the next attempt."""
    attempt: WebhookAttempt


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """Deliveries that somebody points at: each of these."""

    ids: tuple[str, ...] = ()
    since: datetime | None = None
    """All that were queued from then on."""
    dead: bool = False
    """All that are dead."""


_QUEUE: Batch[Queued] = Batch(
    "id text, endpoint_id text, root_id text, position bigint, event_id text, event text, seen_as text, change jsonb",
    """
insert into webhook_delivery (tenant, $columns)
select :tenant, $columns from $rows where exists (
  select from webhook_endpoint e where e.tenant = :tenant and e.id = x.endpoint_id)
on conflict (tenant, endpoint_id, event_id) do nothing
""",
)
# The head of each lane (endpoint, root) alone: what is before it has ended, or was given up.
# Materialized: a subquery that is joined may run more than once, each time with the next rows.
_CLAIM = text("""
with head as materialized (
  select d.id from webhook_delivery d
  where d.tenant = :tenant and d.endpoint_id = :endpoint and d.state = 'PENDING'
    and d.next_attempt_at <= clock_timestamp() and (d.claimed_until is null or d.claimed_until <= clock_timestamp())
    and not exists (
      select from webhook_delivery p where p.tenant = d.tenant and p.endpoint_id = d.endpoint_id
        and p.root_id = d.root_id and p.position < d.position and p.state in ('PENDING', 'DEAD'))
  order by d.position limit :size for update skip locked)
update webhook_delivery d set claimed_until = clock_timestamp() + :lease from head
where d.tenant = :tenant and d.id = head.id
returning d.id, d.attempts, d.seen_as, d.change, d.position
""")
_SETTLE: Batch[Tried] = Batch(
    "id text, state text, status_code int, error text, wait float8, attempt jsonb",
    """
update webhook_delivery d set state = x.state, attempts = d.attempts + 1, status_code = x.status_code, error = x.error,
  next_attempt_at = clock_timestamp() + x.wait * interval '1 second', claimed_until = null,
  settled_at = case when x.state = 'PENDING' then null else clock_timestamp() end,
  log = (case when jsonb_array_length(d.log) >= 20 then d.log - 0 else d.log end) || x.attempt
from $rows where d.tenant = :tenant and d.id = x.id and d.state = 'PENDING'
""",
)
_AGAIN = text("""
update webhook_delivery set state = 'PENDING', attempts = 0, error = null, settled_at = null, claimed_until = null,
  next_attempt_at = clock_timestamp()
where tenant = :tenant and endpoint_id = :endpoint and state <> 'PENDING'
  and (id = any (:ids) or (cast(:since as timestamptz) is not null and created_at >= :since)
       or (:dead and state = 'DEAD'))
""").bindparams(bindparam("ids", type_=ARRAY(Text)))
_GIVE_UP = text("""
update webhook_delivery set state = 'WITHDRAWN', settled_at = clock_timestamp(), claimed_until = null
where tenant = :tenant and endpoint_id = :endpoint and state in ('PENDING', 'DEAD') and id = any (:ids)
""").bindparams(bindparam("ids", type_=ARRAY(Text)))
_LIST = text("""
select id, event_id, event, state, attempts, status_code, error, log, created_at, settled_at, position,
  case when state = 'PENDING' then next_attempt_at end as next_attempt_at
from webhook_delivery
where tenant = :tenant and endpoint_id = :endpoint and (cast(:state as text) is null or state = :state)
  and (cast(:position as bigint) is null or position < :position)
order by position desc limit :size
""")
# What has ended goes after a while; what is dead stays until somebody decides.
_EXPIRE = text("""
delete from webhook_delivery where (tenant, id) in (
  select tenant, id from webhook_delivery
  where settled_at < clock_timestamp() - cast(:keep as interval) and state <> 'DEAD' limit :size)
""")
# The queue of an endpoint that is called no more would grow for ever: what is too old is given up, and can be replayed
# until it goes as all that has ended does.
_GIVE_UP_OLD = text("""
update webhook_delivery set state = 'WITHDRAWN', settled_at = clock_timestamp(), claimed_until = null, error = :why
where (tenant, id) in (
  select d.tenant, d.id from webhook_endpoint e
    join webhook_delivery d on d.tenant = e.tenant and d.endpoint_id = e.id and d.state = 'PENDING'
  where e.state = 'DISABLED' and d.created_at < clock_timestamp() - cast(:keep as interval)
  limit :size for update of d skip locked)
""")
_COUNT = text("""
select e.name, count(*) filter (where d.state = 'PENDING') as waiting, count(*) filter (where d.state = 'DEAD') as dead
from webhook_endpoint e left join webhook_delivery d
  on d.tenant = e.tenant and d.endpoint_id = e.id and d.state in ('PENDING', 'DEAD')
where e.tenant = :tenant group by e.name
""")


async def queue(tx: Tx, tenant: str, rows: Sequence[Queued]) -> None:
    """Let them be delivered; repeating it changes nothing."""
    await _QUEUE.write(tx, tenant, rows)


async def claim(tx: Tx, tenant: str, endpoint_id: str, size: int, lease: timedelta) -> Sequence[Due]:
    """The first of each root that waits for an endpoint, at most *size*, kept from other workers for *lease*."""
    given = {"tenant": tenant, "endpoint": endpoint_id, "size": size, "lease": lease}
    rows = sorted((await tx.execute(_CLAIM, given)).all(), key=lambda row: row.position)
    return [
        Due(id=row.id, attempts=row.attempts, seen_as=row.seen_as, change=typed(row.change, Change)) for row in rows
    ]


async def settle(tx: Tx, tenant: str, tried: Sequence[Tried]) -> None:
    """Keep what attempts led to; a delivery that somebody has given up meanwhile stays so."""
    await _SETTLE.write(tx, tenant, tried)


async def send_again(tx: Tx, tenant: str, endpoint_id: str, chosen: Chosen) -> int:
    """Let those of the chosen that have ended go out again, in their order; how many."""
    given = {"ids": sorted(chosen.ids), "since": chosen.since, "dead": chosen.dead}
    return (await tx.execute(_AGAIN, {"tenant": tenant, "endpoint": endpoint_id} | given)).rowcount


async def give_up(tx: Tx, tenant: str, endpoint_id: str, ids: Collection[str]) -> int:
    """Give up deliveries that have not been taken, so that what follows goes on."""
    return (await tx.execute(_GIVE_UP, {"tenant": tenant, "endpoint": endpoint_id, "ids": sorted(ids)})).rowcount


async def deliveries(
    tx: Tx, tenant: str, endpoint_id: str, state: str | None, edge: tuple[int, int | None]
) -> Sequence[tuple[int, WebhookDelivery]]:
    """Deliveries of an endpoint with their positions, the newest first; *edge*: (how many, before which position)."""
    size, before = edge
    given = {"tenant": tenant, "endpoint": endpoint_id, "state": state, "size": size, "position": before}
    return [_told(row) for row in (await tx.execute(_LIST, given)).mappings()]


async def expire(tx: Tx, keep: timedelta, size: int) -> int:
    """Drop what ended longer ago than *keep*, at most *size*; how many went."""
    return (await tx.execute(_EXPIRE, {"keep": keep, "size": size})).rowcount


async def give_up_old(tx: Tx, keep: timedelta, size: int) -> int:
    """Give up what waits longer than *keep* for endpoints that are disabled, at most *size*; how many."""
    return (await tx.execute(_GIVE_UP_OLD, {"keep": keep, "size": size, "why": TOO_OLD})).rowcount


async def backlog(tx: Tx, tenant: str) -> dict[str, tuple[int, int]]:
    """By name of the endpoint: how many deliveries wait, how many are dead."""
    rows = (await tx.execute(_COUNT, {"tenant": tenant})).all()
    return {row.name: (row.waiting, row.dead) for row in rows}


def _told(row: Any) -> tuple[int, WebhookDelivery]:  # Any: a row as a mapping
    said = dict(row)
    return said.pop("position"), typed(said, WebhookDelivery)
