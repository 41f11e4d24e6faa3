"""One leader gives gap-free positions in order; an overtaken one writes nothing (rules q1-q4, F36)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
from sqlalchemy import select, text

from hub.call import worker_call
from hub.changes.relay import Relay
from hub.model.trace import HopKind
from hub.store.roles import Role, RoleUrls
from hub.store.store import Store, open_store
from hub.store.tables import change_log, outbox
from tests.kit.changes import make_change, put_outbox
from tests.kit.recorder import ListRecorder

pytestmark = pytest.mark.anyio
CALL = worker_call("acme")


@pytest.fixture
async def two_sessions(database: RoleUrls) -> AsyncIterator[tuple[Store, Store]]:
    async with AsyncExitStack() as stack:
        left = await stack.enter_async_context(open_store(database, Role.WORK, size=1))
        right = await stack.enter_async_context(open_store(database, Role.WORK, size=1))
        yield left, right


async def logged(store: Store) -> list[tuple[int, str]]:
    async with store.across() as tx:
        rows = await tx.execute(select(change_log.c.position, change_log.c.event_id).order_by(change_log.c.position))
        return [(row.position, row.event_id) for row in rows]


async def end_lease(store: Store) -> None:
    async with store.across() as tx:
        await tx.execute(text("update sequencer set until = clock_timestamp() - interval '1 s'"))


async def test_changes_get_positions_in_the_order_of_the_outbox(
    store: Store, two_sessions: tuple[Store, Store]
) -> None:
    recorder = ListRecorder()
    changes = [make_change(version=n, correlation_id=f"correlation-{n}") for n in range(1, 6)]
    async with store.shard(CALL) as tx:
        await put_outbox(tx, *changes)
    assert await Relay(two_sessions[0], "left", recorder).turn() == 5
    assert await logged(store) == [(n, change.event_id) for n, change in enumerate(changes, 1)]
    async with store.across() as tx:
        assert await tx.scalars(select(outbox.c.id)) == []
    assert [(hop.kind, hop.correlation_id) for hop in recorder.hops] == [
        (HopKind.CHANGE, f"correlation-{n}") for n in range(1, 6)
    ]


async def test_a_rival_waits_while_the_leader_leads(store: Store, two_sessions: tuple[Store, Store]) -> None:
    left, right = (Relay(one, name, ListRecorder()) for one, name in zip(two_sessions, ("left", "right"), strict=True))
    await left.turn()
    async with store.shard(CALL) as tx:
        await put_outbox(tx, make_change())
    assert await right.turn() == 0
    assert await left.turn() == 1


async def test_an_overtaken_leader_writes_nothing(store: Store, two_sessions: tuple[Store, Store]) -> None:
    left, right = (Relay(one, name, ListRecorder()) for one, name in zip(two_sessions, ("left", "right"), strict=True))
    await left.turn()
    await end_lease(store)
    await right.turn()
    async with store.shard(CALL) as tx:
        await put_outbox(tx, make_change())
    assert await left.turn() == 0
    assert await logged(store) == []
    assert await right.turn() == 1


async def test_a_leader_that_lost_its_session_takes_a_new_term(store: Store, two_sessions: tuple[Store, Store]) -> None:
    relay = Relay(two_sessions[0], "left", ListRecorder())
    await relay.turn()
    async with store.across() as tx:
        await tx.execute(text("select pg_terminate_backend(split_part(holder, ' ', 2)::int) from sequencer"))
        await put_outbox(tx, make_change())
    turns = [await relay.turn() for _ in range(3)]
    assert sum(turns) == 1
    async with store.across() as tx:
        assert await tx.scalar(text("select count(*) from sequencer_term")) == 2


async def test_rivals_lose_repeat_and_reorder_nothing(store: Store, two_sessions: tuple[Store, Store]) -> None:
    async def write(root: str) -> None:
        for version in range(1, 21):
            async with store.shard(CALL) as tx:
                await tx.lock_keys("acme", [root])
                await put_outbox(tx, make_change(root_id=root, entity_id=root, version=version))

    relays = [Relay(one, name, ListRecorder()) for one, name in zip(two_sessions, ("left", "right"), strict=True)]

    async def lead(relay: Relay, writers: asyncio.Task[None]) -> None:
        while not writers.done():
            await relay.turn()
            await end_lease(store)

    async def all_writers() -> None:
        await asyncio.gather(*(write(f"root-{n}") for n in range(4)))

    writers = asyncio.create_task(all_writers())
    await asyncio.gather(*(lead(relay, writers) for relay in relays))
    await writers
    for relay in relays * 2:
        await relay.turn()
        await end_lease(store)
    async with store.across() as tx:
        rows = (await tx.execute(select(change_log).order_by(change_log.c.position))).all()
    assert [row.position for row in rows] == list(range(1, 81))
    for root in {row.root_id for row in rows}:
        assert [row.entity_version for row in rows if row.root_id == root] == list(range(1, 21))
