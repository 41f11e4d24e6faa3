"""SQL of notices: one milestone, one customer, one channel, once; and what customers agreed to (`hub.notices`)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text

from hub.codec import typed
from hub.model.notices import Notice, NoticePreference
from hub.store.rows import Batch
from hub.store.tx import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class ToTell:
    """A milestone that a customer may be told of."""

    id: str
    milestone: str
    kind: str
    entity_id: str
    """What it is about; of a shipment that bears several orders one of them (`of_order`)."""
    root_id: str
    channel: str
    customer_id: str | None
    correlation_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """A notice that this worker tells now."""

    tenant: str
    id: str
    milestone: str
    kind: str
    entity_id: str
    root_id: str
    channel: str
    customer_id: str | None
    correlation_id: str
    attempts: int
    """This one included: nobody else claims it under this number."""


# A shipment that was told to the one order it was known to bear is not told again to each of several.
_PUT: Batch[ToTell] = Batch(
    "id text, milestone text, kind text, entity_id text, root_id text, channel text, customer_id text,"
    " correlation_id text",
    """
insert into notice (tenant, $columns) select :tenant, $columns from $rows where not exists (
  select from notice n where n.tenant = :tenant and n.milestone = x.milestone and n.channel = x.channel
    and n.entity_id = split_part(x.entity_id, '/', 1) and n.entity_id <> x.entity_id)
on conflict (tenant, milestone, entity_id, channel) do nothing
""",
)
_CLAIM = text("""
with due as materialized (
  select tenant, id from notice where state = 'PENDING' and next_attempt_at <= clock_timestamp()
    and (claimed_until is null or claimed_until <= clock_timestamp())
  order by next_attempt_at limit :size for update skip locked)
update notice n set claimed_until = clock_timestamp() + :lease, attempts = n.attempts + 1 from due
where n.tenant = due.tenant and n.id = due.id
returning n.tenant, n.id, n.milestone, n.kind, n.entity_id, n.root_id, n.channel, n.customer_id, n.correlation_id,
  n.attempts
""")
# By number of the attempt: whoever was slower than its claim finds that the notice is another's by now.
_HAND = text("""
update notice set state = 'HANDED' where tenant = :tenant and id = :id and attempts = :attempts and state = 'PENDING'
  and claimed_until > clock_timestamp() + :spare returning id
""")
_SETTLE = text("""
update notice set state = :state, error = :error, claimed_until = null,
  next_attempt_at = clock_timestamp() + make_interval(secs => :wait),
  settled_at = case when :state = 'PENDING' then null else clock_timestamp() end
where tenant = :tenant and id = :id and attempts = :attempts and state in ('PENDING', 'HANDED')
""")
# Whoever handed it over has died, or was cut off: nobody knows.
_LOST = text("""
update notice set state = 'UNKNOWN', settled_at = clock_timestamp(), claimed_until = null, error = :error
where state = 'HANDED' and claimed_until <= clock_timestamp()
""")
_LIST = text("""
select id, milestone, channel, state, attempts, error, created_at, settled_at from notice
where tenant = :tenant and root_id = any (:roots) order by created_at, id limit 100
""").bindparams(bindparam("roots", type_=ARRAY(Text)))
_STATES = text("select id, state from notice where tenant = :tenant and id = any (:ids) for update").bindparams(
    bindparam("ids", type_=ARRAY(Text))
)
# Its number of attempts goes on: whoever still tells it under the former one may note that it arrived after all.
_AGAIN = text("""
update notice set state = 'PENDING', error = null, settled_at = null, claimed_until = null,
  next_attempt_at = clock_timestamp()
where tenant = :tenant and id = any (:ids)
""").bindparams(bindparam("ids", type_=ARRAY(Text)))
_CHOOSE = text("""
insert into notice_choice as n (tenant, customer_id, channel, wants, language, actor)
values (:tenant, :customer_id, :channel, :wants, :language, :actor)
on conflict (tenant, customer_id, channel) do update set wants = excluded.wants, language = excluded.language,
  actor = excluded.actor, decided_at = clock_timestamp()
