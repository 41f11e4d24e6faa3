"""OpenSearch dies under load: `python -m tests.engines.search_killed [SECONDS [RATE]]`.

Accepts and searches are timed while the node is well, while it is dead (SIGKILL), and while the index catches up. In
the end every entity and every hop of the store must be in the index, and sampled documents the same.
"""

from __future__ import annotations

import asyncio
import math
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import uuid4

from hub.clock import SystemClock
from hub.search.compare import Comparison, Sample, compare
from hub.search.ids import floor_of, millisecond_of
from hub.search.means import Means
from hub.search.wire import wire_of
from hub.searching import means_of
from hub.settings import SearchSettings
from hub.store.embedded import endpoint
from hub.store.indexing import START, entities_after, hops_after
from hub.store.roles import Role
from hub.store.store import open_store
from tests.engines.load import EACH, Load, Timed, said_again
from tests.engines.opensearch.start import Engine, running_opensearch
from tests.engines.settings import hub_with
from tests.systems.hub import RunningHub
from tests.systems.patience import eventually
from tests.systems.plugs import TENANT

PHASES = ("well", "dead", "catching up")
WHAT = ("delivery", "command", "search")
PAUSE = 0.2  # seconds between searches
TEXT = "1Z0000000X"  # but for a letter the number of a parcel, and the beginning of none
FIND = "query Find($text: String!) { search(text: $text) { degraded hits { kind } } }"
STAND = """select s.last - f.position as behind, f.error,
  (select count(*) from hub.outbox) + (select count(*) from hub.inbox where state = 'PENDING')
  + (select count(*) from hub.delivery where state in ('PENDING', 'CLAIMED', 'UNKNOWN')) as open
from hub.sequencer s join hub.follower f on f.name = 'search'"""
SAMPLED = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Searched:
    """One search."""

    phase: str
    seconds: float
    degraded: bool
    hits: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What came of it."""

    timed: Sequence[Timed]
    searched: Sequence[Searched]
    said: str
    """What the follower said while the node was dead."""
    behind: int
    """Changes that waited when it came back."""
    caught_up: float
    """Seconds from the node's first answer until searches were whole again, under load."""
    comparison: Comparison
    faults: Sequence[str]
    """Of the hub."""


async def lose(engine: Engine, seconds: float, per_second: int) -> Found:
    """Everything, once: so many seconds a phase, so many deliveries a second."""
    settings = SearchSettings(url=engine.url, prefix=f"loss{uuid4().hex[:8]}-", replicas=0)
    section = {"search": {"url": settings.url, "prefix": settings.prefix, "replicas": 0}}
    orders = int(len(PHASES) * seconds * per_second / EACH) + 1
    async with hub_with(section, orders=orders) as hub, writing(hub, settings) as means:
        rows = await hub.rows("select doc->>'number' as number from hub.entity where kind = 'ORDER'")
        load = Load(hub=hub, orders=[row["number"] for row in rows], per_second=per_second)
        searched: list[Searched] = []
        await load.run("warm", 1)
        await eventually(lambda: is_whole(hub), "the first index stands")
        await _phase(load, searched, "well", seconds)
        engine.server.kill()
        await _phase(load, searched, "dead", seconds)
        await eventually(lambda: says_why(hub), "the indexer says why it stands still")
        ((behind, said, _),) = await hub.rows(STAND)
        caught_up = await _back(engine, load, searched, seconds)
        await eventually(lambda: is_quiet(hub), "everything is indexed")
        comparison = await _compared(means)
        return Found(
            timed=[one for one in load.timed if one.phase in PHASES], searched=searched, said=said, behind=behind,
            caught_up=caught_up, comparison=comparison, faults=hub.faults,
        )  # fmt: skip


@asynccontextmanager
async def writing(hub: RunningHub, settings: SearchSettings) -> AsyncIterator[Means]:
    """The hub's index and store, to be compared."""
    wire = wire_of(settings)
    assert wire is not None
    try:
        async with open_store(endpoint(hub.folder / ".opshub"), Role.WORK, size=2) as store:
            yield means_of(settings, wire, store, SystemClock())
    finally:
        await wire.close()


async def search(hub: RunningHub) -> tuple[bool, int]:
    """Whether it was degraded, and how many hits there were."""
    found = (await hub.rep.data(FIND, text=TEXT))["search"]
    return found["degraded"], len(found["hits"])


async def is_whole(hub: RunningHub) -> bool:
    """Whether a mistyped number is found."""
    degraded, hits = await search(hub)
    return not degraded and hits > 0


async def says_why(hub: RunningHub) -> bool:
    """Whether it is said that, and why, nothing is indexed."""
    ((_, said, _),) = await hub.rows(STAND)
    return said is not None


async def is_quiet(hub: RunningHub) -> bool:
    """Nothing is left to do, and the log is read to its end."""
    ((behind, _, left),) = await hub.rows(STAND)
    return bool(behind == 0 and left == 0)


