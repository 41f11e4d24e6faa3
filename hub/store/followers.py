"""SQL of followers: who reads the log by lease, how far, why one stands still, what was parked (engines.md 4.3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import text

from hub.store.changelog import LoggedChange, Place
from hub.store.rows import Batch
from hub.store.tx import Tx

_TAKE = text("""
insert into follower as f (name, holder, epoch, until) values (:name, :holder, 1, clock_timestamp() + :length)
on conflict (name) do update
set holder = excluded.holder, epoch = f.epoch + 1, until = clock_timestamp() + :length
where f.until is null or f.until <= clock_timestamp()
returning epoch
""")
_PLACE = text("select term, position from follower where name = :name")
# The first line that is kept: by its own place before it, so that nothing is skipped in silence.
_FIRST = text("""
select s.floor - 1 as position, (select t.term from sequencer_term t where t.first_position <= greatest(s.floor - 1, 1)
                                 order by t.number desc limit 1) as term
from sequencer s
""")
_RENEW = text("""
update follower set until = clock_timestamp() + :length where name = :name and epoch = :epoch returning epoch
""")
_SAVE = text("""
update follower set term = cast(:term as uuid), position = :position, error = null
where name = :name and epoch = :epoch returning epoch
""")
_SAY = text("update follower set error = :error where name = :name and epoch = :epoch")
_RELEASE = text("update follower set until = null, holder = null where name = :name and epoch = :epoch")
# A holder of the old epoch can save no more; it takes the follower again and begins where it is now told.
_REWIND = text("""
update follower set term = cast(:term as uuid), position = :position, error = null, epoch = epoch + 1, until = null
where name = :name returning position
""")
_TERM_AT = text("""
select s.floor, s.last, (
  select t.term from sequencer_term t where t.first_position <= greatest(cast(:position as bigint), 1)
  order by t.number desc limit 1) as term
from sequencer s
""")
_STANDS = text("""
select f.name, f.position, s.last - f.position as behind, f.error, f.holder,
  coalesce((select extract(epoch from clock_timestamp() - c.logged_at) from change_log c
            where c.position = f.position + 1), 0)::float8 as seconds,
  (select count(*) from parked p where p.follower = f.name) as parked
from follower f, sequencer s order by f.name
""")
_KEYS = text("select distinct tenant || '/' || root_id from parked where follower = :follower")
_PARKED = text("""
select tenant, root_id, position, type, error, parked_at from parked where follower = :follower
order by tenant, root_id, position limit :size
""")
_FREE = text("delete from parked where follower = :follower and position >= :position")


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkedRow:
    """A row of `parked`; `error` only where the change itself was refused, not what merely follows it."""

    follower: str
    position: int
    root_id: str
    event_id: str
    type: str
    error: str | None


_PARK: Batch[ParkedRow] = Batch(
    "follower text, position bigint, root_id text, event_id uuid, type text, error text",
    """
insert into parked (tenant, follower, position, root_id, event_id, type, error)
select :tenant, follower, position, root_id, event_id, type, error from $rows on conflict do nothing
""",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """How one follower does."""

    name: str
    position: int
    behind: int
    """Changes it has not yet handed on."""
    seconds: float
    """How long the oldest of them has been in the log."""
    error: str | None
    """Why it stands still, if it does."""
    holder: str | None
    """Who runs it."""
    parked: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Parked:
    """A change that was not handed on, for people."""

    tenant: str
    root_id: str
    position: int
    type: str
    error: str | None
    parked_at: datetime


async def take_follower(tx: Tx, name: str, holder: str, length: timedelta) -> int | None:
    """The follower under a new epoch; None while another holds it."""
    epoch: int | None = await tx.scalar(_TAKE, {"name": name, "holder": holder, "length": length})
    return epoch


async def place_of(tx: Tx, name: str) -> Place | None:
    """Where a follower stands: its saved place, else before the first line that is kept; None before any leadership."""
    row = (await tx.execute(_PLACE, {"name": name})).first()
    if row is None or row.term is None:
        row = (await tx.execute(_FIRST)).one()
    return None if row.term is None else Place(term=str(row.term), position=row.position)


async def renew_follower(tx: Tx, name: str, epoch: int, length: timedelta) -> bool:
    """Hold it for longer; False where another has taken it."""
    return await tx.scalar(_RENEW, {"name": name, "epoch": epoch, "length": length}) is not None


async def save_follower(tx: Tx, name: str, epoch: int, place: Place) -> bool:
    """Keep where it stands, and that it moves; False, with nothing kept, where another has taken it."""
    row = {"name": name, "epoch": epoch, "term": place.term, "position": place.position}
    return await tx.scalar(_SAVE, row) is not None


async def say_why(tx: Tx, name: str, epoch: int, error: str) -> None:
    """Why it stands still, for every process to tell."""
    await tx.execute(_SAY, {"name": name, "epoch": epoch, "error": error})


async def release_follower(tx: Tx, name: str, epoch: int) -> None:
    """Give it up for others to take."""
    await tx.execute(_RELEASE, {"name": name, "epoch": epoch})


async def rewind_follower(tx: Tx, name: str, position: int | None) -> int | None:
    """Let it hand on again everything from *position* (None: from the first line kept), what was parked included.

    The position it now begins after; None where there is no such follower or position.
    """
    first = (await tx.execute(_TERM_AT, {"position": 0})).one()
    before = first.floor - 1 if position is None else position - 1
    if not first.floor - 1 <= before <= first.last:
        return None
    term = (await tx.execute(_TERM_AT, {"position": before})).one().term
    await tx.execute(_FREE, {"follower": name, "position": before + 1})
    rewound: int | None = await tx.scalar(_REWIND, {"name": name, "term": term, "position": before})
    return rewound


async def stands(tx: Tx) -> Sequence[Stand]:
    """How every follower does."""
    rows = (await tx.execute(_STANDS)).all()
    return [
        Stand(
            name=row.name,
            position=row.position,
            behind=row.behind,
            seconds=row.seconds,
            error=row.error,
            holder=row.holder,
            parked=row.parked,
        )
        for row in rows
    ]


async def park(tx: Tx, follower: str, line: LoggedChange, error: str | None) -> None:
    """Keep that a change was not handed on; repeating it changes nothing."""
    change = line.change
    row = ParkedRow(
        follower=follower,
        position=line.place.position,
        root_id=change.root_id,
        event_id=change.event_id,
        type=change.event,
        error=error,
    )
    await _PARK.write(tx, line.tenant, [row])


async def parked_keys(tx: Tx, follower: str) -> frozenset[str]:
    """`tenant/root` of everything that has a parked change."""
    return frozenset(await tx.scalars(_KEYS, {"follower": follower}))


async def parked(tx: Tx, follower: str, size: int = 100) -> Sequence[Parked]:
    """What was not handed on, root by root."""
    rows = (await tx.execute(_PARKED, {"follower": follower, "size": size})).all()
    return [
        Parked(
            tenant=row.tenant,
            root_id=row.root_id,
            position=row.position,
            type=row.type,
            error=row.error,
            parked_at=row.parked_at,
        )
        for row in rows
    ]
