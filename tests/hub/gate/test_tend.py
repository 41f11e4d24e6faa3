"""Tending a source: taken, served, kept, given up (design D8; F2, F3, F36)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import pytest

from hub.errors import StoreBusy
from hub.gate.crew import Crew
from hub.gate.owner import Held
from hub.gate.tend import Tending
from hub.store.store import Store
from tests.kit.gates import ACME
from tests.kit.rows import end_lease
from tests.kit.scripted_shop import Fault, ScriptedShop, scripted_manifest
from tests.kit.station import Station
from tests.kit.wait import until, until_so

SHORT, LONG = timedelta(seconds=0.6), timedelta(minutes=5)
AWAY = StoreBusy("away")


class Told:
    """A duty that tells what it is asked, and sends out one errand in its first turn."""

    size = 4

    def __init__(self, *, begins: list[Exception | None] | None = None, turns: list[Exception | None] | None = None):
        self.said: list[str] = []
        self.errand = asyncio.Event()
        self._begins = begins or []
        self._turns = turns or []

    @property
    def begun(self) -> int:
        """How often."""
        return len([word for word in self.said if word.startswith("begin")])

    async def begin(self, held: Held) -> None:
        self.said.append(f"begin {held.epoch}")
        _next(self._begins)

    async def turn(self, held: Held, crew: Crew) -> float:
        self.said.append(f"turn {held.epoch}")
        _next(self._turns)
        if not self.errand.is_set() and not crew.out:
            crew.send(self._run(), "errand")
        return 0.01

    async def _run(self) -> None:
        try:
            await self.errand.wait()
            self.said.append("errand ended")
        except asyncio.CancelledError:
            self.said.append("errand called off")
            raise


def _next(script: list[Exception | None]) -> None:
    error = script.pop(0) if script else None
    if error is not None:
        raise error


@asynccontextmanager
async def running(tending: Tending) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.ensure_future(tending.run())
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def station(store: Store, name: str = "w1", length: timedelta = SHORT) -> Station:
    return Station(store=store, shop=ScriptedShop(), name=name, length=length)


async def test_it_recovers_before_it_serves_and_stops_when_what_is_out_is_back(store: Store) -> None:
    duty = Told()
    tending = station(store, length=LONG).tending(duty)
    async with running(tending) as task:
        await until(lambda: duty.said.count("turn 1") > 2)
        assert duty.said[:2] == ["begin 1", "turn 1"]
        tending.stop()
        await asyncio.sleep(0.05)
        assert not task.done()
        duty.errand.set()
        await task
    assert duty.said[-1] == "errand ended"
    second = Told()
    async with running(station(store, "w2", LONG).tending(second)):
        await until(lambda: "turn 2" in second.said)  # the source was given up, nobody waited for the lease


async def test_it_keeps_its_lease_while_it_serves(store: Store) -> None:
    duty, rival = Told(), Told()
    length = timedelta(seconds=9)  # a machine that stands still for two thirds of that would lose it, and rightly
    first, second = station(store, length=length), station(store, "w2", length)

    async def ends() -> datetime:
        found: datetime = (await first.rows("select until from lease"))[0][0]
        return found

    async with running(first.tending(duty)), running(second.tending(rival)):
        await until(lambda: bool(duty.said or rival.said))
        begun = await ends()

        async def is_longer() -> bool:
            return await ends() > begun

        await until_so(is_longer)
        served = [one.said for one in (duty, rival) if one.said]
        assert len(served) == 1
        assert {word.split()[1] for word in served[0]} == {"1"}


async def test_an_owner_that_was_overtaken_calls_everything_off_and_waits_its_turn(store: Store) -> None:
    duty = Told()
    first, rival = station(store, length=timedelta(seconds=3)), station(store, "w2", LONG)
    async with running(first.tending(duty)):
        await until(lambda: "turn 1" in duty.said)
        held = None
        while held is None:
            await end_lease(store, ACME, "shop")
            held = await rival.owner.take()
        begun = duty.begun  # once, or more often where it was quicker than its rival
        await until(lambda: "errand called off" in duty.said)
        await asyncio.sleep(0.3)
        assert duty.begun == begun
        await rival.owner.release(held, quiet=1e9)
        await until(lambda: duty.begun > begun)


async def test_a_database_that_is_away_is_outlasted(store: Store) -> None:
    duty = Told(begins=[AWAY], turns=[None, AWAY])
    async with running(station(store, length=LONG).tending(duty)):
        await until(lambda: duty.said.count("turn 1") > 2)
    assert duty.said[:4] == ["begin 1", "begin 1", "turn 1", "turn 1"]


async def test_a_bug_ends_the_holding_and_is_let_through(store: Store) -> None:
    duty = Told(turns=[KeyError("bug")])
    async with running(station(store).tending(duty)) as task:
        with pytest.raises(ExceptionGroup):
            await task
    second = Told()
    async with running(station(store, "w2").tending(second)):
        await until(lambda: "turn 2" in second.said)


async def test_two_workers_tend_a_source_through_a_lost_one_and_every_order_ends_as_at_the_source(store: Store) -> None:
    shop = ScriptedShop()
    manifest = scripted_manifest(longest_call=timedelta(milliseconds=200))
    workers = [Station(store=store, shop=shop, manifest=manifest, name=name, length=SHORT) for name in ("w1", "w2")]
    numbers = [f"o{n}" for n in range(8)]
    for number in numbers:
        shop.place(number)

    async def loaded() -> bool:
        return (await workers[0].rows("select count(*) from entity")) == [(len(numbers),)]

    async def settled() -> bool:
        return (await workers[0].rows("select count(*) from delivery where state = 'DONE'")) == [(len(numbers),)]

    async def read_back() -> bool:
        rows = await workers[0].rows("select count(*) from entity where status = 'CANCELLED'")
        return rows == [(len(numbers),)]

    async with running(workers[0].tending()) as first, running(workers[1].tending()):
        await until_so(loaded)
        shop.fail(*(Fault(verb="execute", slow=0.1) for _ in numbers))
        for number in numbers:
            await workers[0].cancel(number)
        await until(lambda: "execute" in shop.requests)
        first.cancel()
        await until_so(settled)
        await until_so(read_back)
    assert sorted(shop.effects) == sorted({row[0] for row in await workers[0].rows("select key from delivery")})
