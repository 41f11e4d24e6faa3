"""Serving hints on a real store: read again, apply, close (Obs-2, Obs-3)."""

from __future__ import annotations

import asyncio

import pytest

from hub.errors import NotOffered, Overtaken, SourceBusy, SourceGarbled
from hub.merge.work import HintRaise, Work
from hub.model.finding import asking_for
from hub.model.manifest import Rate
from hub.model.trace import HopKind
from hub.model.vocabulary import Kind
from hub.store.open_hints import FIRST_WAIT
from hub.store.store import Store
from tests.kit.gates import ACME
from tests.kit.rows import end_lease
from tests.kit.scripted_shop import BROKEN, Fault, ScriptedShop, scripted_manifest
from tests.kit.station import CALL, Station
from tests.kit.wait import until

BUSY = SourceBusy("the source failed", source="shop")


@pytest.fixture
async def at(store: Store) -> Station:
    station = Station(store=store, shop=ScriptedShop(), manifest=scripted_manifest(batch=3, rate=Rate(at_most=8)))
    await station.take()
    return station


async def raised(at: Station, *ids: str, priority: int = 5, kind: Kind = Kind.ORDER) -> None:
    hints = tuple(
        HintRaise(source="shop", kind=kind, source_id=one, reason="webhook", priority=priority) for one in ids
    )
    await at.writer.write(CALL, Work(hints=hints))


async def open_ids(at: Station) -> list[str]:
    return [row[0] for row in await at.rows("select source_id from hint where is_open order by source_id")]


async def test_hinted_objects_are_read_in_batches_applied_and_their_hints_closed(at: Station) -> None:
    ids = [f"o{n}" for n in range(5)]
    for one in ids:
        at.shop.place(one)
    await raised(at, *ids)
    await at.turn(at.hints)
    assert sorted(map(len, at.shop.read_batches)) == [2, 3]
    assert await open_ids(at) == []
    assert await at.rows("select number from entity order by number") == [(one,) for one in ids]
    ((ordered,),) = await at.rows("select bool_and(started <= finished and finished <= clock_timestamp()) from record")
    assert ordered


async def test_an_object_that_is_gone_leaves_a_tombstone(at: Station) -> None:
    at.shop.place("o1")
    await at.see("o1")
    del at.shop.orders["o1"]
    await at.see("o1", "never")
    assert await open_ids(at) == []
    assert await at.rows("select source_id from absence order by 1") == [("never",), ("o1",)]
    ((gone,),) = await at.rows("select gone_at is not null from record")
    assert gone


async def test_a_hint_raised_during_the_read_stays_open(at: Station) -> None:
    at.shop.place("o1")
    answer = asyncio.Event()
    at.shop.fail(Fault(verb="read", until=answer))
    await raised(at, "o1")
    async with at.turning(at.hints):
        await until(lambda: "read" in at.shop.requests)
        at.shop.change("o1", cancelled=1)
        await raised(at, "o1")
        answer.set()
    assert await open_ids(at) == ["o1"]
    await at.turn(at.hints)
    assert await open_ids(at) == []
    assert at.shop.requests == ["read", "read"]


async def test_what_is_being_read_is_not_read_twice_at_once(at: Station) -> None:
    at.shop.place("o1")
    answer = asyncio.Event()
    at.shop.fail(Fault(verb="read", until=answer))
    await raised(at, "o1")
    async with at.turning(at.hints) as crew:
        await until(lambda: "read" in at.shop.requests)
        assert at.held is not None
        await at.hints.turn(at.held, crew)
        await asyncio.sleep(0)
        answer.set()
    assert at.shop.requests == ["read"]


async def test_a_read_that_fails_backs_off_and_is_served_later(at: Station) -> None:
    at.shop.place("o1")
    at.shop.fail(Fault(verb="read", error=BUSY))
    await raised(at, "o1")
    ((before,),) = await at.rows("select clock_timestamp()")
    await at.turn(at.hints)
    ((is_open, attempts, due_at),) = await at.rows("select is_open, attempts, due_at from hint")
    assert (is_open, attempts, due_at >= before + FIRST_WAIT) == (True, 1, True)
    await at.now_or_never()
    await at.turn(at.hints)
    assert await at.rows("select is_open, attempts from hint") == [(False, 0)]


async def test_one_object_the_source_cannot_show_does_not_hold_up_the_others(at: Station) -> None:
    at.shop.place("o1")
    await raised(at, "broken-1", "o1")
    await at.turn(at.hints)
    assert await open_ids(at) == ["broken-1"]
    for _ in range(2):
        await at.now_or_never()
        await at.turn(at.hints)
    await raised(at, "o1")
    await at.now_or_never()
    await at.turn(at.hints)
    assert sorted(at.shop.read_batches[-2:]) == [("broken-1",), ("o1",)]


