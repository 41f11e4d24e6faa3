"""One event to many: the hub beside the npm server `graphql-ws`, interleaved: `python -m bench.fanout [ROUNDS [SIZE]]`.

Subscribers of one document with a filter, over real sockets; servers and PostgreSQL on one core, subscribers on the
other. The hub reads each event's order from its store, row security on; the peer has it in memory. Paced rounds give
CPU per message and latency, a burst gives messages per second. What counts are ratios within one run.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count, cycle
from multiprocessing.connection import Connection
from pathlib import Path

from bench.kit.fan import Happening, HubServer, NodeServer, hub_server, keys, node_server
from bench.kit.load import cpu, cpu_of_database, pin, postgres
from bench.kit.swarm import swarm
from hub.store.cluster import Cluster
from tests.kit.hub import Running, running_hub
from tests.kit.pg import running_cluster

FIELDS = "cursor kind event version occurredAt changedFields orderId order { id number status version }"
HUB = f"subscription Q($s: [OrderStatus!]) {{ orderChanged(filter: {{status: {{in: $s}}}}) {{ {FIELDS} }} }}"
PEER = f"subscription Q($s: String) {{ orderChanged(status: $s) {{ {FIELDS} }} }}"
PACES = {100: (100, 200), 1_000: (20, 60), 5_000: (4, 16)}
"""Events per second, and how many, by subscribers."""
BURST = 10  # events of a burst
IDLE_LIMIT = 25.0  # KB of a subscription that hears nothing

Server = HubServer | NodeServer


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Of one round."""

    cpu: float
    """Microseconds per message, of the server and, for the hub, of PostgreSQL."""
    p50: float
    """Milliseconds."""
    p99: float
    burst: float
    """Messages per second."""
    idle: float
    """KB per subscription that hears nothing."""
    size: int


class Bench:
    """Publishes and measures."""

    def __init__(self, told: Connection, orders: Sequence[tuple[str, str]]) -> None:
        self._told = told
        self._orders = cycle(orders)
        self._versions = count(1)

    def ask(self, order: str, **given: object) -> object:
        """Let the swarm do something, and wait for it."""
        self._told.send((order, given))
        return self._told.recv()

    def round(self, server: Server, subscribers: int) -> Figures:
        """Everything of one server at one size."""
        is_hub = isinstance(server, HubServer)
        before = resident(server.pid)
        variables = {"s": ["ALLOCATED"]} if is_hub else {"s": "ALLOCATED"}
        document = HUB if is_hub else PEER
        self.ask(
            "open", port=server.port, keys=keys(subscribers), document=document, variables=[variables] * subscribers
        )
        time.sleep(1.0)
        idle = (resident(server.pid) - before) / subscribers
        self._paced(server, 20, 2)  # both warm
        pace, events = PACES[subscribers]
        used = self._used(server)
        late = self._paced(server, pace, events)
        cost = (self._used(server) - used) / (events * subscribers)
        began = time.perf_counter()
        self._paced(server, 0, BURST)
        burst = BURST * subscribers / (time.perf_counter() - began)
        size = self.ask("size")
        assert isinstance(size, int)
        self.ask("close")
        time.sleep(0.5)
        cut = statistics.quantiles(late, n=100)
        return Figures(cpu=cost * 1e6, p50=cut[49] * 1e3, p99=cut[98] * 1e3, burst=burst, idle=idle, size=size)

    def _used(self, server: Server) -> float:
        return cpu(server.pid) + (cpu_of_database() if isinstance(server, HubServer) else 0)

    def _paced(self, server: Server, pace: float, events: int) -> list[float]:
        """Publish; how late each message came."""
        sent: dict[int, float] = {}
        due = time.perf_counter()
        versions = [next(self._versions) for _ in range(events)]
        self._told.send(("read", {"versions": versions}))
        for version in versions:
            order_id, number = next(self._orders)
            sent[version] = time.perf_counter()
            server.publish(Happening(version=version, order_id=order_id, number=number, status="ALLOCATED"))
            due += 1 / pace if pace else 0
            time.sleep(max(0, due - time.perf_counter()))
        taken = self._told.recv()
        assert all(taken.values()), "a message is missing"
        return [at - sent[version] for version, ats in taken.items() for at in ats]


def resident(pid: int) -> float:
    """KB of memory that a process holds."""
    return float(Path(f"/proc/{pid}/status").read_text().partition("VmRSS:")[2].split()[0])


@contextmanager
def swarming(core: int) -> Iterator[Connection]:
    """The subscribers' process while the block runs."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=swarm, args=(core, theirs))
    process.start()
    try:
        yield ours
    finally:
        process.kill()
        process.join()


async def orders_of(running: Running) -> list[tuple[str, str]]:
    """Ids and numbers of orders there are."""
    rows = await running.rows(
        "select id, number from entity where tenant = 'acme' and kind = 'ORDER' and redirect_to is null limit 100"
    )
    return [(row.id, row.number) for row in rows]


async def run(cluster: Cluster, rounds: int, sizes: Sequence[int]) -> bool:
    """Measure both in turn at every size; whether the hub kept what it must."""
    async with running_hub(cluster, orders=100, rests=True) as running:
        shops = {(one.tenant, one.source): one.url for one in (running.shop, running.other)}
        orders = await orders_of(running)
        async with hub_server(shops, running.urls) as hub:
            cores = sorted(os.sched_getaffinity(0))
            os.sched_setaffinity(0, {cores[-1]})
            with node_server() as node, swarming(cores[-1]) as told:
                if node is None:
                    print("no Node on this machine: the hub alone")
                peers: dict[str, Server] = {"hub": hub} | ({"graphql-ws": node} if node else {})
                pin([*postgres(), *(peer.pid for peer in peers.values())], cores[0])
                bench = Bench(told, orders)
                return await asyncio.to_thread(_compare, bench, peers, rounds, sizes)


def _compare(bench: Bench, peers: dict[str, Server], rounds: int, sizes: Sequence[int]) -> bool:
    print(f"{rounds} rounds; figures are medians; CPU of the hub includes PostgreSQL")
    head = f"{'messages/CPU-s':>15}{'us/message':>12}{'p50 ms':>8}{'p99 ms':>8}{'burst/s':>9}{'idle KB':>9}{'bytes':>7}"
    print(f"{'subscribers':12}{'':11}{head}{'hub is':>8}")
    kept = True
    for subscribers in sizes:
        found: dict[str, list[Figures]] = {}
        for _ in range(rounds):
            for name, peer in peers.items():
                found.setdefault(name, []).append(bench.round(peer, subscribers))
        hub = statistics.median(one.cpu for one in found["hub"])
        for name, figures in found.items():
            cost, p50, p99, burst = (
                statistics.median(getattr(one, what) for one in figures) for what in ("cpu", "p50", "p99", "burst")
            )
            idle = figures[0].idle  # of the first round: later ones find memory that was given back
            print(
                f"{subscribers:<12}{name:11}{1e6 / cost:15.0f}{cost:12.1f}{p50:8.1f}{p99:8.1f}{burst:9.0f}{idle:9.1f}"
                f"{figures[0].size:7}{cost / hub:7.2f}x",
                flush=True,
            )
            kept &= name != "hub" or subscribers != max(PACES) or idle <= IDLE_LIMIT
    return kept


def main() -> int:
    """0 if an idle subscription took no more than it may."""
    given = [int(one) for one in sys.argv[1:]]
    with running_cluster() as cluster:
        return 0 if asyncio.run(run(cluster, (given or [3])[0], given[1:] or list(PACES))) else 1


if __name__ == "__main__":
    sys.exit(main())
