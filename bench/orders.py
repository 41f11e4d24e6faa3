"""How fast the whole hub answers: `python -m bench.orders [ORDERS]`. HTTP, keys, limits, row security: all on.

A first load through the hub's own loops, then one serving process and PostgreSQL on one core, and eight clients on the
other: requests per second as they came, and per second of CPU that hub and database used together, which does not hang
on who else shared the core; all beside an endpoint of the same process that only asks `select 1`.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time

from bench.kit.load import Load, asked, measured
from bench.kit.server import CLIENTS, server
from hub.store.cluster import Cluster
from tests.kit.hub import Running, running_hub
from tests.kit.pg import running_cluster
from tests.kit.surface import document

PAGE = """query Page { orders(first: 50) {
  nodes {
    number status statusText placedAt total { amount currencyCode } customer { name } shipments { number status } }
  pageInfo { hasNextPage endCursor } } }"""
LEAN_PAGE = """query LeanPage { orders(first: 50) {
  nodes { number status placedAt total { amount currencyCode } lines { sku quantities { ordered shipped } } }
  pageInfo { hasNextPage endCursor } } }"""
STATUS = "query Status($id: ID!) { order(by: {id: $id}) { status } }"


async def loads(running: Running) -> list[Load]:
    """What is measured, over orders of the shop."""
    chosen = running.shop.orders[:: max(1, len(running.shop.orders) // 200)]
    found = await running.rep.data("{ orders(first: 100) { nodes { id } } }")
    ids = [node["id"] for node in found["orders"]["nodes"]]
    codes = [{"identifier": order.code} for order in chosen]
    return [
        Load(name="select 1", path="/bare", bodies=asked("", "nothing", [0])),
        Load(name="order(by:{id}){status}", path="/graphql", bodies=asked(STATUS, "id", ids)),
        Load(name="Order360", path="/graphql", bodies=asked(document("Order360"), "by", codes)),
        Load(name="page of 50, lean", path="/graphql", bodies=asked(LEAN_PAGE, "nothing", [0])),
        Load(name="page of 50", path="/graphql", bodies=asked(PAGE, "nothing", [0])),
    ]


async def run(cluster: Cluster, orders: int) -> None:
    """Load, then measure and print."""
    cores = sorted(os.sched_getaffinity(0))
    began = time.perf_counter()
    async with running_hub(cluster, orders=orders, rests=True) as running:
        print(f"{len(running.shop.orders)} orders in each of two shops, loaded in {time.perf_counter() - began:.0f} s")
        shops = {(one.tenant, one.source): one.url for one in (running.shop, running.other)}
        async with server(shops, running.urls) as (url, process):
            await report(running, url, (process.pid or 0, cores))


async def report(running: Running, url: str, placed: tuple[int, list[int]]) -> None:
    """Print a table: server side on the first core, clients on the last."""
    hub, cores = placed
    os.sched_setaffinity(0, {cores[-1]})
    print(f"hub and PostgreSQL on core {cores[0]}, {CLIENTS} clients on core {cores[-1]}; row security on")
    heads = ("req/s", 9), ("req/core-s", 11), ("of bare", 9), ("p50 ms", 8), ("p99 ms", 8), ("hub ms", 8), ("db ms", 8)
    print(" " * 24 + "".join(head.rjust(width) for head, width in heads) + "bytes".rjust(8))
    bare = 0.0
    for load in await loads(running):
        found = await measured(url, load, hub, cores[0])
        per_core = 1000 / (found.hub + found.database)
        bare = bare or per_core
        print(
            f"{load.name:24}{found.per_second:9.1f}{per_core:11.1f}{per_core / bare:9.3f}{found.median:8.2f}"
            f"{found.p99:8.2f}{found.hub:8.2f}{found.database:8.2f}{found.size:8d}",
            flush=True,
        )


def main() -> int:
    """0 if every request was answered without an error."""
    with running_cluster() as cluster:
        asyncio.run(run(cluster, int(sys.argv[1]) if len(sys.argv) > 1 else 2000))
    return 0


if __name__ == "__main__":
    sys.exit(main())
