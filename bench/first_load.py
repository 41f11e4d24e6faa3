"""The first load: `python -m bench.first_load [--orders N] [--small N]`; 0 if every order is whole afterwards.

Three rehearsed systems, `opshub serve`, `opshub work` and PostgreSQL, each a process of its own. The worker is killed
twice on the way. Told: after how many seconds the newest 1,000 orders are found by their numbers, each in all three
systems; how long all of it took; memory; and Order360 over HTTP at rest, with few orders and with all.
"""

from __future__ import annotations

import argparse
import asyncio
import http.client
import json
import random
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import asyncpg

from bench.kit.crew import Crew, crew, peak, share
from bench.kit.crowd import Crowd, Known, crowd
from bench.kit.load import cpu, cpu_of_database, postgres
from hub.demo.cast import ADAPTERS
from hub.model.manifest import Delta
from hub.store.cluster import Cluster
from sources import registry
from tests.kit.pg import fresh_database, running_cluster
from tests.kit.surface import document

KEY = "demo-rep"
NEWEST = 1000
KILLS = (0.3, 0.6)  # of the orders
ASKED = 600  # times Order360
PROBE = 10  # orders not found that end a look
LOOK = 1.0  # seconds between looks
FIND = """query Find($text: String!) {
  search(text: $text, first: 5) { hits { exact orders { number systems { system state } } } } }"""
_LOADED = "select count(*) filter (where is_loaded) from hub.cursor"
_ORDERS = "select count(*) from hub.entity where kind = 'ORDER' and redirect_to is null"
_RECORDS = "select count(*) from hub.record"
_WHOLE = """
with under as (
  select e.root_id, array_agg(distinct r.source) as sources
  from hub.record r join hub.entity e on (e.tenant, e.kind, e.id) = (r.tenant, r.kind, r.entity_id)
  where r.source <> 'hub' group by 1)
select i.value, u.sources from hub.identifier i join under u using (root_id)
where i.kind = 'ORDER' and i.value = any ($1)
"""


@dataclass(slots=True, kw_only=True)
class Course:
    """How one load went."""

    orders: int
    began: float
    newest: float | None = None
    """Seconds until the newest were found."""
    seconds: float = 0.0
    records: int = 0
    peaks: dict[str, int] = field(default_factory=dict)
    spent: dict[str, float] = field(default_factory=dict)
    """Seconds of CPU."""
    kills: list[float] = field(default_factory=list)
    kept: int = 0
    """Orders in the hub."""
    whole: int = 0
    """Of them those that are joined of exactly the systems that hold them."""
    of_three: int = 0
    """Of these, those that three hold."""


class Client:
    """One connection to the graph."""

    def __init__(self, url: str) -> None:
        self._http = http.client.HTTPConnection(url.removeprefix("http://"), timeout=60)

    def ask(self, query: str, **variables: object) -> Any:  # Any: JSON
        """The data of an answer."""
        body = json.dumps({"query": query, "variables": variables})
        head = {"authorization": f"Bearer {KEY}", "content-type": "application/json"}
        self._http.request("POST", "/graphql", body, head)
        said = json.loads(self._http.getresponse().read())
        assert "errors" not in said, said
        return said["data"]

    def finds(self, order: Known) -> bool:
        """Whether the order is found by its number, in every system that holds it."""
        wanted = {"shop": "COMMERCE", "erp": "ERP", "wms": "WMS"}
        for hit in self.ask(FIND, text=order.reference)["search"]["hits"]:
            for one in hit["orders"] if hit["exact"] else ():
                there = {part["system"] for part in one["systems"] if part["state"] != "MISSING"}
                if {wanted[name] for name in order.systems} <= there:
                    return True
        return False


async def load(cluster: Cluster, orders: int, *, kills: Sequence[float]) -> tuple[Course, tuple[float, float]]:
    """One load from nothing, and then Order360: its median and p99 in milliseconds."""
    async with crowd(orders) as systems, fresh_database(cluster) as urls:
        print(f"{len(systems.orders):,} orders rehearsed in {systems.seconds:.0f} s", flush=True)
        store = await asyncpg.connect(urls.owner)
        busy = cpu(systems.pid), cpu_of_database()
        with crew(systems.part, systems.urls, urls) as hub:
            course = Course(orders=len(systems.orders), began=time.monotonic())
            finding = asyncio.create_task(asyncio.to_thread(_find, hub.url, systems, course))
            await _watch(store, hub, systems, course, kills)
            await finding
            spent = hub.spent + cpu(hub.worker.pid or 0)
            course.spent = {
                "worker": spent,
                "rehearsals": cpu(systems.pid) - busy[0],
                "postgres": cpu_of_database() - busy[1],
            }
            await _judge(store, systems, course)
            course.peaks |= {**hub.peaks, "rehearsals": peak(systems.pid)}
            figures = await asyncio.to_thread(_order360, hub.url, systems.orders)
        await store.close()
        return course, figures


