"""What the owner publishes of a source."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from hub.errors import Overtaken, SourceBusy
from hub.intake.bulletin import LOOK, REFRESH, Bulletin
from hub.model.vocabulary import Kind
from hub.store.store import Store
from tests.kit.gates import ACME
from tests.kit.rows import end_lease
from tests.kit.scripted_shop import Fault, ScriptedShop
from tests.kit.station import Station

BUSY = SourceBusy("the source failed", source="shop")


@pytest.fixture
async def at(store: Store) -> Station:
    station = Station(store=store, shop=ScriptedShop())
    await station.take()
    return station


def bulletin(at: Station) -> Bulletin:
    return at.bulletin()


async def published(at: Station) -> list[tuple[str, bool, str | None]]:
    return [tuple(row) for row in await at.rows("select breaker, is_paused, last_error from source_state")]


async def events(at: Station) -> list[str]:
    return [row[0] for row in await at.rows("select type from outbox where aggregatetype = 'source' order by id")]


async def test_a_new_owner_says_how_the_source_does_and_then_only_what_moves(at: Station) -> None:
    said = bulletin(at)
    for _ in range(3):
        await at.turn(said)
    assert await published(at) == [("CLOSED", False, None)]
    assert await events(at) == ["source.updated"]
    at.shop.fail(*(Fault(verb="read", error=BUSY) for _ in range(10)))
    for number in range(10):
        await at.see(f"x{number}")
    await at.turn(said)
    assert await published(at) == [("OPEN", False, "the source failed")]
    assert await at.rows("select code, status from exception_case") == [("ADAPTER_BREAKER_OPEN", "NEW")]
    assert await events(at) == ["source.updated", "source.went_down"]
    ((said_of_it,),) = await at.rows("select payload from outbox order by id desc limit 1 offset 1")
    assert (said_of_it["status"], said_of_it["was"]["status"]) == ("DOWN", "NEVER_SYNCED")
    assert said_of_it["changed_fields"] == ["state", "breaker"]


async def test_instants_alone_are_published_now_and_then_and_are_no_event(at: Station) -> None:
    said = bulletin(at)
    await at.turn(said)
    at.shop.place("o1")
    await at.see("o1")
    for _ in range(int(REFRESH / LOOK)):
        await at.turn(said)
    assert await at.rows("select last_success_at is not null from source_state") == [(True,)]
    assert await events(at) == ["source.updated"]


async def cover(at: Station, kind: Kind, ago: timedelta) -> None:
    """Let everything of *kind* have been seen through some time ago."""
    put = """insert into coverage (tenant, source, kind, sweep, through)
             values ('acme', 'shop', :kind, '', clock_timestamp() - cast(:ago as interval))
             on conflict (tenant, source, kind, sweep) do update set through = excluded.through"""
    async with at.store.across() as tx:
        await tx.execute(text(put), {"kind": kind.value, "ago": ago})


async def test_a_lag_that_grew_too_long_is_told_once_and_so_is_its_end(at: Station) -> None:
    said = bulletin(at)
    for days in (0, 1, 1, 0):
        for kind in at.manifest.sweeps:
            await cover(at, kind, timedelta(days=days))
        for _ in range(int(REFRESH / LOOK)):
            await at.turn(said)
    assert await events(at) == ["source.updated", "source.degraded", "source.recovered"]


async def test_what_cannot_be_read_is_told_once_it_has_failed_thrice_and_no_more_when_it_can(at: Station) -> None:
    said = bulletin(at)
    for kind in at.manifest.sweeps:
        await cover(at, kind, timedelta())
    told: list[list[tuple[str, bool]]] = []
    await at.see("broken-1")
    for _ in range(3):
        for _ in range(int(REFRESH / LOOK)):
            await at.turn(said)
        told.append(await at.rows("select code, closed_at is null from exception_case"))
        await at.now_or_never()
        await at.turn(at.hints)
    assert told == [[], [], [("SCHEMA_DRIFT", True)]]
    assert await events(at) == ["source.updated", "source.degraded"]
    async with at.store.across() as tx:
        await tx.execute(text("update hint set is_open = false"))
    for _ in range(int(REFRESH / LOOK)):
        await at.turn(said)
    assert await at.rows("select code, closed_at is null from exception_case") == [("SCHEMA_DRIFT", False)]
    assert await events(at) == ["source.updated", "source.degraded", "source.recovered"]


async def test_an_overtaken_owner_publishes_nothing(at: Station) -> None:
    await end_lease(at.store, ACME, "shop")
    await Station(store=at.store, shop=at.shop, name="w2").take()
    with pytest.raises((Overtaken, ExceptionGroup)):
        await at.turn(bulletin(at))
    assert await published(at) == []
