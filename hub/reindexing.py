"""`opshub search rebuild`: the index anew, with a bar, and compared with the store at the end."""

from __future__ import annotations

import asyncio

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from hub.clock import SystemClock
from hub.errors import Misconfigured
from hub.search.compare import Comparison
from hub.search.rebuild import Rebuild, Report
from hub.search.wire import wire_of
from hub.searching import means_of
from hub.settings import Settings
from hub.store.access import found_shard
from hub.store.roles import Role
from hub.store.store import open_store

SHOWN = 10  # ids of documents that differ
GRACE = 10.0  # seconds for searches under way in what was read before


async def rebuild(settings: Settings, out: Console, *, restart: bool) -> bool:
    """Make the index anew; False where it then differs from the store.

    Raises Misconfigured without an engine, Conflict where another rebuild is under way, SearchAway, StoreBusy.
    """
    wire = wire_of(settings.search)
    if wire is None:
        message = "no search engine is configured: [search] url (HUB__SEARCH__URL)"
        raise Misconfigured(message)
    clock = SystemClock()
    try:
        async with open_store(found_shard(settings.store), Role.WORK, size=2) as store:
            bar = Progress(
                TextColumn("indexing"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), console=out
            )  # fmt: skip
            with bar:
                task = bar.add_task("indexing", total=None)
                work = Rebuild(
                    means_of(settings.search, wire, store, clock), lambda count: bar.advance(task, count)
                )  # fmt: skip
                bar.update(task, total=await work.total())
                began = clock.monotonic()
                report = await work.run(restart=restart)
                seconds = clock.monotonic() - began
            for line in said(report, seconds):
                out.print(line, markup=False, highlight=False, soft_wrap=True)
            await asyncio.sleep(GRACE)
            await work.tidy()
    finally:
        await wire.close()
    return report.comparison.is_equal


def said(report: Report, seconds: float) -> list[str]:
    """What came of it, in words."""
    count = report.entities + report.hops
    lines = [
        f"{report.entities} entities and {report.hops} hops in {seconds:.1f} s: {count / max(seconds, 0.001):,.0f} "
        "documents/s. Readers now find these."
    ]
    if report.set_aside:
        lines.append(f"{report.set_aside} documents were refused as they are; they bear a `problem`.")
    return [*lines, *_compared(report.comparison)]


def _compared(found: Comparison) -> list[str]:
    if found.is_equal:
        total = sum(found.stored.values())
        return [f"Equal to the store: {total} documents counted, the digests of {found.sampled} sampled ones compared."]
    names = sorted({*found.stored, *found.indexed})
    counts = [
        f"{name}: the store has {found.stored.get(name, 0)}, the index {found.indexed.get(name, 0)}"
        for name in names
        if found.stored.get(name, 0) != found.indexed.get(name, 0)
    ]
    others = [f"{one}: the document differs" for one in found.differing[:SHOWN]]
    return ["The index is not what the store holds:", *counts, *others]
