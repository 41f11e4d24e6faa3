"""How fast the one writer is: `python -m bench.one_writer [ROOTS]`. An embedded PostgreSQL, fsync on, one connection.

A first load of orders with three lines, a shipment and a shared customer each; the same read again, unchanged; one
order that changes at a time, and one that does not. Statements are counted without transaction brackets; CPU is this
process's own, the database's apart.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from sqlalchemy import event
from sqlalchemy.engine import Engine

from hub.model.changes import Origin
from hub.model.observation import Content, Observation
from hub.model.vocabulary import Kind
from hub.store.cluster import Cluster
from hub.store.roles import Role
from hub.store.store import Store, open_store
from tests.kit.merging import SHOP, Looking, at, line, order, own, seen, shipment
from tests.kit.pg import fresh_database, running_cluster

BATCHES = 3
SINGLES = 100
CUSTOMERS = 200


def said(number: int, **lines: int) -> Content:
    """What the shop says of an order."""
    customer = own(SHOP, Kind.CUSTOMER, f"c{number % CUSTOMERS}")
    return order(f"C{number}", *(line(str(k), 2, f"SKU{k}", **lines) for k in range(3)), refers=(customer,))


def batch(first: int, roots: int) -> list[Observation]:
    """A page of a first load."""
    found = []
    for number in range(first, first + roots):
        found.append(seen((SHOP, Kind.ORDER, str(number)), said(number), raw={"id": number, "lines": [{"a": 1}] * 3}))
        found.append(seen((SHOP, Kind.SHIPMENT, f"f{number}"), shipment(own(SHOP, Kind.ORDER, str(number)))))
    return found


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements that are sent meanwhile."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(Engine, "before_cursor_execute", note)


async def load(hub: Looking, roots: int) -> None:
    """Batches of a first load, then the first of them again."""
    for turn in range(BATCHES):
        page = batch(turn * roots, roots)
        with counted() as sent:
            start, cpu = time.perf_counter(), time.process_time()
            await hub.write(*page, origin=Origin.BASELINE)
            took, cpu = time.perf_counter() - start, time.process_time() - cpu
        print(
            f"first load, {roots} roots: {took * 1000:.0f} ms ({cpu * 1000:.0f} ms CPU), {roots / took:.0f} roots/s,",
            end=" ",
        )
        print(f"{len(sent)} statements")
    again = [replace(one, started=at(100), finished=at(101)) for one in batch(0, roots)]
    start, cpu = time.perf_counter(), time.process_time()
    await hub.write(*again)
    took, cpu = time.perf_counter() - start, time.process_time() - cpu
    print(f"the same again, unchanged: {took * 1000:.0f} ms ({cpu * 1000:.0f} ms CPU), {roots / took:.0f} roots/s")


async def singles(hub: Looking, name: str, started: int) -> None:
    """One order at a time."""
    times, cpu = [], time.process_time()
    with counted() as sent:
        for number in range(SINGLES):
            answer = seen((SHOP, Kind.ORDER, str(number)), said(number, cancelled=1), started)
            start = time.perf_counter()
            await hub.write(answer)
            times.append((time.perf_counter() - start) * 1000)
    cpu = (time.process_time() - cpu) * 1000 / SINGLES
    p95 = statistics.quantiles(times, n=20)[-1]
    print(f"{name}: median {statistics.median(times):.1f} ms, p95 {p95:.1f} ms ({cpu:.1f} ms CPU),", end=" ")
    print(f"{len(sent) / SINGLES:.0f} statements")


async def measure(store: Store, roots: int) -> None:
    """Everything, once."""
    hub = Looking(store)
    await load(hub, roots)
    await singles(hub, "one order that changed", 200)
    await singles(hub, "one order that did not", 300)


async def main(cluster: Cluster, roots: int) -> None:
    """On a database of its own."""
    async with fresh_database(cluster) as urls, open_store(urls, Role.WORK, size=2) as store:
        await measure(store, roots)


if __name__ == "__main__":
    with running_cluster() as made:
        asyncio.run(main(made, int(sys.argv[1]) if len(sys.argv) > 1 else 500))