async def test_why_an_object_cannot_be_read_is_kept_but_not_of_a_source_that_fails(at: Station) -> None:
    garbled = SourceGarbled("$.total: no number", source="shop")
    at.shop.fail(Fault(verb="read", error=BUSY), Fault(verb="read", error=garbled))
    await raised(at, "o1")
    await at.turn(at.hints)
    assert await at.rows("select attempts, error from hint") == [(1, None)]
    await at.now_or_never()
    await at.turn(at.hints)
    assert await at.rows("select attempts, error from hint") == [(2, "$.total: no number")]
    await raised(at, "broken-1", "broken-2")
    await at.turn(at.hints)
    assert await at.rows("select source_id, error from hint where source_id <> 'o1' order by 1") == [
        ("broken-1", BROKEN), ("broken-2", BROKEN),
    ]  # fmt: skip


async def test_the_urgent_are_read_first(at: Station) -> None:
    await raised(at, *(f"slow-{n}" for n in range(6)))
    await raised(at, "urgent", priority=1)
    await at.turn(at.hints)
    assert "urgent" in at.shop.read_batches[0]


async def test_a_kind_that_is_not_read_there_is_not_hinted_for_ever(at: Station) -> None:
    await raised(at, "s1", kind=Kind.SHIPMENT)
    await at.turn(at.hints)
    assert await open_ids(at) == []
    at.shop.fail(Fault(verb="read", error=NotOffered("not this one")))
    await raised(at, "o1")
    await at.turn(at.hints)
    assert await open_ids(at) == []


async def test_a_source_left_alone_is_not_read(at: Station) -> None:
    at.shop.fail(Fault(verb="read", error=SourceBusy("429", throttled=True)))
    await raised(at, "o1")
    await at.turn(at.hints)
    await at.now_or_never()
    await at.turn(at.hints)
    assert at.shop.requests == ["read"]


async def test_a_hint_that_came_before_a_source_left_alone_has_not_failed(at: Station) -> None:
    at.shop.place("o1")
    error = SourceBusy("the source asked for fewer calls", source="shop", unasked=True)
    at.shop.fail(Fault(verb="read", error=error))
    await raised(at, "o1")
    await at.turn(at.hints)
    assert await at.rows("select is_open, attempts, due_at <= clock_timestamp() from hint") == [(True, 0, True)]


async def test_the_trace_of_what_raised_a_hint_shows_the_read(at: Station) -> None:
    at.shop.place("o1")
    await raised(at, "o1")
    await at.turn(at.hints)
    told = [(hop.kind, hop.operation, hop.correlation_id) for hop in at.recorder.hops]
    assert told == [(HopKind.SOURCE_CALL, "read ORDER", CALL.correlation_id)]


async def test_what_an_overtaken_owner_read_is_not_applied(at: Station) -> None:
    at.shop.place("o1")
    answer = asyncio.Event()
    at.shop.fail(Fault(verb="read", until=answer))
    await raised(at, "o1")
    rival = Station(store=at.store, shop=at.shop, name="w2")

    async def overtaken() -> None:
        async with at.turning(at.hints):
            await until(lambda: "read" in at.shop.requests)
            await end_lease(at.store, ACME, "shop")
            await rival.take()
            answer.set()

    with pytest.raises(ExceptionGroup) as ended:
        await overtaken()
    assert ended.group_contains(Overtaken)
    assert await open_ids(at) == ["o1"]
    assert await at.rows("select 1 from record") == []
    await rival.turn(rival.hints)
    assert await open_ids(at) == []


async def test_an_identifier_that_nobody_knew_is_asked_for_and_what_it_names_is_read(at: Station) -> None:
    at.shop.place("o1")
    await raised(at, asking_for("o1"), asking_for("nothing"), "o2", priority=1)
    await at.turn(at.hints)
    assert await open_ids(at) == ["o1"]
    await at.turn(at.hints)
    assert await open_ids(at) == []
    assert await at.rows("select number from entity") == [("o1",)]
    assert sorted(at.shop.requests) == ["ask", "ask", "read", "read"]


async def test_a_question_that_failed_is_not_asked_again(at: Station) -> None:
    at.shop.fail(Fault(verb="ask", error=BUSY))
    await raised(at, asking_for("o1"))
    await at.turn(at.hints)
    assert await open_ids(at) == []
