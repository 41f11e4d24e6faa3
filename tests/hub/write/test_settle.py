"""What was read must not be lost: settling goes on until it is written, and then only once (D7, F5, F6)."""

from __future__ import annotations

import pytest

from hub.call import Call
from hub.errors import CommitUnknown, HubFault, StoreBusy
from hub.gate.owner import Held
from hub.merge.work import Applied, Work
from hub.merge.writer import Writer
from hub.model.intents import DeliveryState, Outcome, OutcomeState
from hub.store.claims import OpenDelivery, Owned, Wanted, claim
from hub.store.store import Store
from hub.write.settle import Settler
from hub.write.verdict import Verdict, after_call
from tests.kit.scripted_shop import ScriptedShop
from tests.kit.station import CALL, Station


class Shaky(Writer):
    """A writer whose database is away, or loses the reply of a COMMIT, as scripted."""

    def __init__(self, station: Station, *script: HubFault) -> None:
        super().__init__(station.store, station.writer.landscapes)
        self._script = list(script)

    async def write(self, call: Call, work: Work) -> Applied:
        error = self._script.pop(0) if self._script else None
        if error is not None and not isinstance(error, CommitUnknown):
            raise error
        applied = await super().write(call, work)
        if error is not None:
            raise error
        return applied


@pytest.fixture
async def at(store: Store) -> Station:
    shop = ScriptedShop()
    shop.place("o1")
    station = Station(store=store, shop=shop)
    await station.take()
    await station.see("o1")
    await station.cancel("o1")
    return station


async def claimed(at: Station) -> tuple[Held, OpenDelivery, Verdict]:
    held = at.held
    assert held is not None
    async with at.store.shard(CALL) as tx:
        rows = await claim(tx, Owned(tenant="acme", source="shop", epoch=held.epoch), Wanted(room=1))
    assert rows
    done = after_call(rows[0], at.carrier.declared(rows[0]), Outcome(state=OutcomeState.DONE, reference="R"))
    return held, rows[0], done


async def test_a_database_that_is_away_or_a_fault_of_ours_is_outlasted(at: Station) -> None:
    held, row, done = await claimed(at)
    shaky = Settler(
        store=at.store, writer=Shaky(at, StoreBusy("away"), HubFault("a bug"), StoreBusy("away")), again=0.0, later=0.0
    )
    assert await shaky.settle(held, row, done)
    assert (await at.delivery())["state"] == "DONE"


async def test_written_again_after_a_lost_commit_it_changes_nothing(at: Station) -> None:
    held, row, done = await claimed(at)
    shaky = Settler(store=at.store, writer=Shaky(at, CommitUnknown("lost")), again=0.0)
    assert not await shaky.settle(held, row, done)
    kept = await at.delivery()
    assert (kept["state"], kept["reference"]) == ("DONE", "R")
    events = await at.rows("select count(*) from outbox where type = 'delivery.updated'")
    assert not await Settler(store=at.store, writer=at.writer).settle(held, row, done)
    assert await at.delivery() == kept
    assert await at.rows("select count(*) from outbox where type = 'delivery.updated'") == events


async def test_an_attempt_that_is_not_the_present_one_settles_nothing(at: Station) -> None:
    held, row, done = await claimed(at)
    plain = Settler(store=at.store, writer=at.writer, jitter=lambda: 0.0)
    busy = Verdict(state=DeliveryState.PENDING)
    assert await plain.settle(held, row, busy)
    await at.now_or_never()
    await claimed(at)
    assert not await plain.settle(held, row, busy)
    assert not await plain.settle(held, row, done)
    kept = await at.delivery()
    assert (kept["state"], kept["attempts"]) == ("CLAIMED", 2)
