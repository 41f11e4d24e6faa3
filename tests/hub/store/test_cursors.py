"""Where sweeps stand (design D3, D8)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from hub.model.sweeping import SweepMark
from hub.model.vocabulary import Kind
from hub.store.cursors import SweepStand, begin_run, mark, sweep_stands
from hub.store.store import Store
from tests.kit.gates import ACME

WHERE = ("shop", Kind.ORDER, "open")
PAGE = SweepMark(source="shop", kind=Kind.ORDER, sweep="open", cursor={"after": "o2"}, seen=2, total=5)
LAST = SweepMark(source="shop", kind=Kind.ORDER, sweep="open", cursor={"after": "o5"}, seen=3, ends=True)


async def stand(store: Store) -> SweepStand | None:
    async with store.glance(ACME) as tx:
        return (await sweep_stands(tx, "acme", "shop")).get((Kind.ORDER, "open"))


async def marked(store: Store, *marks: SweepMark) -> None:
    async with store.shard(ACME) as tx:
        for one in marks:
            await mark(tx, "acme", one)


async def test_a_run_goes_from_page_to_page_and_ends(store: Store) -> None:
    assert await stand(store) is None
    async with store.shard(ACME) as tx:
        started = await begin_run(tx, "acme", WHERE, restart=True)
    await marked(store, PAGE)
    midway = await stand(store)
    assert midway is not None
    assert (midway.cursor, midway.seen, midway.total, midway.is_loaded) == ({"after": "o2"}, 2, 5, False)
    assert midway.run_started_at == started
    await marked(store, LAST)
    ended = await stand(store)
    assert ended is not None
    assert (ended.cursor, ended.seen, ended.total, ended.is_loaded) == ({"after": "o5"}, 5, 5, True)
    assert ended.run_started_at is None
    assert ended.updated_at <= ended.now


async def test_the_next_run_counts_anew_and_goes_on_unless_it_restarts(store: Store) -> None:
    async with store.shard(ACME) as tx:
        await begin_run(tx, "acme", WHERE, restart=True)
    await marked(store, PAGE, LAST)
    async with store.shard(ACME) as tx:
        await begin_run(tx, "acme", WHERE, restart=False)
    going_on = await stand(store)
    assert going_on is not None
    assert (going_on.cursor, going_on.seen, going_on.is_loaded) == ({"after": "o5"}, 0, True)
    async with store.shard(ACME) as tx:
        await begin_run(tx, "acme", WHERE, restart=True)
    anew = await stand(store)
    assert anew is not None
    assert anew.cursor is None


async def test_coverage_moves_only_where_it_is_told_and_never_back(store: Store) -> None:
    async with store.shard(ACME) as tx:
        started = await begin_run(tx, "acme", WHERE, restart=True)
    await marked(store, PAGE)
    assert await coverage(store) == []
    for through in (started, started - timedelta(hours=1)):
        told = SweepMark(
            source="shop", kind=Kind.ORDER, sweep="open", cursor={}, covered_through=through, ends=True
        )  # fmt: skip
        await marked(store, told)
        assert await coverage(store) == [started]


async def coverage(store: Store) -> list[object]:
    async with store.glance(ACME) as tx:
        return list(await tx.scalars(text("select through from coverage where source = 'shop'")))


async def test_the_first_time_that_all_was_seen_orders_that_look_later_are_looked_at_now(store: Store) -> None:
    async with store.across() as tx:
        await tx.execute(
            text("""insert into root (tenant, id, kind, wake_at) select tenant, id, kind, clock_timestamp() + late
              from (values ('acme', 'later', 'ORDER', interval '30 min'), ('acme', 'never', 'ORDER', null),
                    ('acme', 'item', 'PRODUCT', '30 min'), ('beta', 'later', 'ORDER', '30 min'))
                as r (tenant, id, kind, late)""")
        )
    covered = replace(LAST, covered_through=datetime(2026, 11, 22, tzinfo=UTC))
    assert await woken(store, covered) == [("acme", "later")]
    async with store.across() as tx:
        await tx.execute(text("update root set wake_at = clock_timestamp() + interval '30 min'"))
    assert await woken(store, covered) == []


async def woken(store: Store, made: SweepMark) -> list[tuple[str, str]]:
    """Roots that are due once a mark is written."""
    await marked(store, made)
    async with store.across() as tx:
        rows = await tx.execute(text("select tenant, id from root where wake_at <= clock_timestamp() order by id"))
        return [(row.tenant, row.id) for row in rows]
