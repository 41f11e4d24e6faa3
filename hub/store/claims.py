"""Claiming deliveries: compare-and-set under the owner's epoch, lane by lane, attempts counted (design D7, D8).

What becomes of a claimed row is settled by the one writer alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text

from hub.model.intents import DeliveryState, Intent, IntentOf, Mode
from hub.model.vocabulary import Kind
from hub.store.deliveries import effect_in
from hub.store.leases import fence, overtaken
from hub.store.tx import Tx

_ROW = """d.id, d.root_id, d.source, d.kind, d.source_id, d.action, d.key, d.mode, d.priority, d.state, d.content,
  d.epoch, d.attempts, d.attempts_before, d.has_begun, d.command_id, d.correlation_id, d.traceparent, d.hold_until,
  d.next_attempt_at, clock_timestamp() as now"""
# Head of its lane: nothing in the lane was claimed and is open, and nothing older waits. Rows that apply has locked are
# left for the next turn. `running`: calls that have not answered, whatever became of their rows.
_CLAIM = text(f"""
with head as (
  select d.id from delivery d
  where d.tenant = :tenant and d.source = :source and d.state = 'PENDING' and d.next_attempt_at <= clock_timestamp()
    and (d.attempts = d.attempts_before or :may_retry)
    and not exists (select 1 from delivery o where o.tenant = d.tenant and o.root_id = d.root_id
      and o.source = d.source and (o.state in ('CLAIMED', 'UNKNOWN') or o.id = any (:running)
        or (o.state = 'PENDING' and (o.created_at, o.id) < (d.created_at, d.id))))
  order by d.priority, d.next_attempt_at, d.id limit :room for update of d skip locked)
update delivery d set state = 'CLAIMED', epoch = :epoch, attempts = d.attempts + 1, claimed_at = clock_timestamp(),
  updated_at = clock_timestamp()
from head where d.tenant = :tenant and d.id = head.id and d.state = 'PENDING' returning {_ROW}
""").bindparams(bindparam("running", type_=ARRAY(Text)))  # noqa: S608 (a constant is put in, no value)
_AGAIN = text(f"""
update delivery d set state = 'CLAIMED', epoch = :epoch, attempts = d.attempts + 1, claimed_at = clock_timestamp(),
  updated_at = clock_timestamp()
where d.tenant = :tenant and d.id = :id and d.state = 'UNKNOWN' and d.attempts = :attempt
  and d.hold_until <= clock_timestamp() returning {_ROW}
""")  # noqa: S608 (a constant is put in, no value)
_IN_DOUBT = text(f"""
select {_ROW} from delivery d
where d.tenant = :tenant and d.source = :source and d.id <> all (:running)
  and (d.state = 'UNKNOWN' and d.hold_until <= clock_timestamp()
       or d.state = 'ACCEPTED' and d.confirm_by <= clock_timestamp())
order by d.priority, d.hold_until, d.id limit :room
""").bindparams(bindparam("running", type_=ARRAY(Text)))  # noqa: S608 (a constant is put in, no value)
_LEFT = text(f"""
select {_ROW} from delivery d
where d.tenant = :tenant and d.source = :source and d.state in ('PENDING', 'CLAIMED', 'UNKNOWN', 'ACCEPTED')
  and (d.state <> 'CLAIMED' or d.epoch < :epoch) order by d.id limit :room
""")  # noqa: S608 (a constant is put in, no value)
_LANES = text("""
select epoch, lanes_from <= clock_timestamp() as are_free from lease
where tenant = :tenant and source = :source for share
""")
_ORPHANS = text(f"""
select {_ROW} from delivery d
where d.tenant = :tenant and d.source = :source and d.state = 'CLAIMED' and d.epoch < :epoch order by d.id
""")  # noqa: S608 (a constant is put in, no value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Owned:
    """In whose name rows are claimed."""

    tenant: str
    source: str
    epoch: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which rows an owner can take now."""

    room: int
    """At most so many."""
    running: Sequence[str] = ()
    """Deliveries whose calls have not answered, or may still be on their way: their lanes stand."""
    may_retry: bool = True
    """False: only what was never tried before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenDelivery:
    """A row as it stands, with what it wants done."""

    id: str
    root_id: str
    intent: Intent
    state: DeliveryState
    epoch: int
    attempts: int
    """The present or last attempt; the first is 1."""
    attempts_before: int = 0
    """Attempts at what it carried before."""
    has_begun: bool
    correlation_id: str
    traceparent: str | None = None
    """The W3C trace of who asked for it, where it sent one."""
    hold_until: datetime | None
    due_at: datetime
    """When it could be tried at the earliest."""
    now: datetime
    """When it was read or claimed, by the database's clock."""

    @property
    def tries(self) -> int:
        """Attempts at what it carries now."""
        return self.attempts - self.attempts_before


