"""SQL of the one order of changes: leadership, sequencing, and reading by (term, position) (engines.md 4.3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import text

from hub.codec import typed
from hub.errors import CursorExpired
from hub.model.changes import Change
from hub.store.tx import Tx

_LEAD = text("""
with taken as (
  update sequencer set holder = :holder || ' ' || pg_backend_pid(), term = cast(:term as uuid),
                       until = clock_timestamp() + :lease
  where until is null or until < clock_timestamp() or split_part(holder, ' ', 1) = :holder returning last)
insert into sequencer_term (term, first_position) select cast(:term as uuid), last + 1 from taken returning number
""")
_FENCE = text("""
select last from sequencer
where term = cast(:term as uuid) and split_part(holder, ' ', 2) = pg_backend_pid()::text for update
""")
_MOVE = text("""
with batch as (delete from outbox where id in (select id from outbox order by id limit :size) returning *),
     led as (update sequencer set last = last + (select count(*) from batch),
                                  until = clock_timestamp() + :lease returning last)
insert into change_log (position, tenant, root_id, account, event_id, aggregatetype, aggregateid, type, entity_version,
                        headers, payload, created_at)
select led.last - (select count(*) from batch) + row_number() over (order by batch.id),
       batch.tenant, batch.root_id, batch.account, batch.event_id, batch.aggregatetype, batch.aggregateid, batch.type,
       batch.entity_version, batch.headers, batch.payload, batch.created_at
from batch, led returning payload, tenant, created_at, logged_at
""")
_RESIGN = text("update sequencer set until = null where term = cast(:term as uuid)")
# The term of a position is the last one that began at or before it; a cursor of an older term at or past the next
# term's first position, of an unknown term, below the floor or past the end has expired (section 11 rule 3).
_READ = text("""
with judged as (
  select s.last, (s.floor <= :position + 1 and :position <= s.last
    and exists (select 1 from sequencer_term t where t.term = cast(:term as uuid) and not exists (
      select 1 from sequencer_term n where n.number > t.number and n.first_position <= :position))) as holds
  from sequencer s)
select j.holds, j.last, c.position, c.tenant, c.payload,
       (select t.term from sequencer_term t where t.first_position <= c.position order by t.number desc limit 1) as term
from judged j left join lateral (
  select position, tenant, payload from change_log where position > :position order by position limit :size
) c on j.holds order by c.position
""")
_END = text("""
select s.last, (select t.term from sequencer_term t where t.first_position <= greatest(s.last, 1)
                order by t.number desc limit 1) as term
from sequencer s
""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place in the log: position and the term *of that position*."""

    term: str
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedChange:
    """One line of the log."""

    place: Place
    tenant: str
    change: Change


async def take_lead(tx: Tx, holder: str, term: str, lease: timedelta) -> bool:
    """Begin a leadership of this session under the new *term*; False while another holder leads.

    *holder* is one word. Leadership lives on one direct session: whoever reconnects takes a new term.
    """
    row = await tx.execute(_LEAD, {"holder": holder, "term": term, "lease": lease})
    return row.first() is not None


async def sequence(tx: Tx, term: str, size: int, lease: timedelta) -> Sequence[LoggedLine] | None:
    """Move at most *size* visible outbox rows into the log, in order; None: overtaken, nothing was written.

    The fence is a statement of its own: folded into the move, its delete would run although the update found no row.
    """
    if (await tx.execute(_FENCE, {"term": term})).first() is None:
        return None
    rows = await tx.execute(_MOVE, {"size": size, "lease": lease})
    return [LoggedLine(tenant=row.tenant, change=typed(row.payload, Change), waited=row.logged_at - row.created_at)
            for row in rows]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedLine:
    """A change that was just given its position, and how long it stood in the outbox."""

    tenant: str
    change: Change
    waited: timedelta


async def resign(tx: Tx, term: str) -> None:
    """Give leadership back, so that a successor need not wait for the lease to run out."""
    await tx.execute(_RESIGN, {"term": term})


async def read_after(tx: Tx, place: Place, size: int) -> list[LoggedChange]:
    """The next lines after *place*, at most *size*. Raises CursorExpired where it no longer means what it did."""
    rows = (await tx.execute(_READ, {"term": place.term, "position": place.position, "size": size})).all()
    if not rows or not rows[0].holds:
        message = "what follows this cursor is no longer known for certain: begin again"
        raise CursorExpired(message)
    return [
        LoggedChange(
            place=Place(term=str(row.term), position=row.position),
            tenant=row.tenant,
            change=typed(row.payload, Change),
        )
        for row in rows
        if row.position is not None
    ]


async def end_of_log(tx: Tx) -> Place | None:
    """The last place there is; None before the first leadership ever."""
    row = (await tx.execute(_END)).one()
    return None if row.term is None else Place(term=str(row.term), position=row.last)
