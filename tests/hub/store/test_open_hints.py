"""Hints that wait to be served (Obs-2)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import text

from hub.model.vocabulary import Kind
from hub.store.hints import CLOSE_HINTS, RAISE_HINTS, HintRow, HintServed
from hub.store.open_hints import back_off, open_hints
from hub.store.store import Store
from tests.kit.gates import ACME

SHOP = ("acme", "shop")


async def raised(store: Store, *ids: str, priority: int = 5, wait: float = 0.0) -> None:
    rows = [
        HintRow(source="shop", kind=Kind.ORDER, source_id=one, reason="webhook", priority=priority, wait_seconds=wait,
                correlation_id=f"because-{one}")
        for one in ids
    ]  # fmt: skip
    async with store.shard(ACME) as tx:
        await RAISE_HINTS.write(tx, "acme", rows)


async def found(store: Store, *, size: int = 10, busy: tuple[str, ...] = ()) -> list[tuple[str, int]]:
    async with store.glance(ACME) as tx:
        return [(hint.source_id, hint.counter) for hint in await open_hints(tx, SHOP, size, busy)]


async def test_the_urgent_come_first_and_what_is_busy_or_not_due_does_not_come(store: Store) -> None:
    await raised(store, "o1", "o2")
    await raised(store, "o3", priority=1)
    await raised(store, "later", wait=3600)
    assert await found(store) == [("o3", 1), ("o1", 1), ("o2", 1)]
    assert await found(store, size=1) == [("o3", 1)]
    assert await found(store, busy=("ORDER o3", "ORDER o2")) == [("o1", 1)]


async def test_a_hint_raised_again_is_one_hint_with_a_higher_counter(store: Store) -> None:
    await raised(store, "o1")
    await raised(store, "o1", priority=1)
    assert await found(store) == [("o1", 2)]


async def test_a_served_hint_is_gone_and_its_counter_never_restarts(store: Store) -> None:
    await raised(store, "o1")
    async with store.shard(ACME) as tx:
        await CLOSE_HINTS.write(tx, "acme", [HintServed(source="shop", kind=Kind.ORDER, source_id="o1", counter=1)])
    assert await found(store) == []
    await raised(store, "o1")
    assert await found(store) == [("o1", 2)]


async def test_failed_reads_wait_longer_each_time_up_to_five_minutes(store: Store) -> None:
    await raised(store, "o1")
    waits: list[int] = []
    for _ in range(11):
        async with store.shard(ACME) as tx:
            await back_off(tx, SHOP, Kind.ORDER, {"o1": None})
            row = (await tx.execute(text("select due_at, clock_timestamp() as now from hint"))).one()
        waits.append(seconds(row.due_at, row.now))
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]
    assert await found(store) == []


async def test_why_an_object_cannot_be_read_is_kept_while_its_hint_is_open(store: Store) -> None:
    await raised(store, "o1", "o2")
    for failed in ({"o1": "$.total: no number", "o2": None}, {"o1": None}):
        async with store.shard(ACME) as tx:
            await back_off(tx, SHOP, Kind.ORDER, failed)
    await raised(store, "o1")
    assert await errors(store) == [("o1", 2, "$.total: no number"), ("o2", 1, None)]
    async with store.shard(ACME) as tx:
        await CLOSE_HINTS.write(tx, "acme", [HintServed(source="shop", kind=Kind.ORDER, source_id="o1", counter=2)])
    await raised(store, "o1")
    assert await errors(store) == [("o1", 0, None), ("o2", 1, None)]


async def errors(store: Store) -> list[tuple[str, int, str | None]]:
    async with store.glance(ACME) as tx:
        rows = (await tx.execute(text("select source_id, attempts, error from hint order by 1"))).all()
    return [(row.source_id, row.attempts, row.error) for row in rows]


def seconds(until: datetime, now: datetime) -> int:
    return round((until - now).total_seconds())
