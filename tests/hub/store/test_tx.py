"""One transaction: locks, the clock, and a COMMIT whose answer is lost (F6; design section 11 rule 5)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC

import pytest
from anyio import CancelScope
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, select, text

from hub import failpoint
from hub.call import worker_call
from hub.errors import CommitUnknown, StoreBusy
from hub.store.faults import StoreContended
from hub.store.store import Store
from hub.store.tables import root
from hub.store.tx import Tx, lock_number
from tests.kit.pg import Superuser

ACME = worker_call("acme")
ROW = {"tenant": "acme", "id": "1", "kind": "order"}
HELD = text("select count(*) from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()")


@pytest.fixture
def passed() -> Iterator[list[str]]:
    """The points that transactions reach."""
    points: list[str] = []
    failpoint.install(points.append)
    yield points
    failpoint.install(None)


async def stored(store: Store) -> list[str]:
    async with store.glance(ACME) as tx:
        return list(await tx.scalars(select(root.c.id)))


async def backend(tx: Tx) -> int:
    pid: int = await tx.scalar(text("select pg_backend_pid()"))
    return pid


async def put_and_lose_the_server(store: Store, end: Superuser) -> None:
    async with store.shard(ACME) as tx:
        await tx.execute(insert(root), ROW)
        pid = await backend(tx)
        await end.execute("select pg_terminate_backend($1)", pid)


async def test_the_clock_is_the_databases_and_moves_within_a_transaction(store: Store) -> None:
    async with store.shard(ACME) as tx:
        first, second = await tx.now(), await tx.now()
    assert first.tzinfo is UTC
    assert second > first


async def test_locks_are_taken_once_each_in_one_statement_and_end_with_the_transaction(store: Store) -> None:
    async with store.shard(ACME) as tx:
        await tx.lock_keys("acme", ["b", "a", "b", *map(str, range(2000))])
        assert await tx.scalar(HELD) == 2002
        await tx.lock_keys("acme", [])
    async with store.shard(ACME) as tx:
        assert await tx.scalar(HELD) == 0


async def lock_both(store: Store, keys: list[str], met: asyncio.Barrier) -> None:
    async with store.shard(ACME) as tx:
        await met.wait()
        await tx.lock_keys("acme", keys)
        await asyncio.sleep(0)


async def test_two_that_lock_the_same_keys_in_other_orders_never_deadlock(store: Store) -> None:
    keys = [str(number) for number in range(300)]
    for _ in range(5):
        met = asyncio.Barrier(4)
        orders = (keys, keys[::-1], keys[150:] + keys[:150], keys[::3])
        await asyncio.gather(*(lock_both(store, order, met) for order in orders))


async def test_a_lock_of_one_tenant_is_not_one_of_another(store: Store) -> None:
    async with store.shard(ACME) as tx, store.shard(worker_call("bolt")) as other:
        await tx.lock_keys("acme", ["a"])
        await other.lock_keys("bolt", ["a"])
        assert await other.scalar(HELD) == 1


@given(st.text(), st.text())
def test_every_key_has_a_number_that_postgresql_takes(tenant: str, key: str) -> None:
    assert -(2**63) <= lock_number(tenant, key) < 2**63
    assert lock_number(tenant, key) == lock_number(tenant, key)


async def test_a_connection_lost_before_commit_is_busy_not_unknown(store: Store, superuser: Superuser) -> None:
    with pytest.raises(StoreBusy) as caught:
        await lose_it_midway(store, superuser)
    assert not isinstance(caught.value, CommitUnknown)
    assert await stored(store) == []


async def lose_it_midway(store: Store, superuser: Superuser) -> None:
    async with store.shard(ACME) as tx:
        await tx.execute(insert(root), ROW)
        await superuser.execute("select pg_terminate_backend($1)", await backend(tx))
        await tx.execute(select(root.c.id))


async def test_a_connection_lost_during_commit_is_an_unknown_outcome(store: Store, superuser: Superuser) -> None:
    with pytest.raises(CommitUnknown):
        await put_and_lose_the_server(store, superuser)
    assert await stored(store) == []


async def test_a_commit_that_the_server_refuses_is_known_to_have_failed(store: Store, superuser: Superuser) -> None:
    await superuser.execute(
        "create function hub.no() returns trigger language plpgsql as $$begin raise exception 'no'; end$$;"
        "create constraint trigger late after insert on hub.root deferrable initially deferred"
        " for each row execute function hub.no()"
    )
    with pytest.raises(Exception, match="the database refused a statement") as caught:
        await put(store)
    assert not isinstance(caught.value, CommitUnknown)
    assert await stored(store) == []


async def put(store: Store) -> None:
    async with store.shard(ACME) as tx:
        await tx.execute(insert(root), ROW)


async def test_the_points_around_a_commit_are_reached_in_order(store: Store, passed: list[str]) -> None:
    await put(store)
    assert passed == ["tx.commit", "tx.committed"]


async def test_a_cancelled_caller_does_not_cut_a_commit_short(store: Store, passed: list[str]) -> None:
    with CancelScope() as scope:
        failpoint.install(lambda point: scope.cancel() if point == "tx.commit" else passed.append(point))
        await put(store)
    assert scope.cancel_called
    assert passed == ["tx.committed"]
    assert await stored(store) == ["1"]


async def test_a_deadlock_is_contention_and_may_be_tried_again(store: Store) -> None:
    await put(store)
    async with store.shard(ACME) as tx:
        await tx.execute(insert(root), ROW | {"id": "2"})
    met = asyncio.Barrier(2)
    results = await asyncio.gather(cross(store, "1", "2", met), cross(store, "2", "1", met), return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["NoneType", StoreContended.__name__]


async def cross(store: Store, first: str, second: str, met: asyncio.Barrier) -> None:
    async with store.shard(ACME) as tx:
        await tx.execute(root.update().where(root.c.id == first).values(version=1))
        await met.wait()
        await tx.execute(root.update().where(root.c.id == second).values(version=2))
