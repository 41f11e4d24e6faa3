"""How fast the whole hub answers: `python -m bench.orders [ORDERS]`. HTTP, keys, limits, row security: all on.

A first load through the hub's own loops, then one serving process and PostgreSQL on one core, and eight clients on the
other: requests per second as they came, and per second of CPU that hub and database used together, which does not hang
on who else shared the core; all beside an endpoint of the same process that only asks `select 1`.
"""

from __future__ import annotations

import asyncio
import gc
import json
import multiprocessing
import os
import statistics
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import text
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from hub.app import create
from hub.call import worker_call
from hub.store.cluster import Cluster
from hub.store.roles import Role, RoleUrls
from hub.store.store import open_store
from hub.wiring import open_hub
from sources.kit.serve import serving
from tests.kit.hub import Running, running_hub, settings
from tests.kit.pg import running_cluster
from tests.kit.surface import document

SECONDS = 5.0
WARM = 1.0  # seconds of each load that are not counted
CLIENTS = 8
TICKS = os.sysconf("SC_CLK_TCK")
OK = 200
PAGE = """query Page { orders(first: 50) {
  nodes {
    number status statusText placedAt total { amount currencyCode } customer { name } shipments { number status } }
  pageInfo { hasNextPage endCursor } } }"""
LEAN_PAGE = """query LeanPage { orders(first: 50) {
  nodes { number status placedAt total { amount currencyCode } lines { sku quantities { ordered shipped } } }
  pageInfo { hasNextPage endCursor } } }"""
STATUS = "query Status($id: ID!) { order(by: {id: $id}) { status } }"


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """Requests of one kind, one after the other for ever."""

    name: str
    path: str
    bodies: Callable[[], Iterator[bytes]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What a load took."""

    per_second: float
    median: float
    """Milliseconds."""
    p99: float
    size: int
    """Bytes of an answer."""
    hub: float
    """Milliseconds of CPU per request."""
    database: float


Shops = dict[tuple[str, str], str]
"""URLs by tenant and source."""


def serve(shops: Shops, urls: RoleUrls, told: Connection) -> None:
    """The serving process: the hub without loops, and `/bare` beside it. Says its URL, then serves until killed."""

    async def run() -> None:
        async with open_hub(settings(shops), urls) as hub, open_store(urls, Role.SERVE, size=CLIENTS) as store:
            call = worker_call("acme")

            async def bare(_: Request) -> Response:
                async with store.glance(call) as tx:
                    return JSONResponse({"data": await tx.scalar(text("select 1"))})

            app = Starlette(routes=[*create(hub).routes, Route("/bare", bare, methods=["POST"])])
            async with serving(app) as url:
                gc.collect()
                gc.freeze()  # as `hub.processes` does
                told.send(url)
                await asyncio.Event().wait()

    asyncio.run(run())


@asynccontextmanager
async def server(shops: Shops, urls: RoleUrls) -> AsyncIterator[tuple[str, BaseProcess]]:
    """The serving process and its URL while the block runs."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=serve, args=(shops, urls, theirs))
    process.start()
    try:
        yield await asyncio.to_thread(ours.recv), process
    finally:
        process.kill()
        process.join()


async def measured(url: str, load: Load, hub: int, core: int) -> Figures:
    """Eight clients send *load* for a while; the process *hub* and the database share *core*."""
    where = urlsplit(url)
    taken: list[float] = []
    sizes: list[int] = []
    began = time.perf_counter()
    counted_from, end = began + WARM, began + WARM + SECONDS

    async def client(number: int) -> None:
        bodies = load.bodies()
        for _ in range(number):
            next(bodies)
        reader, writer = await asyncio.open_connection(where.hostname, where.port)
        while (sent := time.perf_counter()) < end:
            body = next(bodies)
            head = (
                f"POST {load.path} HTTP/1.1\r\nhost: {where.netloc}\r\nauthorization: Bearer rep\r\n"
                f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
            )
            writer.write(head.encode() + body)
            said = await reader.readuntil(b"\r\n\r\n")
            length = int(said.lower().partition(b"content-length: ")[2].partition(b"\r")[0])
            answer = await reader.readexactly(length)
            assert int(said.split()[1]) == OK, answer[:500]
            assert b'"errors"' not in answer, answer[:500]
            if sent >= counted_from:
                taken.append(time.perf_counter() - sent)
                sizes.append(length)
        writer.close()

    os.sched_setaffinity(hub, {core})
    clients = [asyncio.create_task(client(number)) for number in range(CLIENTS)]
    await asyncio.sleep(WARM)
    database = postgres()  # by now every connection is open
    for pid in database:
        os.sched_setaffinity(pid, {core})
    before = cpu([hub]), cpu(database)
    await asyncio.gather(*clients)
    after = cpu([hub]), cpu(database)
    return Figures(
        per_second=len(taken) / SECONDS,
        median=statistics.median(taken) * 1000,
        p99=statistics.quantiles(taken, n=100)[98] * 1000,
        size=round(statistics.mean(sizes)),
        hub=(after[0] - before[0]) / len(taken) * 1000,
        database=(after[1] - before[1]) / len(taken) * 1000,
    )


def cpu(pids: Sequence[int]) -> float:
    """Seconds of CPU that processes have used."""
    used = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        used += int(fields[11]) + int(fields[12])
    return used / TICKS


def postgres() -> list[int]:
    """Every process of the database that this process has started."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            name, _, rest = stat.read_text().partition("(")[2].rpartition(")")
        except OSError:  # it has ended meanwhile
            continue
        if name == "postgres":
            parents[int(stat.parent.name)] = int(rest.split()[1])
    masters = {pid for pid, parent in parents.items() if parent == os.getpid()}
    return [pid for pid, parent in parents.items() if pid in masters or parent in masters]


def asked(document: str, name: str, values: Sequence[object]) -> Callable[[], Iterator[bytes]]:
    """Bodies that ask *document* for each of *values* in turn."""
    bodies = [json.dumps({"query": document, "variables": {name: value}}).encode() for value in values]

    def turn() -> Iterator[bytes]:
        while True:
            yield from bodies

    return turn


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
