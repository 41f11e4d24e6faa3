"""The background loops: one table of name, function and who runs it; each is restarted when it fails."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from hub.errors import HubError
from hub.gate.tend import Tending
from hub.telemetry import logger
from hub.wiring import Hub

log = logger(__name__)

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
    Loop(name="digest", run=lambda hub: hub.digest.run(), parts=frozenset({Part.WORK})),
    Loop(name="wake", run=lambda hub: hub.wake.run(), parts=frozenset({Part.WORK})),
)
"""Beside them, one for each source. `relay` and the sources' loops of several workers are rivals: a lease row says who
leads or owns."""


def loops_of(hub: Hub) -> tuple[Loop, ...]:
    """The table, and a loop for each source."""
    return (*LOOPS, *(_tended(name, tending) for name, tending in hub.sources.tendings.items()))


def _tended(name: str, tending: Tending) -> Loop:
    return Loop(name=f"source {name}", run=lambda _: tending.run(), parts=frozenset({Part.WORK}))


async def run_loops(hub: Hub, parts: Iterable[Part]) -> None:
    """Run the loops of *parts* until cancelled."""
    wanted = frozenset(parts)
    async with asyncio.TaskGroup() as group:
        for loop in loops_of(hub):
            if loop.parts & wanted:
                group.create_task(_for_ever(loop, hub), name=loop.name)


async def _for_ever(loop: Loop, hub: Hub) -> None:
    wait = SHORTEST
    while True:
        began = hub.clock.monotonic()
        try:
            await loop.run(hub)
        except HubError as failed:
            log.warning("loop.failed", loop=loop.name, error=failed.message)
        except Exception:  # an edge: a fault in one loop must not end the process
            log.exception("loop.broke", loop=loop.name)
        wait = SHORTEST if hub.clock.monotonic() - began > SOUND else min(LONGEST, wait * 2)
        await asyncio.sleep(wait)
