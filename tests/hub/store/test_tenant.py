"""A pooled connection never keeps the last tenant (threat S8)."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from sqlalchemy import event, insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.call import worker_call
from hub.errors import StoreBusy
from hub.store.engine import TENANT
from hub.store.roles import Role, RoleUrls
from hub.store.store import Store, open_store
from hub.store.tables import root
from hub.store.tenant import enter

TENANTS = tuple(f"tenant-{number}" for number in range(7))
REQUESTS = 10_000
WORKERS = 16
POOL = 4
GLANCING, SLOWLY, FAILING = range(3)  # ways of a request; any other is a plain transaction
READ = select(root.c.tenant, root.c.id)
SLOW = text("select tenant, id, pg_sleep(0.002) from root")


@dataclass(kw_only=True)
class Tally:
    """What happened to the requests."""

    chance: random.Random
    outcomes: Counter[str] = field(default_factory=Counter)
    known: list[dict[str, object]] = field(default_factory=list)
    """The `info` of every connection ever opened."""
    crossed: list[str] = field(default_factory=list)


@pytest.fixture
async def narrow(database: RoleUrls) -> AsyncIterator[Store]:
    """Four connections for everybody, and one row a tenant."""
    async with open_store(database, Role.SERVE, size=POOL) as opened:
        for tenant in TENANTS:
            async with opened.shard(worker_call(tenant)) as tx:
                await tx.execute(insert(root), {"tenant": tenant, "id": f"of-{tenant}", "kind": "order"})
        yield opened


async def request(store: Store, tenant: str, tally: Tally) -> None:
    """Reads in one of three ways and notes every row that is not the tenant's."""
    way = tally.chance.randrange(4)
    opened = store.glance if way == GLANCING else store.shard
    async with opened(worker_call(tenant)) as tx:
        rows = (await tx.execute(SLOW if way == SLOWLY else READ)).all()
        tally.crossed += [f"{tenant} saw {row.id}" for row in rows if row.tenant != tenant]
        tally.outcomes["read" if len(rows) == 1 else "missed"] += 1
        if way == FAILING:
            message = "the body failed"
            raise LookupError(message)


def is_changing(tally: Tally) -> bool:
    """Whether some connection is between two tenants right now."""
    return any(info.get(TENANT, "") is None for info in tally.known[-POOL:])


async def disturbed(store: Store, tally: Tally, requests: list[str]) -> None:
    """Every third request is cancelled at some instant: while connecting, changing tenant, reading or committing."""
    while requests:
        task = asyncio.create_task(request(store, requests.pop(), tally))
        if tally.chance.random() < 1 / 3:
            await asyncio.sleep(0)
            for _ in range(tally.chance.randrange(40)):
                if task.done() or (tally.chance.random() < 1 / 2 and is_changing(tally)):
                    break
                await asyncio.sleep(0)
            tally.outcomes["cancelled while one changed tenant"] += is_changing(tally)
            task.cancel()
        try:
            await task
        except asyncio.CancelledError:
            tally.outcomes["cancelled"] += 1
        except LookupError:
            tally.outcomes["rolled back"] += 1
        except StoreBusy:
            tally.outcomes["busy"] += 1


async def test_ten_thousand_disturbed_requests_of_many_tenants_cross_nothing(narrow: Store) -> None:
    tally = Tally(chance=random.Random(8))
    requests = [tally.chance.choice(TENANTS) for _ in range(REQUESTS)]
    event.listen(narrow.engine.sync_engine, "connect", lambda _, record: tally.known.append(record.info))
    await asyncio.gather(*(disturbed(narrow, tally, requests) for _ in range(WORKERS)))
    print(dict(tally.outcomes), len(tally.known), "connections")
    assert tally.crossed == []
    assert tally.outcomes["missed"] == 0
    assert tally.outcomes["read"] > REQUESTS // 3
    assert tally.outcomes["cancelled"] > REQUESTS // 20


async def test_a_direct_connection_keeps_its_tenant_and_is_told_only_when_it_changes(narrow: Store) -> None:
    async with narrow.engine.connect() as connection:
        await enter(connection, "acme", pooled=False)
        await connection.execute(text("select 1"))
        await connection.rollback()
        assert await setting(connection) == "acme"
        connection.info[TENANT] = "bolt"  # believed, so it must not be told again
        await enter(connection, "bolt", pooled=False)
        assert await setting(connection) == "acme"
        await connection.invalidate()


async def setting(connection: AsyncConnection) -> object:
    return (await connection.execute(text("select current_setting('hub.tenant', true)"))).scalar()


async def test_a_connection_whose_tenant_is_not_confirmed_is_closed_not_reused(
    narrow: Store, database: RoleUrls
) -> None:
    infos: list[dict[str, object]] = []
    async with open_store(database, Role.SERVE, size=1) as one:
        event.listen(one.engine.sync_engine, "checkout", lambda _, record, __: infos.append(record.info))
        async with one.glance(worker_call("acme")) as tx:
            first = await tx.scalar(text("select pg_backend_pid()"))
        task = asyncio.create_task(look(one, "bolt"))
        while not task.done():
            await asyncio.sleep(0)
            if infos[0].get(TENANT, "") is None:
                task.cancel()
        assert task.cancelled()
        async with one.glance(worker_call("acme")) as tx:
            assert await tx.scalar(text("select pg_backend_pid()")) != first


async def look(store: Store, tenant: str) -> None:
    async with store.glance(worker_call(tenant)) as tx:
        await tx.scalars(READ)
