"""SQL of how long the log is kept: where it may be cut, the floor, and what lies below it (section 8)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import text

from hub.store.tx import Tx

# A line goes once it is old enough and every follower has read it; one that nobody comes for goes later all the same.
_CUT = text("""
with oldest as (
  select c.position, c.logged_at from change_log c, sequencer s
  where c.position >= s.floor order by c.position limit :size
), behind as (select name, position from follower order by position limit 1),
judged as (
  select o.position, o.logged_at < clock_timestamp() - cast(:keep as interval) as is_old,
    coalesce(o.position <= b.position, true) as is_read,
    o.logged_at < clock_timestamp() - cast(:unread as interval) as is_given_up
  from oldest o left join behind b on true
)
select coalesce(min(position) filter (where not (is_old and (is_read or is_given_up))), max(position) + 1) as cut,
  count(*) as seen,
  (select name from behind) as behind,
  coalesce(bool_or(is_old and not is_read and not is_given_up), false) as is_held,
  coalesce(bool_or(is_old and not is_read and is_given_up), false) as is_lost
from judged
""")
_RAISE = text("update sequencer set floor = :floor where floor < :floor and :floor <= last + 1 returning floor")
_DROP = text("""
delete from change_log where position in (
  select c.position from change_log c, sequencer s where c.position < s.floor order by c.position limit :size)
""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """Where the log may be cut: below *position* everything may go."""

    position: int | None
    """None: there is nothing to judge."""
    behind: str | None = None
    """The follower that is furthest behind."""
    is_held: bool = False
    """Lines that are old enough stay because it has not read them."""
    is_lost: bool = False
    """Lines go that it has not read: it was waited for long enough."""


async def where_to_cut(tx: Tx, keep: timedelta, unread: timedelta, size: int) -> Cut:
    """How much of the oldest *size* lines may go."""
    row = (await tx.execute(_CUT, {"keep": keep, "unread": unread, "size": size})).one()
    return Cut(position=row.cut, behind=row.behind, is_held=row.is_held, is_lost=row.is_lost)


async def raise_floor(tx: Tx, position: int) -> bool:
    """Let cursors from below *position* expire; whether that moved anything."""
    return (await tx.execute(_RAISE, {"floor": position})).first() is not None


async def drop_below_floor(tx: Tx, size: int) -> int:
    """Delete at most *size* lines that nobody may read any more; how many."""
    gone: int = (await tx.execute(_DROP, {"size": size})).rowcount
    return gone