async def _phase(load: Load, searched: list[Searched], phase: str, seconds: float) -> None:
    searching = asyncio.create_task(_search_on(load.hub, searched, phase))
    try:
        await load.run(phase, seconds)
    finally:
        searching.cancel()
        await asyncio.gather(searching, return_exceptions=True)


async def _search_on(hub: RunningHub, searched: list[Searched], phase: str) -> None:
    while True:
        began = time.monotonic()
        degraded, hits = await search(hub)
        searched.append(Searched(phase=phase, seconds=time.monotonic() - began, degraded=degraded, hits=hits))
        await asyncio.sleep(PAUSE)


async def _back(engine: Engine, load: Load, searched: list[Searched], seconds: float) -> float:
    async def catch_up() -> float:
        await asyncio.to_thread(engine.server.start)
        began = time.monotonic()
        await eventually(lambda: is_whole(load.hub), "searches are whole again")
        return time.monotonic() - began

    async with asyncio.TaskGroup() as group:
        catching = group.create_task(catch_up())
        group.create_task(_phase(load, searched, "catching up", seconds))
    return catching.result()


async def _compared(means: Means) -> Comparison:
    """Until equal, or for as long as `compare` looks: hops are indexed a moment after they are written."""
    sample = Sample()
    async with means.store.survey() as tx:
        for entity in await entities_after(tx, START, SAMPLED):
            sample.entity(entity)
        for hop in await hops_after(tx, TENANT, "", SAMPLED):
            sample.hop(hop)
    return await compare(means, sample, floor_of(millisecond_of(means.clock.now())), looks=60)


def report(found: Found) -> list[str]:
    """The figures, line by line."""
    lines = ["", f"{'what':<10} {'phase':<12} {'count':>6} {'failed':>7} {'p50 ms':>8} {'p99 ms':>8}"]
    for what in WHAT:
        for phase in PHASES:
            mine, failed = times(found, what, phase)
            lines.append(
                f"{what:<10} {phase:<12} {len(mine):>6} {failed:>7} {_at(mine, 50):>8.1f} {_at(mine, 99):>8.1f}"
            )
    for what in WHAT:
        well, dead = (_at(times(found, what, phase)[0], 99) for phase in ("well", "dead"))
        lines.append(f"{what} p99, engine dead beside well: {dead / well:.2f}")
    for phase in PHASES:
        said = [one.degraded for one in found.searched if one.phase == phase]
        lines.append(f"{phase}: {sum(said)} of {len(said)} searches said degraded")
    silent = [one for one in found.searched if not one.degraded and not one.hits]
    compared = found.comparison
    missing = sum(max(0, count - compared.indexed.get(name, 0)) for name, count in compared.stored.items())
    return [
        *lines,
        said_again(found.timed),
        *(f"{one.what} failed while {one.phase}: {one.why}" for one in found.timed if not one.ok),
        f"searches that found less and did not say so: {len(silent)}",
        f"while it was dead the indexer said: {found.said}",
        f"{found.behind} changes waited when it came back; searches whole again after {found.caught_up:.1f} s",
        f"documents {sum(compared.indexed.values())} of {sum(compared.stored.values())}, missing {missing}; "
        f"{compared.sampled} digests compared, {len(compared.differing)} differ; equal: {compared.is_equal}",
    ]


def times(found: Found, what: str, phase: str) -> tuple[list[float], int]:
    """Seconds of each, and how many failed."""
    if what == "search":
        return [one.seconds for one in found.searched if one.phase == phase], 0
    mine = [one for one in found.timed if (one.what, one.phase) == (what, phase)]
    return [one.seconds for one in mine], sum(not one.ok for one in mine)


def is_kept(found: Found) -> bool:
    """Whether nothing failed, nothing was silent, nothing is missing."""
    silent = [one for one in found.searched if not one.degraded and not one.hits]
    return all(one.ok for one in found.timed) and not silent and found.comparison.is_equal


def _at(seconds: Sequence[float], percent: int) -> float:
    """Milliseconds."""
    ordered = sorted(seconds) or [math.nan]
    return 1000 * ordered[min(len(ordered) - 1, math.ceil(len(ordered) * percent / 100) - 1)]


def main(seconds: float, per_second: int) -> bool:
    """Run it and print."""
    with running_opensearch() as engine:
        print(f"OpenSearch {engine.release} on JDK {engine.jdk}, {engine.seconds} s to start", flush=True)
        found = asyncio.run(lose(engine, seconds, per_second))
    print("\n".join(report(found)))
    return is_kept(found)


if __name__ == "__main__":
    given = [float(one) for one in sys.argv[1:]]
    sys.exit(0 if main(given[0] if given else 20, int(given[1]) if len(given) > 1 else 20) else 1)
