"""How fast orders are read: `python -m bench.reading [ORDERS]`. Row security on, embedded PostgreSQL, one core for all.

The documents Order360 and a page of 50 through the graph's resolvers, without HTTP: eight callers at once, this process
and the database pinned to one core, so that requests per second are those of one core for the whole stack.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Awaitable, Callable

from graphql import ExecutionResult, execute, parse
from graphql.language import DocumentNode

from hub.model.vocabulary import Kind
from hub.store.cluster import Cluster
from hub.store.roles import Role
from hub.store.store import Store, open_store
from resolvers.context import context_for
from resolvers.endpoint.ports import Asked
from tests.kit.graph import CORE, REP, Graph, graph_over
from tests.kit.merging import SHOP, Looking, landscape, line, manifest, order, own, seen, shipment
from tests.kit.pg import fresh_database, running_cluster
from tests.kit.statements import counted
from tests.kit.surface import document

SECONDS = 5.0
CALLERS = 8
BATCH = 250
PAGE = parse("""{orders(first: 50) {
  nodes {number statusText placedAt total {amount currencyCode} customer {name} shipments {number status}}
  pageInfo {hasNextPage endCursor}
}}""")
BY_ID = parse("query Q($by: LookupInput!) {order(by: $by) {status}}")


async def load(store: Store, orders: int) -> None:
    """Orders of three lines with a parcel each."""
    looking = Looking(store, landscape({SHOP: manifest(SHOP)}))
    for first in range(0, orders, BATCH):
        seen_now = []
        for number in range(first, min(first + BATCH, orders)):
            lines = (line(str(k), 2, f"SKU{k}") for k in range(3))
            seen_now.append(seen((SHOP, Kind.ORDER, str(number)), order(f"C{number}", *lines)))
            seen_now.append(seen((SHOP, Kind.SHIPMENT, f"f{number}"), shipment(own(SHOP, Kind.ORDER, str(number)))))
        await looking.write(*seen_now)


async def ask(graph: Graph, document: DocumentNode, identifier: str) -> None:
    """One request, in a context of its own."""
    context = context_for(graph.doors)(REP, Asked(transport="http", kind="query"))
    wanted = {"by": {"identifier": identifier}}
    said = execute(CORE, document, context_value=context, variable_values=wanted)
    answer = said if isinstance(said, ExecutionResult) else await said
    if answer.errors:
        raise answer.errors[0]


async def rate(request: Callable[[int], Awaitable[None]]) -> float:
    """Requests per second of eight callers at once."""
    done = 0
    end = time.perf_counter() + SECONDS

    async def caller(start: int) -> None:
        nonlocal done
        number = start
        while time.perf_counter() < end:
            await request(number)
            number, done = number + CALLERS, done + 1

    began = time.perf_counter()
    await asyncio.gather(*(caller(start) for start in range(CALLERS)))
    return done / (time.perf_counter() - began)


async def measure(graph: Graph, orders: int) -> bool:
    """Print the figures; whether an order took two statements."""
    whole = parse(document("Order360"))
    counts: dict[str, int] = {}
    for name, asked in (("Order360", whole), ("page of 50", PAGE), ("status by number", BY_ID)):
        for warm in range(20):
            await ask(graph, asked, f"C{warm}")
        with counted() as sent:
            await ask(graph, asked, "C7")
        counts[name] = len(sent)
        found = await rate(lambda number, asked=asked: ask(graph, asked, f"C{number % orders}"))  # type: ignore[misc]  # bound early
        print(f"{name:18} {len(sent)} statements  {found:8.1f} requests/s on one core")
    return counts["Order360"] == 2


async def run(cluster: Cluster, orders: int) -> bool:
    """Load, then measure."""
    async with (
        fresh_database(cluster) as urls,
        open_store(urls, Role.WORK, size=2) as work,
        open_store(urls, Role.SERVE, size=CALLERS) as serve,
        open_store(urls, Role.TAIL, size=1) as tail,
    ):
        await load(work, orders)
        print(f"{orders} orders; PostgreSQL and Python on one core; row security on for role {serve.role.value}")
        return await measure(graph_over((work, serve, tail), landscape({SHOP: manifest(SHOP)})), orders)


def main() -> int:
    """0 if an order took two statements."""
    orders = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    with running_cluster() as cluster:
        return 0 if asyncio.run(run(cluster, orders)) else 1


if __name__ == "__main__":
    sys.exit(main())
