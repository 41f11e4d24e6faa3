"""Time enters by `wake_at` alone: what is due is applied with nothing new, and is due no more (Flow-2)."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

from sqlalchemy import text

from hub.intake.wake import Wake
from hub.merge.writer import Writer
from hub.model.vocabulary import Kind
from hub.store.store import Store
from tests.kit.merging import SHOP, Looking, landscape, order, seen
from tests.kit.wait import until_so


async def due(looking: Looking, ago: timedelta = timedelta(seconds=1)) -> None:
    async with looking.store.across() as tx:
        await tx.execute(text("update root set wake_at = clock_timestamp() - cast(:ago as interval)"), {"ago": ago})


async def states(looking: Looking) -> list[Any]:  # Any: rows
    return await looking.rows("select id, version, wake_at <= clock_timestamp() from root order by id")


async def test_what_is_due_is_woken_once_and_nothing_else_moves(store: Store) -> None:
    looking = Looking(store)
    await looking.each(*(seen((SHOP, Kind.ORDER, name), order(name)) for name in ("a", "b")))
    before = await states(looking)
    wake = Wake(store, looking.writer)
    assert await wake.turn() == 0
    await due(looking)
    assert await wake.turn() == 2
    assert await wake.turn() == 0
    assert await states(looking) == before
    assert await looking.count("outbox") == 2


async def test_roots_of_a_tenant_that_is_configured_no_more_are_left_alone(store: Store) -> None:
    looking = Looking(store)
    await looking.write(seen((SHOP, Kind.ORDER, "a"), order("a")))
    await due(looking)
    assert await Wake(store, Writer(store, {"beta": landscape()})).turn() == 0
    assert await Wake(store, looking.writer).turn() == 1


async def test_it_goes_on_until_cancelled(store: Store) -> None:
    looking = Looking(store)
    await looking.write(seen((SHOP, Kind.ORDER, "a"), order("a")))
    running = asyncio.create_task(Wake(store, looking.writer).run())

    async def is_woken() -> bool:
        return not await looking.rows("select 1 from root where wake_at <= clock_timestamp()")

    for _ in range(2):
        await due(looking)
        await until_so(is_woken)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert running.cancelled()