""").bindparams(bindparam("wants", type_=ARRAY(Text)))
_CHOICES = text("""
select channel, coalesce(wants, '{}') as wants, language, actor, decided_at from notice_choice
where tenant = :tenant and customer_id = :customer_id order by channel
""")


def of_order(shipment_id: str, order_id: str) -> str:
    """A shipment as one of the orders that it bears is told of it."""
    return f"{shipment_id}/{order_id}"


def about(entity_id: str) -> tuple[str, str | None]:
    """What a notice is about, and which order of it; None: the only one."""
    entity, _, order = entity_id.partition("/")
    return entity, order or None


async def put_notices(tx: Tx, tenant: str, rows: Sequence[ToTell]) -> None:
    """Let them be told; what is known already stays as it is."""
    await _PUT.write(tx, tenant, rows)


async def claim_notices(tx: Tx, size: int, lease: timedelta) -> Sequence[Claimed]:
    """Some that are due, kept from other workers for *lease*."""
    return [Claimed(**row) for row in (await tx.execute(_CLAIM, {"size": size, "lease": lease})).mappings()]


async def hand_over(tx: Tx, notice: Claimed, spare: timedelta) -> bool:
    """Note that it is handed over now; False where the claim would not last for *spare* more: then it may not be."""
    given = {"tenant": notice.tenant, "id": notice.id, "attempts": notice.attempts, "spare": spare}
    return await tx.scalar(_HAND, given) is not None


async def settle_notice(tx: Tx, notice: Claimed, state: str, error: str | None, wait: float) -> None:
    """Keep what became of it; PENDING: to be tried again after *wait* seconds."""
    given = {"tenant": notice.tenant, "id": notice.id, "attempts": notice.attempts}
    await tx.execute(_SETTLE, given | {"state": state, "error": error, "wait": wait})


async def lose_notices(tx: Tx, error: str) -> int:
    """Those whose worker is gone while it handed them over are UNKNOWN from now on; how many."""
    return (await tx.execute(_LOST, {"error": error})).rowcount


async def notices_of(tx: Tx, tenant: str, roots: Sequence[str]) -> Sequence[Notice]:
    """What was told under roots, oldest first, at most 100."""
    rows = (await tx.execute(_LIST, {"tenant": tenant, "roots": list(roots)})).mappings()
    return [typed(dict(row), Notice) for row in rows]


async def states_of(tx: Tx, tenant: str, ids: Collection[str]) -> dict[str, str]:
    """How far notices are, by id, locked; one that there is not is left out."""
    rows = await tx.execute(_STATES, {"tenant": tenant, "ids": sorted(ids)})
    return {row.id: row.state for row in rows}


async def tell_again(tx: Tx, tenant: str, ids: Collection[str]) -> None:
    """Let notices that have ended be told once more."""
    await tx.execute(_AGAIN, {"tenant": tenant, "ids": sorted(ids)})


async def put_choice(tx: Tx, named: tuple[str, str, str], wants: Sequence[str], said: tuple[str | None, str]) -> None:
    """Keep what a customer wants; *named*: (tenant, customer, channel), *said*: (language, who says so)."""
    tenant, customer_id, channel = named
    language, actor = said
    given = {"tenant": tenant, "customer_id": customer_id, "channel": channel, "wants": list(wants)}
    await tx.execute(_CHOOSE, given | {"language": language, "actor": actor})


async def choices_of(tx: Tx, tenant: str, customer_id: str) -> Sequence[NoticePreference]:
    """What a customer wants, by channel."""
    rows = (await tx.execute(_CHOICES, {"tenant": tenant, "customer_id": customer_id})).mappings()
    return [typed(dict(row), NoticePreference) for row in rows]