async def claim(tx: Tx, owned: Owned, wanted: Wanted) -> tuple[OpenDelivery, ...] | None:
    """The due heads of lanes, now CLAIMED, their attempt counted; first those of greater priority. Raises Overtaken.

    None while something of an older owner may still be on its way (D8).
    """
    lanes = (await tx.execute(_LANES, {"tenant": owned.tenant, "source": owned.source})).first()
    if lanes is None or lanes.epoch != owned.epoch:
        raise overtaken(owned.source, owned.epoch)
    if not lanes.are_free:
        return None
    terms = {"room": wanted.room, "running": list(wanted.running), "may_retry": wanted.may_retry}
    rows = (await tx.execute(_CLAIM, _named(owned) | terms)).all()
    return tuple(sorted((_opened(row) for row in rows), key=lambda one: (one.intent.priority, one.due_at, one.id)))


async def claim_again(tx: Tx, owned: Owned, row: OpenDelivery) -> OpenDelivery | None:
    """An UNKNOWN row, now CLAIMED with the same key, or None where it moved meanwhile. Raises Overtaken."""
    await fence(tx, owned.tenant, owned.source, owned.epoch)
    terms = {"tenant": owned.tenant, "epoch": owned.epoch, "id": row.id, "attempt": row.attempts}
    found = (await tx.execute(_AGAIN, terms)).first()
    return None if found is None else _opened(found)


async def in_doubt(tx: Tx, owned: Owned, wanted: Wanted) -> tuple[OpenDelivery, ...]:
    """Rows whose outcome may be asked for now: UNKNOWN past `hold_until`, ACCEPTED past `confirm_by`."""
    terms = {"tenant": owned.tenant, "source": owned.source, "room": wanted.room, "running": list(wanted.running)}
    return tuple(_opened(row) for row in (await tx.execute(_IN_DOUBT, terms)).all())


async def orphans(tx: Tx, owned: Owned) -> tuple[OpenDelivery, ...]:
    """Rows that owners before this one claimed and did not settle."""
    return tuple(_opened(row) for row in (await tx.execute(_ORPHANS, _named(owned))).all())


async def left_open(tx: Tx, owned: Owned, room: int) -> tuple[OpenDelivery, ...]:
    """Rows that would still move by themselves, whoever claimed them before this owner; at most *room*."""
    return tuple(_opened(row) for row in (await tx.execute(_LEFT, _named(owned) | {"room": room})).all())


def _named(owned: Owned) -> dict[str, object]:
    return {"tenant": owned.tenant, "source": owned.source, "epoch": owned.epoch}


def _opened(row: Row[Any]) -> OpenDelivery:
    return OpenDelivery(
        id=row.id,
        root_id=row.root_id,
        intent=IntentOf(
            source=row.source,
            kind=Kind(row.kind),
            source_id=row.source_id,
            action=row.action,
            key=row.key,
            content=effect_in(row.action, row.content),
            mode=Mode(row.mode),
            priority=row.priority,
            command_id=row.command_id,
        ),
        state=DeliveryState(row.state),
        epoch=row.epoch,
        attempts=row.attempts,
        attempts_before=row.attempts_before,
        has_begun=row.has_begun,
        correlation_id=row.correlation_id,
        traceparent=row.traceparent,
        hold_until=row.hold_until,
        due_at=row.next_attempt_at,
        now=row.now,
    )
