"""Processes that do one thing as often as they are told, side by side, and say how long it took them."""

from __future__ import annotations

import asyncio
import multiprocessing
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import TypeAlias

from hub.processes import settle_memory

Doings: TypeAlias = Mapping[str, Callable[[], Awaitable[object]]]
"""What a process can do, once each time it is called."""
Made: TypeAlias = Callable[[], AbstractAsyncContextManager[Doings]]
"""What a process can do, ready as long as the block runs; a function of a module, for it is sent over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lap:
    """What one process did in one round."""

    many: int
    begun: float
    ended: float
    """By the clock that all processes of a machine share."""
    cpu: float
    """Seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How fast all of them were."""

    rate: float
    """A second."""
    cpu: float
    """Milliseconds of CPU for each; the database's apart."""


async def lap(many: int, at_once: int, one: Callable[[], Awaitable[object]]) -> Lap:
    """Do it so many times, by so many callers at once."""
    waiting = iter(range(many))

    async def caller() -> None:
        for _ in waiting:
            await one()

    cpu, begun = time.process_time(), time.perf_counter()
    await asyncio.gather(*(caller() for _ in range(at_once)))
    return Lap(many=many, begun=begun, ended=time.perf_counter(), cpu=time.process_time() - cpu)


def pace_of(laps: Sequence[Lap]) -> Pace:
    """All of it, from when the first began until the last ended."""
    took = max(one.ended for one in laps) - min(one.begun for one in laps)
    many = sum(one.many for one in laps)
    return Pace(rate=many / took, cpu=sum(one.cpu for one in laps) / many * 1000)


class Sides:
    """Some processes of one kind."""

    def __init__(self, pipes: Sequence[Connection]) -> None:
        self._pipes = pipes

    def pace(self, doing: str, many: int, at_once: int) -> Pace:
        """How fast they are together, *many* each by *at_once* callers each."""
        for pipe in self._pipes:
            pipe.send((doing, many, at_once))
        return pace_of([pipe.recv() for pipe in self._pipes])


@contextmanager
def sides(made: Made, processes: int) -> Iterator[Sides]:
    """So many processes, ready; gone afterwards."""
    context = multiprocessing.get_context("spawn")
    pairs = [context.Pipe() for _ in range(processes)]
    running = [context.Process(target=_run, args=(made, theirs)) for _, theirs in pairs]
    for process, (_, theirs) in zip(running, pairs, strict=True):
        process.start()
        theirs.close()  # only theirs is left: where they die, nobody waits for an answer
    try:
        for ours, _ in pairs:
            ours.recv()
        yield Sides([ours for ours, _ in pairs])
    finally:
        for process in running:
            process.kill()
            process.join()


def _run(made: Made, pipe: Connection) -> None:
    asyncio.run(_serve(made, pipe))


async def _serve(made: Made, pipe: Connection) -> None:
    async with made() as doings:
        settle_memory()  # as a process does once it is up
        pipe.send(None)
        while True:
            doing, many, at_once = await asyncio.to_thread(pipe.recv)
            pipe.send(await lap(many, at_once, doings[doing]))
