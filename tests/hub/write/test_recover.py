"""Take-over: what the last owner had under way is in doubt (D7, D8; F2, F36). Random orders: test_delivery_rivals."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest

from hub.errors import OutcomeUnknown
from hub.store.store import Store
from tests.kit.gates import ACME
from tests.kit.rows import end_lease
from tests.kit.scripted_shop import Fault, ScriptedShop, scripted_manifest
from tests.kit.station import Station
from tests.kit.wait import until

LOST = OutcomeUnknown("the answer was lost", source="shop")
CALL, SETTLE = timedelta(seconds=20), timedelta(seconds=5)


class Pair:
    """Two workers of one store and one shop; the first has taken the source and has one cancel to deliver."""

    def __init__(self, store: Store) -> None:
        self.shop = ScriptedShop()
        self.shop.place("o1")
        manifest = scripted_manifest(longest_call=CALL, settle=SETTLE)
        self.first = Station(store=store, shop=self.shop, manifest=manifest, name="w1")
        self.second = Station(store=store, shop=self.shop, manifest=manifest, name="w2")

    async def state(self) -> tuple[str, int, int]:
        row = await self.second.delivery()
        return row["state"], row["attempts"], row["epoch"]

    async def take_over(self) -> datetime:
        """The first worker is paused past its lease, and the second takes the source; when that lease ended."""
        await end_lease(self.first.store, ACME, "shop")
        ended: datetime = (await self.first.rows("select until from lease"))[0][0]
        await self.second.take()
        return ended

    async def call(self) -> asyncio.Task[None]:
        """The first worker claims and calls; the source has the request and takes its time."""
        under_way = asyncio.ensure_future(self.first.turn(self.first.deliveries))
        await until(lambda: "execute" in self.shop.requests)
        return under_way


@pytest.fixture
async def pair(store: Store) -> Pair:
    made = Pair(store)
    await made.first.take()
    await made.first.see("o1")
    await made.first.cancel("o1")
    made.shop.requests.clear()
    return made


async def test_a_row_claimed_by_a_lost_owner_is_in_doubt_until_nothing_can_arrive_any_more(pair: Pair) -> None:
    pair.shop.fail(Fault(verb="execute", slow=60))
    under_way = await pair.call()
    ended = await pair.take_over()
    row = await pair.second.delivery()
    assert (row["state"], row["attempts"], row["epoch"]) == ("UNKNOWN", 1, 1)
    assert row["hold_until"] == ended + CALL + SETTLE
    await pair.second.turn(pair.second.deliveries)
    assert pair.shop.requests == ["execute"]
    under_way.cancel()
    await asyncio.gather(under_way, return_exceptions=True)
    await pair.second.now_or_never()
    await pair.second.turn(pair.second.deliveries)
    assert await pair.state() == ("DONE", 1, 1)
    assert pair.shop.requests == ["execute", "resolve"]
    assert len(pair.shop.effects) == 1


async def test_the_answer_that_a_paused_owner_read_comes_too_late_and_changes_nothing(pair: Pair) -> None:
    answer = asyncio.Event()
    pair.shop.fail(Fault(verb="execute", until=answer))
    under_way = await pair.call()
    await pair.take_over()
    answer.set()
    await under_way
    assert await pair.state() == ("UNKNOWN", 1, 1)
    await pair.second.now_or_never()
    await pair.second.turn(pair.second.deliveries)
    assert await pair.state() == ("DONE", 1, 1)
    assert len(pair.shop.effects) == 1


async def test_an_owner_paused_before_its_call_is_refused_by_the_gate(pair: Pair) -> None:
    held = pair.first.held
    assert held is not None
    pair.first.owner.lease.hold(asked_at=-1e9, length=1.0, epoch=held.epoch)  # its own counting says: over
    await pair.first.turn(pair.first.deliveries)
    assert await pair.state() == ("PENDING", 0, 0)
    assert pair.shop.requests == []


async def test_the_next_owner_leaves_waiting_lanes_alone_until_the_last_call_is_over(pair: Pair) -> None:
    await pair.take_over()
    await pair.second.turn(pair.second.deliveries)
    assert await pair.state() == ("PENDING", 0, 0)
    await pair.second.now_or_never()
    await pair.second.turn(pair.second.deliveries)
    assert await pair.state() == ("DONE", 1, 2)


async def test_an_owner_that_is_lost_while_it_recovers_leaves_the_rest_to_the_next(pair: Pair) -> None:
    pair.shop.fail(Fault(verb="execute", slow=60))
    under_way = await pair.call()
    under_way.cancel()
    await asyncio.gather(under_way, return_exceptions=True)
    await end_lease(pair.first.store, ACME, "shop")
    assert await pair.second.owner.take() is not None  # and is lost before it doubts anything
    assert await pair.state() == ("CLAIMED", 1, 1)
    await end_lease(pair.first.store, ACME, "shop")
    held = await pair.first.take()
    assert held.epoch == 3
    assert await pair.state() == ("UNKNOWN", 1, 1)


async def test_recovering_twice_changes_nothing_more(pair: Pair) -> None:
    pair.shop.fail(Fault(verb="execute", slow=60))
    under_way = await pair.call()
    await pair.take_over()
    before = await pair.second.delivery()
    assert pair.second.held is not None
    await pair.second.deliveries.begin(pair.second.held)
    assert await pair.second.delivery() == before
    under_way.cancel()
    await asyncio.gather(under_way, return_exceptions=True)
