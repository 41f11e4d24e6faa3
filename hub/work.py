"""The background loops: one table of name, function and who runs it; each is restarted when it fails."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from hub.clock import Clock
from hub.errors import HubError
from hub.telemetry import logger
from hub.wiring import Hub

log = logger(__name__)

Runs = Mapping[str, Callable[[], Awaitable[None]]]
"""Loops of a process by name; each runs until cancelled or, where it can be stopped, until it was."""

SHORTEST, LONGEST = 0.25, 15.0  # seconds before a failed loop is started again, doubled each time
SOUND = 60.0  # seconds after which a loop that runs counts as sound again


class Part(StrEnum):
    """What a process may be."""

    SERVE = "serve"
    WORK = "work"


@dataclass(frozen=True, slots=True, kw_only=True)
class Loop:
    """One loop."""

    name: str
    run: Callable[[Hub], Awaitable[None]]
    """Runs until cancelled."""
    parts: frozenset[Part]
    """Processes that run it."""


BOTH = frozenset(Part)

LOOPS: tuple[Loop, ...] = (
    Loop(name="hops", run=lambda hub: hub.recorder.run(), parts=BOTH),
    Loop(name="feed", run=lambda hub: hub.feed.run(), parts=frozenset({Part.SERVE})),
    Loop(name="relay", run=lambda hub: hub.relay.run(), parts=frozenset({Part.WORK})),
    Loop(name="retention", run=lambda hub: hub.retention.run(), parts=frozenset({Part.WORK})),
    Loop(name="webhooks", run=lambda hub: hub.webhooks.run(), parts=frozenset({Part.WORK})),
    Loop(name="courier", run=lambda hub: hub.courier.run(), parts=frozenset({Part.WORK})),
    Loop(name="digest", run=lambda hub: hub.digest.run(), parts=frozenset({Part.WORK})),
    Loop(name="wake", run=lambda hub: hub.wake.run(), parts=frozenset({Part.WORK})),
    Loop(name="sendout", run=lambda hub: hub.sendout.run(), parts=frozenset({Part.WORK})),
    Loop(name="stockwatch", run=lambda hub: hub.stockwatch.run(), parts=frozenset({Part.WORK})),
)
"""Beside them, `publisher` where a bus is configured, `indexer` where a search engine is, `notices` and `teller` where
customers are told anything, and one for each source. Those that follow the log, `relay` and the sources' loops of
several workers are rivals: a lease row says who leads or owns."""


def table_of(hub: Hub, parts: Collection[Part]) -> Runs:
    """The loops of the table that a process of *parts* runs."""
    runs: dict[str, Callable[[], Awaitable[None]]] = {
        loop.name: partial(loop.run, hub) for loop in LOOPS if loop.parts & set(parts)
    }
    if hub.publisher is not None and Part.WORK in parts:
        runs["publisher"] = hub.publisher.run
    if hub.searching.indexer is not None and Part.WORK in parts:
        runs["indexer"] = hub.searching.indexer.run
    if hub.telling is not None and Part.WORK in parts:
        runs |= {"notices": hub.telling.watch.run, "teller": hub.telling.teller.run}
    return runs


def sources_of(hub: Hub, parts: Collection[Part]) -> Runs:
    """A loop for each source, where the process works; each ends once `hub.sources.stop` was called."""
    if Part.WORK not in parts:
        return {}
    return {f"source {name}": tending.run for name, tending in hub.sources.tendings.items()}


async def run_loops(clock: Clock, runs: Runs) -> None:
    """Run all until cancelled, or until each has ended by itself; one that fails is started again, ever later."""
    async with asyncio.TaskGroup() as group:
        for name, run in runs.items():
            group.create_task(_kept_up(clock, name, run), name=name)


async def _kept_up(clock: Clock, name: str, run: Callable[[], Awaitable[None]]) -> None:
    wait = SHORTEST
    while True:
        began = clock.monotonic()
        try:
            return await run()
        except HubError as failed:
            log.warning("loop.failed", loop=name, error=failed.message)
        except Exception:  # an edge: a fault in one loop must not end the process
            log.exception("loop.broke", loop=name)
        if clock.monotonic() - began > SOUND:
            wait = SHORTEST
        await asyncio.sleep(wait)
        wait = min(LONGEST, wait * 2)
