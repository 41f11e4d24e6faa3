"""Sweeps on a real store: pages, cursors, coverage, the first load (design D3, D8; C5, C6, F25)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from hub.errors import CursorExpired, SourceBusy
from hub.gate.owner import Held
from hub.intake.sweep import Sweeps
from hub.model.trace import HopKind, HopOutcome
from hub.store.store import Store
from tests.kit.scripted_shop import CHANGED, OPEN, Fault, ScriptedShop
from tests.kit.station import CALL, Station

BUSY = SourceBusy("the source failed", source="shop")


@pytest.fixture
async def at(store: Store) -> Station:
    station = Station(store=store, shop=ScriptedShop())
    for number in range(1, 6):
        station.shop.place(f"o{number}")
    await station.take()
    return station


async def swept(at: Station, turns: int = 1) -> None:
    for _ in range(turns):
        await at.turn(at.sweeps)


async def later(at: Station, by: timedelta = timedelta(minutes=5)) -> None:
    """Let time have passed since the last runs."""
    async with at.store.shard(CALL) as tx:
        for column in ("updated_at", "run_started_at"):
            await tx.execute(text(f"update cursor set {column} = {column} - cast(:by as interval)"), {"by": by})  # noqa: S608 (names of ours)


async def stands(at: Station) -> dict[str, tuple[bool, int, bool]]:
    rows = await at.rows("select sweep, is_loaded, seen, run_started_at is not null from cursor")
    return {row[0]: (row[1], row[2], row[3]) for row in rows}


async def test_the_first_load_sees_all_as_baseline_what_is_open_first(at: Station) -> None:
    await swept(at)
    assert await stands(at) == {OPEN: (True, 5, False)}
    assert await at.rows("select count(*), min(status) from entity") == [(5, "ACCEPTED")]
    origins = await at.rows("select distinct payload ->> 'origin' from outbox")
    assert origins == [("BASELINE",)]
    await swept(at)
    assert await stands(at) == {OPEN: (True, 5, False), CHANGED: (True, 5, False)}


async def test_nothing_is_covered_before_all_of_the_kind_has_been_loaded(at: Station) -> None:
    await swept(at)
    assert await stands(at) == {OPEN: (True, 5, False)}
    await swept(at)
    assert await stands(at) == {OPEN: (True, 5, False), CHANGED: (True, 5, False)}
    assert await at.rows("select 1 from coverage") == []


async def test_coverage_is_the_start_of_a_complete_run_that_covers_and_comes_at_once(at: Station) -> None:
    await swept(at, 2)
    ((loaded,),) = await at.rows("select clock_timestamp()")
    await swept(at)
    rows = await at.rows(
        """
        select c.sweep, c.through >= :loaded, c.through <= r.first
        from coverage c, (select min(started) as first from record) r""",
        loaded=loaded,
    )
    assert rows == [(OPEN, True, True)]


async def test_kinds_and_sweeps_take_turns_in_a_first_load(at: Station) -> None:
    at.sweeps = Sweeps(at.route, at.recorder, load_turn=0.0)
    for turn in (1, 2):
        await swept(at)
        assert await stands(at) == {OPEN: (False, 2 * turn, True)}
    await swept(at, 4)
    assert await stands(at) == {OPEN: (True, 5, False), CHANGED: (True, 5, False)}
    assert at.shop.requests == ["changes"] * 6


async def test_what_changes_later_is_live_and_found_from_the_cursor_on(at: Station) -> None:
    await swept(at, 2)
    await later(at)
    at.shop.change("o2", cancelled=3)
    at.shop.requests.clear()
    await swept(at)
    assert ("o2", "CANCELLED") in await at.rows("select number, status from entity")
    origins = await at.rows("select payload ->> 'origin' from outbox order by id desc limit 1")
    assert origins == [("LIVE",)]


async def test_a_run_left_in_the_middle_goes_on_where_it_was_and_covers_from_its_first_start(at: Station) -> None:
    at.shop.fail(Fault(verb="changes"), Fault(verb="changes", error=BUSY))
    await swept(at)
    assert await stands(at) == {OPEN: (False, 2, True)}
    assert await at.rows("select 1 from coverage") == []
    second = Station(store=at.store, shop=at.shop, name="w2")
    await at.owner.release(_held(at), quiet=1e9)
    await second.take()
    await second.turn(second.sweeps)
    assert await stands(at) == {OPEN: (True, 5, False)}
    assert at.shop.requests == ["changes"] * 4
    assert await at.rows("select count(*) from entity") == [(5,)]
    await second.turn(second.sweeps)
    ((before,),) = await at.rows("select clock_timestamp()")
    second.shop.fail(Fault(verb="changes"), Fault(verb="changes", error=BUSY))
    await second.turn(second.sweeps)
    assert await at.rows("select through from coverage") == []
    third = Station(store=at.store, shop=at.shop, name="w3")
    ((began,),) = await at.rows("select run_started_at from cursor where sweep = 'open'")
    await second.owner.release(_held(second), quiet=1e9)
    await third.take()
    await third.turn(third.sweeps)
    assert began >= before
    assert await at.rows("select through from coverage") == [(began,)]


def _held(at: Station) -> Held:
    assert at.held is not None
    return at.held


async def test_a_failed_sweep_waits_and_is_tried_again(at: Station) -> None:
    at.shop.fail(Fault(verb="changes", error=BUSY))
    await swept(at, 3)
    assert at.shop.requests == ["changes"] + ["changes"] * 3  # the other first load took its turn meanwhile
    outcomes = [(hop.operation, hop.outcome) for hop in at.recorder.hops if hop.kind is HopKind.SWEEP]
    assert outcomes == [("sweep ORDER open", HopOutcome.RETRY), ("sweep ORDER changed", HopOutcome.OK)]


async def test_a_cursor_the_source_cannot_use_starts_the_sweep_anew(at: Station) -> None:
    await swept(at, 2)
    await later(at)
    async with at.store.shard(CALL) as tx:
        await tx.execute(text("""update cursor set cursor = '{"useless": 1}' where sweep = 'changed'"""))
    at.shop.place("o6")
    await swept(at, 2)
    assert (await stands(at))[CHANGED] == (True, 6, False)
    assert ("o6",) in await at.rows("select number from entity")


async def test_a_closing_worker_leaves_a_run_between_two_pages(at: Station) -> None:
    async with at.turning(at.sweeps) as crew:
        crew.close()
    assert (await stands(at))[OPEN][0] is False
    await swept(at)
    assert (await stands(at))[OPEN] == (True, 5, False)


async def test_a_source_left_alone_is_not_swept(at: Station) -> None:
    at.shop.fail(Fault(verb="changes", error=SourceBusy("429", throttled=True)))
    await swept(at, 3)
    assert at.shop.requests == ["changes"]


async def test_an_expired_cursor_in_every_page_is_an_error_and_no_loop(at: Station) -> None:
    at.shop.fail(*(Fault(verb="changes", error=CursorExpired("too old")) for _ in range(5)))
    await swept(at)
    assert at.shop.requests == ["changes"] * 2
