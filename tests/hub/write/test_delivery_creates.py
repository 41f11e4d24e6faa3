"""Creates from claim to settlement: what was made is known by its id and read next; LATEST rows go one by one (D7)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from hub.codec import digest, plain
from hub.errors import OutcomeUnknown, SourceBusy
from hub.store.deliveries import PUT_DELIVERIES
from hub.store.store import Store
from tests.kit.deliveries import delivery
from tests.kit.merging import at as moment
from tests.kit.scripted_made import create
from tests.kit.scripted_shop import Fault, ScriptedShop, creating, scripted_manifest
from tests.kit.station import CALL, Station

LOST = OutcomeUnknown("the answer was lost", source="shop")
BUSY = SourceBusy("the source failed", source="shop")


@pytest.fixture
async def at(store: Store) -> Station:
    station = Station(store=store, shop=ScriptedShop(), manifest=creating(scripted_manifest()))
    station.shop.place("o1")
    await station.take()
    await station.see("o1")
    await want(station, "c1", "R-1")
    station.shop.requests.clear()
    return station


async def want(station: Station, name: str, reference: str, **said: Any) -> None:  # Any: fields of the row
    """A create that is due; it counts as begun, so that flow, which wants nothing here, leaves it."""
    content = create(reference)
    row = delivery(
        name,
        root_id=await station.order("o1"),
        source_id=None,
        action="order.create",
        key=f"shop/{name}",
        content=plain(content),
        hash=digest(content),
        has_begun=True,
        command_id=None,
    )
    async with station.store.shard(CALL) as tx:
        await PUT_DELIVERIES.write(tx, CALL.tenant, [replace(row, **said)])


async def stands(station: Station, name: str = "c1") -> tuple[Any, ...]:
    rows = await station.rows("select state, attempts, source_id, reference from delivery where id = :name", name=name)
    return tuple(rows[0])


async def test_what_was_made_is_known_by_its_id_and_read_next(at: Station) -> None:
    await at.turn(at.deliveries)
    assert await stands(at) == ("DONE", 1, "made-1", "R-1")
    await at.now_or_never()
    await at.turn(at.hints)
    assert at.shop.read_batches[-1] == ("made-1",)
    assert await at.rows("select count(*) from entity where number = 'made-1'") == [(1,)]


async def test_a_lost_answer_is_found_by_its_reference_and_made_no_second_time(at: Station) -> None:
    at.shop.fail(Fault(verb="execute", error=LOST, has_effect=True))
    await at.turn(at.deliveries)
    assert await stands(at) == ("UNKNOWN", 1, None, None)
    await at.now_or_never()
    await at.turn(at.deliveries)
    assert await stands(at) == ("DONE", 1, "made-1", "R-1")
    assert at.shop.requests == ["look", "execute", "resolve"]


async def test_one_that_never_arrived_is_looked_for_and_sent_again(at: Station) -> None:
    at.shop.fail(Fault(verb="execute", error=LOST))
    for _ in range(3):
        await at.turn(at.deliveries)
        await at.now_or_never()
    assert await stands(at) == ("DONE", 2, "made-1", "R-1")
    assert [made.reference for made in at.shop.documents.made] == ["R-1"]


async def test_creates_of_one_order_at_one_source_go_one_after_the_other(at: Station) -> None:
    await want(at, "c2", "R-2", created_at=moment(5), priority=0)
    at.shop.fail(Fault(verb="execute", error=BUSY))
    await at.turn(at.deliveries)
    assert [(await stands(at, name))[:2] for name in ("c1", "c2")] == [("PENDING", 1), ("PENDING", 0)]
    for _ in range(2):
        await at.now_or_never()
        await at.turn(at.deliveries)
    assert [made.reference for made in at.shop.documents.made] == ["R-1", "R-2"]


async def test_attempts_at_what_it_carried_before_cost_the_new_content_nothing(at: Station) -> None:
    await want(at, "c1", "R-1", attempts=15, attempts_before=8)
    at.shop.fail(Fault(verb="execute", error=BUSY))
    await at.turn(at.deliveries)
    assert (await stands(at))[:2] == ("REVIEW", 16)  # the eighth of its own: what has begun is left to a person
    await want(at, "c1", "R-1", attempts=15, attempts_before=15)
    at.shop.fail(Fault(verb="execute", error=BUSY))
    await at.turn(at.deliveries)
    assert (await stands(at))[:2] == ("PENDING", 16)
