"""Followers read everything once saved, and a place that lost its meaning is said so, never skipped (rule 3)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from sqlalchemy import text

from hub.call import worker_call
from hub.changes.follow import Following, Holding, Seat, follow, last_place, page_after
from hub.changes.relay import Relay
from hub.clock import SystemClock
from hub.errors import BusAway, CursorExpired, Overtaken
from hub.store.changelog import LoggedChange, Place
from hub.store.followers import Stand, rewind_follower, stands
from hub.store.roles import Role, RoleUrls
from hub.store.store import Store, open_store
from tests.kit.changes import TERM, make_change, put_outbox
from tests.kit.recorder import ListRecorder
from tests.kit.wait import until, until_so

pytestmark = pytest.mark.anyio
CALL = worker_call("acme")


@pytest.fixture
async def relay(database: RoleUrls) -> AsyncIterator[Relay]:
    async with open_store(database, Role.WORK, size=1) as own:
        relay = Relay(own, "left", ListRecorder())
        await relay.turn()
        yield relay


async def put(store: Store, relay: Relay, count: int) -> None:
    async with store.shard(CALL) as tx:
        await put_outbox(tx, *(make_change() for _ in range(count)))
    assert await relay.turn() == count


async def test_a_page_follows_its_place(store: Store, tailing: Store, relay: Relay) -> None:
    start = await last_place(tailing)
    await put(store, relay, 3)
    page = await page_after(tailing, start)
    assert [line.place.position for line in page] == [1, 2, 3]
    assert [line.place.position for line in await page_after(tailing, page[1].place)] == [3]


async def test_an_unknown_term_has_expired(store: Store, tailing: Store, relay: Relay) -> None:
    await put(store, relay, 1)
    with pytest.raises(CursorExpired):
        await page_after(tailing, Place(term=TERM, position=1))


async def test_a_place_past_the_end_has_expired(store: Store, tailing: Store, relay: Relay) -> None:
    await put(store, relay, 1)
    end = await last_place(tailing)
    with pytest.raises(CursorExpired):
        await page_after(tailing, Place(term=end.term, position=2))


async def test_a_place_below_what_is_kept_has_expired(store: Store, tailing: Store, relay: Relay) -> None:
    await put(store, relay, 3)
    end = await last_place(tailing)
    async with store.across() as tx:
        await tx.execute(text("update sequencer set floor = 3"))
    with pytest.raises(CursorExpired):
        await page_after(tailing, Place(term=end.term, position=1))
    assert [line.place.position for line in await page_after(tailing, Place(term=end.term, position=2))] == [3]


async def test_a_place_of_an_older_term_goes_on_only_before_the_next_one_began(
    store: Store, tailing: Store, relay: Relay, database: RoleUrls
) -> None:
    await put(store, relay, 2)
    old = (await last_place(tailing)).term
    async with store.across() as tx:
        await tx.execute(text("update sequencer set until = null"))
    async with open_store(database, Role.WORK, size=1) as own:
        successor = Relay(own, "right", ListRecorder())
        await successor.turn()
        await put(store, successor, 1)
    page = await page_after(tailing, Place(term=old, position=2))
    assert [line.place.position for line in page] == [3]
    assert page[0].place.term != old
    with pytest.raises(CursorExpired):
        await page_after(tailing, Place(term=old, position=3))


class Reading:
    """What a follower was given; it takes no page as long as something fails."""

    def __init__(self, failure: Exception | None = None) -> None:
        self.seen: list[int] = []
        self.attempts = 0
        self.failure = failure

    async def apply(self, page: Sequence[LoggedChange], held: Holding) -> None:
        self.attempts += 1
        if self.failure is not None:
            raise self.failure
        self.seen += [line.place.position for line in page]


def seat(holder: str = "one") -> Seat:
    return Seat(name="test", holder=holder, lease=timedelta(seconds=30))


@asynccontextmanager
async def following(store: Store, reading: Reading, who: Seat | None = None) -> AsyncIterator[asyncio.Task[None]]:
    loop = asyncio.create_task(follow(Following(store=store, clock=SystemClock(), seat=who or seat()), reading.apply))
    try:
        yield loop
    finally:
        loop.cancel()
        await asyncio.gather(loop, return_exceptions=True)


async def stand(store: Store) -> Stand | None:
    async with store.across() as tx:
        return next(iter(await stands(tx)), None)


async def until_it_says(store: Store, part: str) -> Stand:
    found: list[Stand] = []

    async def says() -> bool:
        one = await stand(store)
        found[:] = [] if one is None or one.error is None or part not in one.error else [one]
        return bool(found)

    await until_so(says)
    return found[0]


async def until_it_stands_at(store: Store, position: int) -> None:
    async def there() -> bool:
        async with store.across() as tx:
            return [one.position for one in await stands(tx)] == [position]

    await until_so(there)


async def test_a_follower_goes_on_where_it_saved(store: Store, relay: Relay) -> None:
    reading = Reading()
    for end in (2, 4):
        await put(store, relay, 2)
        async with following(store, reading):
            await until_it_stands_at(store, end)
    assert reading.seen == [1, 2, 3, 4]


async def test_a_new_follower_begins_at_the_first_line_that_is_kept(store: Store, relay: Relay) -> None:
    await put(store, relay, 3)
    async with store.across() as tx:
        await tx.execute(text("update sequencer set floor = 3"))
    reading = Reading()
    async with following(store, reading):
        await until_it_stands_at(store, 3)
    assert reading.seen == [3]


async def test_a_page_that_cannot_be_handed_on_is_given_again_and_says_why(store: Store, relay: Relay) -> None:
    await put(store, relay, 2)
    reading = Reading(BusAway("no broker answers"))
    async with following(store, reading):
        assert (await until_it_says(store, "no broker answers")).behind == 2
        await until(lambda: reading.attempts > 1)
        reading.failure = None
        await until_it_stands_at(store, 2)
    assert reading.seen == [1, 2]
    one = await stand(store)
    assert one is not None
    assert (one.error, one.behind, one.seconds) == (None, 0, 0)


async def test_one_process_follows_and_another_takes_over_when_it_ends(store: Store, relay: Relay) -> None:
    one, other = Reading(), Reading()
    async with following(store, one, seat("one")):
        await put(store, relay, 1)
        await until_it_stands_at(store, 1)
        async with following(store, other, seat("other")):
            await put(store, relay, 1)
            await until_it_stands_at(store, 2)
            assert (one.seen, other.seen) == ([1, 2], [])
    async with following(store, other, seat("other")):
        await put(store, relay, 1)
        await until_it_stands_at(store, 3)
    assert other.seen == [3]


async def test_a_holder_whose_lease_is_over_hands_nothing_on() -> None:
    held = Holding(SystemClock(), "test", 1)
    with pytest.raises(Overtaken):
        held.check()
    held.hold(asked_at=SystemClock().monotonic(), length=timedelta(seconds=30))
    held.check()


async def test_a_replaced_log_is_said_aloud_until_somebody_rewinds(store: Store, relay: Relay) -> None:
    await put(store, relay, 2)
    reading = Reading()
    async with following(store, reading):
        await until_it_stands_at(store, 2)
    async with store.across() as tx:
        await tx.execute(text("update follower set term = gen_random_uuid()"))
    async with following(store, reading):
        await until_it_says(store, "republish")
    assert reading.seen == [1, 2]
    async with store.across() as tx:
        assert await rewind_follower(tx, "test", None) == 0
    async with following(store, reading):
        await until_it_stands_at(store, 2)
    assert reading.seen == [1, 2, 1, 2]


async def test_a_holder_is_overtaken_by_who_rewinds_its_follower(store: Store, relay: Relay) -> None:
    await put(store, relay, 2)
    reading = Reading()
    async with following(store, reading):
        await until_it_stands_at(store, 2)
        async with store.across() as tx:
            assert await rewind_follower(tx, "test", 2) == 1
        await put(store, relay, 1)
        await until_it_stands_at(store, 3)
    assert reading.seen[-2:] == [2, 3]
