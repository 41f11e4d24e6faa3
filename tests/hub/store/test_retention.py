"""Where the log may be cut."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import text

from hub.store.retention import Cut, drop_below_floor, raise_floor, where_to_cut
from hub.store.store import Store

DAY = timedelta(days=1)
_LINES = """insert into change_log (position, tenant, root_id, event_id, aggregatetype, aggregateid, type,
  entity_version, headers, payload, created_at, logged_at)
select n, 'acme', 'r', gen_random_uuid(), 'order', 'r', 'order.updated', 1, '{}', '{}', clock_timestamp(),
  clock_timestamp() - (6 - n) * interval '1 d' from generate_series(1, 5) n"""


async def filled(store: Store) -> None:
    """Five lines, each a day older than the next."""
    async with store.across() as tx:
        await tx.execute(text(_LINES))
        await tx.execute(text("update sequencer set last = 5"))


async def test_an_empty_log_is_not_cut(store: Store) -> None:
    async with store.across() as tx:
        assert await where_to_cut(tx, DAY, DAY, 10) == Cut(position=None)


async def test_it_is_cut_before_the_first_line_that_must_stay(store: Store) -> None:
    await filled(store)
    async with store.across() as tx:
        assert (await where_to_cut(tx, 2.5 * DAY, 9 * DAY, 10)).position == 4
        assert (await where_to_cut(tx, 2.5 * DAY, 9 * DAY, 2)).position == 3
        await tx.execute(text("insert into follower (name, position) values ('kafka', 1), ('other', 4)"))
        held = await where_to_cut(tx, 2.5 * DAY, 9 * DAY, 10)
        assert held == Cut(position=2, behind="kafka", is_held=True)
        lost = await where_to_cut(tx, 2.5 * DAY, 3.5 * DAY, 10)
        assert (lost.position, lost.is_lost) == (3, True)


async def test_the_floor_only_rises_and_what_lies_below_goes_in_chunks(store: Store) -> None:
    await filled(store)
    async with store.across() as tx:
        assert await raise_floor(tx, 4)
        assert not await raise_floor(tx, 3)
        assert not await raise_floor(tx, 7)
        assert await drop_below_floor(tx, 2) == 2
        assert await drop_below_floor(tx, 2) == 1
        assert await drop_below_floor(tx, 2) == 0