async def _watch(store: Any, hub: Crew, systems: Crowd, course: Course, kills: Sequence[float]) -> None:
    """Return once every sweep is loaded; kill on the way."""
    left, sweeps, said = list(kills), _sweeps(), 0.0
    while await store.fetchval(_LOADED) < sweeps:
        hub.look()
        course.peaks["postgres"] = max(course.peaks.get("postgres", 0), share(postgres()))
        kept = await store.fetchval(_ORDERS)
        if left and kept >= left[0] * len(systems.orders):
            left.pop(0)
            await asyncio.to_thread(hub.replace_worker)
            course.kills.append(time.monotonic() - course.began)
        if time.monotonic() - said > 10 * LOOK:
            said = time.monotonic()
            print(f"  {said - course.began:5.0f} s: {kept:,} orders", flush=True)
        await asyncio.sleep(LOOK)
    course.seconds = time.monotonic() - course.began
    course.records = await store.fetchval(_RECORDS)


def _sweeps() -> int:
    """How many sweeps the three systems have."""
    manifests = [registry.load(name).manifest for name in ADAPTERS.values()]
    return sum(
        one.strategy is not Delta.HINT for manifest in manifests for many in manifest.sweeps.values() for one in many
    )


def _find(url: str, systems: Crowd, course: Course) -> None:
    """Look for the newest until all are found, each in all three systems."""
    client, chance = Client(url), random.Random(1)
    held = [one for one in systems.orders if len(one.systems) == len(ADAPTERS)]
    missing = sorted(held, key=lambda one: one.began)[-NEWEST:]
    while missing:
        is_over = course.seconds > 0  # everything is loaded: who is missing now is missing
        chance.shuffle(missing)
        missing = _missing(client, missing, NEWEST if is_over else PROBE)
        if is_over:
            break
        time.sleep(LOOK)
    course.newest = None if missing else time.monotonic() - course.began


def _missing(client: Client, wanted: Sequence[Known], most: int) -> list[Known]:
    """Those that are not found; behind *most* of them nobody looks any further, as looking costs the load its time."""
    missing: list[Known] = []
    for place, one in enumerate(wanted):
        if len(missing) == most:
            return [*missing, *wanted[place:]]
        missing += [] if client.finds(one) else [one]
    return missing


async def _judge(store: Any, systems: Crowd, course: Course) -> None:
    """Count what is there."""
    course.kept = await store.fetchval(_ORDERS)
    names = [one.reference for one in systems.orders]
    found = {value: frozenset(sources) for value, sources in await store.fetch(_WHOLE, names)}
    whole = [one for one in systems.orders if found.get(one.reference) == one.systems]
    course.whole = len(whole)
    course.of_three = sum(len(one.systems) == len(ADAPTERS) for one in whole)


def _order360(url: str, orders: Sequence[Known]) -> tuple[float, float]:
    client, chance, query = Client(url), random.Random(2), document("Order360")
    taken = []
    for one in chance.choices(orders, k=ASKED + ASKED // 6):
        began = time.perf_counter()
        said = client.ask(query, by={"identifier": one.reference})
        taken.append((time.perf_counter() - began) * 1000)
        assert said["order"] is not None, one
    taken = taken[ASKED // 6 :]
    return statistics.median(taken), statistics.quantiles(taken, n=100)[98]


def _report(course: Course) -> None:
    seconds = course.seconds
    newest = "not all found" if course.newest is None else f"found after {course.newest:.0f} s"
    print(f"newest {NEWEST:,}, in all three systems: {newest}")
    print(f"all: {seconds:.0f} s, {course.records:,} records, {course.records / seconds:,.0f} a second")
    print(f"killed at {', '.join(f'{at:.0f} s' for at in course.kills)}")
    print("most memory, MB:", ", ".join(f"{name} {size:,}" for name, size in course.peaks.items()))
    print("CPU, s:", ", ".join(f"{name} {used:.0f}" for name, used in course.spent.items()))
    print(
        f"orders: {course.kept:,} of {course.orders:,}; whole: {course.whole:,}, {course.of_three:,} of three systems"
    )


async def run(cluster: Cluster, orders: int, small: int) -> bool:
    """Whether everything was there."""
    _, few = await load(cluster, small, kills=())
    course, many = await load(cluster, orders, kills=KILLS)
    _report(course)
    for number, figures in ((small, few), (orders, many)):
        print(f"Order360 at {number:,} orders: p50 {figures[0]:.1f} ms, p99 {figures[1]:.1f} ms")
    return course.kept == course.whole == course.orders and course.newest is not None


def main() -> int:
    """0 if every order is whole and was found."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--orders", type=int, default=2000)
    parser.add_argument("--small", type=int, default=1000)
    given = parser.parse_args()
    with running_cluster() as cluster:
        return 0 if asyncio.run(run(cluster, given.orders, given.small)) else 1


if __name__ == "__main__":
    sys.exit(main())
