"""The same four questions asked of the hub and of its peers, interleaved: `python -m bench.peers [ORDERS [ROUNDS]]`.

Order360: the representative's page, which only the hub can answer. Whole: one order with lines, shipments, customer.
Page: 50 orders with lines and shipments. List: 20 of a status. Tiny: the status of one. Server and PostgreSQL on one
core, eight clients on the other, row security on. What counts is the CPU of server and database per request and the
ratios: absolute figures drift with the machine.
"""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import sys
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from itertools import cycle
from pathlib import Path

from bench.kit.load import Figures, Load, measured
from bench.kit.peers import LIST, PAGE, TINY, WHOLE
from bench.kit.server import server
from hub.model.ids import global_id
from hub.store.cluster import Cluster
from tests.kit.hub import Running, running_hub
from tests.kit.pg import running_cluster
from tests.kit.surface import document

ORDER_360 = "Order360"
NESTED = """lines { lineNo sku description unitPrice { amount currencyCode } quantities { ordered cancelled shipped } }
  shipments { number status packages { trackingNumber status } }"""
BRIEF = "number status placedAt"
MONEY = "total { amount currencyCode }"
HUB = {
    ORDER_360: document("Order360"),
    WHOLE: f"query($id: ID!) {{ order(by: {{id: $id}}) {{ {BRIEF} {MONEY} {NESTED} customer {{ number name }} }} }}",
    PAGE: f"{{ orders(first: 50) {{ nodes {{ {BRIEF} {MONEY} {NESTED} }} }} }}",
    LIST: f"{{ orders(filter: {{status: {{in: [ALLOCATED]}}}}, first: 20) {{ nodes {{ {BRIEF} }} }} }}",
    TINY: "query($id: ID!) { order(by: {id: $id}) { status } }",
}
STOCK = {
    WHOLE: f"query($id: ID!) {{ order(id: $id) {{ {BRIEF} {MONEY} {NESTED} customer {{ number name }} }} }}",
    PAGE: f"{{ orders(first: 50) {{ {BRIEF} {MONEY} {NESTED} }} }}",
    LIST: f'{{ orders(first: 20, status: "ALLOCATED") {{ {BRIEF} }} }}',
    TINY: "query($id: ID!) { order(id: $id) { status } }",
}
PEERS = ("hub", "stock", "hand", "json_agg")
QUESTIONS = {ORDER_360: PEERS[:1], WHOLE: PEERS, PAGE: PEERS, LIST: PEERS, TINY: PEERS}
"""What is asked, and of whom."""
BY_ID = (ORDER_360, WHOLE, TINY)
USUAL = [1000, 3]  # orders, rounds


def body_of(peer: str, question: str, id_: str) -> bytes:
    """What *peer* is sent."""
    if peer == "hub":
        named = global_id("Order", id_)
        variables = {"by": {"id": named}} if question == ORDER_360 else {"id": named}
        return json.dumps({"query": HUB[question], "variables": variables}).encode()
    if peer == "stock":
        return json.dumps({"query": STOCK[question], "variables": {"id": id_}}).encode()
    return json.dumps({"ask": question, "id": id_, "status": "ALLOCATED"}).encode()


def load_of(peer: str, question: str, ids: list[str]) -> Load:
    """The question, of one order after the other."""
    bodies = [body_of(peer, question, id_) for id_ in (ids if question in BY_ID else ids[:1])]
    path = {"hub": "/graphql", "stock": "/stock/"}.get(peer, f"/{peer}")
    return Load(name=f"{question} {peer}", path=path, bodies=partial(cycle, bodies))


async def run(cluster: Cluster, orders: int, rounds: int) -> None:
    """Load a hub, measure everybody in turn, print the medians of the rounds."""
    async with running_hub(cluster, orders=orders, rests=True) as running:
        shops = {(one.tenant, one.source): one.url for one in (running.shop, running.other)}
        ids = await _ids(running)
        async with server(shops, running.urls) as (url, process):
            cores = sorted(os.sched_getaffinity(0))
            os.sched_setaffinity(0, {cores[-1]})
            print(f"{len(running.shop.orders)} orders, {rounds} rounds; server and PostgreSQL on core {cores[0]}")
            pid = process.pid or 0
            found = await _rounds(rounds, lambda load: measured(url, load, pid, cores[0]), ids)
            _table(found)
            print(f"memory of the serving process: {_resident(pid):.0f} MB")


async def _ids(running: Running) -> list[str]:
    rows = await running.rows(
        "select id from entity where tenant = 'acme' and kind = 'ORDER' and redirect_to is null order by id limit 200"
    )
    return [row.id for row in rows]


async def _rounds(
    rounds: int, measure: Callable[[Load], Awaitable[Figures]], ids: list[str]
) -> Mapping[tuple[str, str], list[Figures]]:
    found: dict[tuple[str, str], list[Figures]] = {}
    for _ in range(rounds):
        for question, peers in QUESTIONS.items():
            for peer in peers:
                found.setdefault((question, peer), []).append(await measure(load_of(peer, question, ids)))
    return found


def _table(found: Mapping[tuple[str, str], list[Figures]]) -> None:
    print(f"{'':20}{'req/core-s':>11}{'CPU ms':>8}{'p50 ms':>8}{'p99 ms':>8}{'bytes':>7}{'hub is':>10}")
    for question, peers in QUESTIONS.items():
        hub = statistics.median(one.hub + one.database for one in found[question, "hub"])
        for peer in peers:
            figures = found[question, peer]
            cost = statistics.median(one.hub + one.database for one in figures)
            print(
                f"{question:9}{peer:11}{1000 / cost:11.0f}{cost:8.2f}"
                f"{statistics.median(one.median for one in figures):8.1f}"
                f"{statistics.median(one.p99 for one in figures):8.1f}{figures[0].size:7d}{cost / hub:9.2f}x"
            )


def _resident(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def main() -> int:
    """0 if every request was answered without an error."""
    given = [int(one) for one in sys.argv[1:]]
    orders, rounds = (given + USUAL[len(given) :])[:2]
    with running_cluster() as cluster:
        asyncio.run(run(cluster, orders, rounds))
    return 0


if __name__ == "__main__":
    sys.exit(main())
