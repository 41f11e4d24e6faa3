"""A thousand sockets come back at once, each with a cursor some hundreds of changes old: `python -m bench.reconnect`.

The hub's process has just been replaced, so it remembers nothing. Counted is the time from the first connection until
every socket has had all it missed, in how many executions, and what a query takes meanwhile. Server and PostgreSQL on
one core, subscribers on the other.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import sys
import time
import urllib.request
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from multiprocessing.connection import Connection

from bench.fanout import HUB, orders_of, swarming
from bench.kit.fan import KEYS, HubServer, hub_server, keys
from bench.kit.load import cpu, cpu_of_database, pin, postgres
from bench.kit.server import Shops
from hub.call import worker_call
from hub.changes.relay import Relay
from hub.store.cluster import Cluster
from hub.store.roles import Role, RoleUrls
from hub.store.store import Store, open_store
from tests.kit.changes import make_change, put_outbox
from tests.kit.hub import running_hub
from tests.kit.pg import running_cluster
from tests.kit.recorder import ListRecorder

SOCKETS = 1000
SPREAD = 100  # changes during which they leave, one here, one there
MISSED = 300  # changes while nobody listens
BAR = 10.0  # seconds
FIRST = 1_000_000  # versions of the changes of this bench
AFTER = HUB.replace("($s", "($after: String, $s").replace("orderChanged(", "orderChanged(after: $after, ")


class Log:
    """The change log, written by the bench."""

    def __init__(self, store: Store, relay: Relay, orders: list[str]) -> None:
        self._store = store
        self._relay = relay
        self._orders = orders
        self.version = FIRST

    async def add(self, count: int) -> list[int]:
        """So many changes; their versions."""
        changes = [
            make_change(entity_id=one, root_id=one, version=version, status="ALLOCATED")
            for version in range(self.version, self.version + count)
            for one in [self._orders[version % len(self._orders)]]
        ]
        async with self._store.shard(worker_call("acme")) as tx:
            await put_outbox(tx, *changes)
        while await self._relay.turn():
            pass
        self.version += count
        return [change.version for change in changes]


async def run(cluster: Cluster) -> bool:
    """Whether everybody was served within the bar."""
    async with running_hub(cluster, orders=100, rests=True) as running:
        shops = {(one.tenant, one.source): one.url for one in (running.shop, running.other)}
        orders = [id_ for id_, _ in await orders_of(running)]
        cores = sorted(os.sched_getaffinity(0))
        async with (
            open_store(running.urls, Role.WORK, size=1) as own,
            open_store(running.urls, Role.WORK, size=1) as store,
        ):
            relay = Relay(own, "bench", ListRecorder())
            while not (await running.rows("select 1 from sequencer where holder like 'bench%'")):
                await relay.turn()
                await asyncio.sleep(0.1)
            log = Log(store, relay, orders)
            with swarming(cores[-1]) as told:
                async with _pinned(shops, running.urls, cores[0]) as hub:
                    cursors = await _left(told, hub, log)
                missed = await log.add(MISSED)
                async with _pinned(shops, running.urls, cores[0]) as hub:
                    return await _come_back(told, hub, cursors, missed)


@asynccontextmanager
async def _pinned(shops: Shops, urls: RoleUrls, core: int) -> AsyncIterator[HubServer]:
    """A fresh process of the hub, and PostgreSQL, on *core*; everything else is on the last."""
    async with hub_server(shops, urls) as hub:
        pin([hub.pid, *postgres()], core)
        yield hub


async def _left(told: Connection, hub: HubServer, log: Log) -> list[str]:
    """Subscribe, hear some changes, leave: a cursor for each, of one change or another."""
    variables = [{"s": ["ALLOCATED"]}] * SOCKETS
    given = {"port": hub.port, "keys": keys(SOCKETS), "document": AFTER, "variables": variables, "keeps_cursors": True}
    await _asked(told, "open", **given)
    await asyncio.sleep(2)
    versions = await log.add(SPREAD)
    await _asked(told, "read", versions=versions)
    heard = await _asked(told, "cursors")
    assert isinstance(heard, list)
    await _asked(told, "close")
    dice = random.Random(7)
    return [dice.choice(one) for one in heard]


async def _come_back(told: Connection, hub: HubServer, cursors: list[str], missed: list[int]) -> bool:
    used = cpu(hub.pid), cpu_of_database()
    variables = [{"s": ["ALLOCATED"], "after": cursor} for cursor in cursors]
    told.send(("open", {"port": hub.port, "keys": keys(SOCKETS), "document": AFTER, "variables": variables}))
    waits = asyncio.create_task(asyncio.to_thread(_queries, hub.port, told))
    took = await waits
    opened = await asyncio.to_thread(told.recv)
    began, opening = opened
    taken = await _asked(told, "read", versions=missed)
    assert isinstance(taken, dict)
    assert all(len(ats) == SOCKETS for ats in taken.values()), "a change is missing or was told twice"
    served = max(max(ats) for ats in taken.values()) - began
    spent = cpu(hub.pid) - used[0], cpu_of_database() - used[1]
    print(f"{SOCKETS} sockets, {KEYS} credentials, {MISSED} to {MISSED + SPREAD} changes behind, on a fresh process")
    print(f"all connected after {opening:.1f} s, all caught up after {served:.1f} s (bar {BAR:g} s)")
    print(f"{SOCKETS * MISSED} events and more pushed; CPU of the hub {spent[0]:.1f} s, of PostgreSQL {spent[1]:.1f} s")
    print(f"a query meanwhile: p50 {took[len(took) // 2] * 1000:.0f} ms, worst {took[-1] * 1000:.0f} ms")
    return bool(served <= BAR)


def _queries(port: int, told: Connection) -> list[float]:
    """How long a small query takes, asked over and over until everybody is connected; sorted."""
    body = json.dumps({"query": "{ viewer { actor } }"}).encode()
    headers = {"authorization": "Bearer bench-0", "content-type": "application/json"}
    took: list[float] = []
    while not told.poll():
        began = time.perf_counter()
        request = urllib.request.Request(f"http://127.0.0.1:{port}/graphql", body, headers)
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310  our own
            answer.read()
        took.append(time.perf_counter() - began)
        time.sleep(0.05)
    return sorted(took) or [0.0]


async def _asked(told: Connection, order: str, **given: object) -> object:
    told.send((order, given))
    return await asyncio.to_thread(told.recv)


def main() -> int:
    """0 if everybody was served within the bar."""
    with running_cluster() as cluster:
        return 0 if asyncio.run(run(cluster)) else 1


if __name__ == "__main__":
    sys.exit(main())
