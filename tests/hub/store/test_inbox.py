"""Deliveries are taken by one worker at a time, oldest first, and none is lost with its worker."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from hub.call import worker_call
from hub.model.ids import mint
from hub.store.inbox import Arrival, bury_arrival, put_arrival, retry_arrival, take_arrivals
from hub.store.store import Store
from hub.store.tables import inbox

CALL = worker_call("acme")
LATER = timedelta(minutes=1)
AT_ONCE = timedelta()


def arrival(delivery_id: str, source: str = "shop") -> Arrival:
    return Arrival(
        id=mint(),
        tenant="acme",
        source=source,
        delivery_id=delivery_id,
        headers={"x-one": "1"},
        body=b"{}",
        correlation_id="correlation-1",
    )


async def put(store: Store, *arrivals: Arrival) -> list[bool]:
    async with store.shard(CALL) as tx:
        return [await put_arrival(tx, one) for one in arrivals]


async def take(store: Store, invisible: timedelta = LATER) -> list[str]:
    async with store.across() as tx:
        return [one.id for one in await take_arrivals(tx, 10, invisible)]


async def test_one_delivery_of_one_source_is_kept_once(store: Store) -> None:
    assert await put(store, arrival("a"), arrival("a"), arrival("a", source="other")) == [True, False, True]


async def test_what_one_worker_took_another_does_not_see(store: Store) -> None:
    first, second = arrival("a"), arrival("b")
    await put(store, first, second)
    assert await take(store) == [first.id, second.id]
    assert await take(store) == []


async def test_what_a_dead_worker_took_comes_back(store: Store) -> None:
    one = arrival("a")
    await put(store, one)
    assert await take(store, AT_ONCE) == [one.id]
    assert await take(store, AT_ONCE) == [one.id]


async def test_headers_and_body_come_back_as_they_were(store: Store) -> None:
    await put(store, arrival("a"))
    async with store.across() as tx:
        taken = (await take_arrivals(tx, 10, LATER))[0]
    assert (taken.headers, taken.body, taken.attempts) == ({"x-one": "1"}, b"{}", 1)


async def test_a_buried_delivery_is_dead_and_says_why(store: Store) -> None:
    one, two = arrival("a"), arrival("b")
    await put(store, one, two)
    async with store.across() as tx:
        await bury_arrival(tx, one.id, "no such field", "MAPPING")
        await retry_arrival(tx, two.id, AT_ONCE, "away", "BUG")
        rows = (await tx.execute(select(inbox).order_by(inbox.c.delivery_id))).all()
    assert [(row.state, row.error, row.error_class) for row in rows] == [
        ("DEAD", "no such field", "MAPPING"),
        ("PENDING", "away", "BUG"),
    ]
    assert await take(store) == [two.id]
