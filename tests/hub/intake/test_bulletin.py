"""What the owner publishes of a source."""

from __future__ import annotations

import pytest

from hub.errors import Overtaken, SourceBusy
from hub.intake.bulletin import LOOK, REFRESH, Bulletin
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
    return Bulletin(at.store, at.writer, at.gate)


async def published(at: Station) -> list[tuple[str, bool, str | None]]:
    return [tuple(row) for row in await at.rows("select breaker, is_paused, last_error from source_state")]


async def events(at: Station) -> int:
    return int((await at.rows("select count(*) from outbox where type = 'source.updated'"))[0][0])


async def test_a_new_owner_says_how_the_source_does_and_then_only_what_moves(at: Station) -> None:
    said = bulletin(at)
    for _ in range(3):
        await at.turn(said)
    assert await published(at) == [("CLOSED", False, None)]
    assert await events(at) == 1
    at.shop.fail(*(Fault(verb="read", error=BUSY) for _ in range(10)))
    for number in range(10):
        await at.see(f"x{number}")
    await at.turn(said)
    assert await published(at) == [("OPEN", False, "the source failed")]
    assert await at.rows("select code, status from exception_case") == [("ADAPTER_BREAKER_OPEN", "NEW")]
    assert await events(at) == 2


async def test_instants_alone_are_published_now_and_then_and_are_no_event(at: Station) -> None:
    said = bulletin(at)
    await at.turn(said)
    at.shop.place("o1")
    await at.see("o1")
    for _ in range(int(REFRESH / LOOK)):
        await at.turn(said)
    assert await at.rows("select last_success_at is not null from source_state") == [(True,)]
    assert await events(at) == 1


async def test_an_overtaken_owner_publishes_nothing(at: Station) -> None:
    await end_lease(at.store, ACME, "shop")
    await Station(store=at.store, shop=at.shop, name="w2").take()
    with pytest.raises((Overtaken, ExceptionGroup)):
        await at.turn(bulletin(at))
    assert await published(at) == []
