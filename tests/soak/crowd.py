"""All subscribers, in a process of their own. It says `ready`, takes two files, says who is late."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import msgspec

from tests.soak.orders import orders, say
from tests.soak.reader import Reader
from tests.soak.results import Told
from tests.soak.scale import Scale
from tests.soak.wishes import Wish

PACE = 100.0  # new subscribers a second

Lasts = dict[str, int]
"""Of each subscriber the position of the last change that it must hear of."""


class Brief(msgspec.Struct, frozen=True, kw_only=True):
    """What the process is told."""

    scale: Scale
    hubs: Sequence[str]
    wishes: Sequence[Wish]


@dataclass(slots=True, kw_only=True)
class Crowd:
    """Everybody."""

    readers: Mapping[str, Reader]
    calm: asyncio.Event

    async def run(self) -> None:
        """Let everybody in, one after the other, and listen until cancelled."""
        async with asyncio.TaskGroup() as group:
            for reader in self.readers.values():
                group.create_task(reader.run(), name=reader.wish.name)
                await asyncio.sleep(1 / PACE)

    async def begun(self) -> None:
        """Return once everybody has what there is."""
        await asyncio.gather(*(one.begun.wait() for one in self.readers.values()))

    async def settled(self, lasts: Lasts, patience: float, linger: float) -> list[str]:
        """From now on everybody reads; who never heard of its last change."""
        self.calm.set()
        waiting = [asyncio.create_task(self.readers[name].has(last), name=name) for name, last in lasts.items()]
        if not waiting:
            return []
        _, late = await asyncio.wait(waiting, timeout=patience)
        await asyncio.sleep(linger)
        for task in late:
            task.cancel()
        return sorted(task.get_name() for task in late)

    def told(self) -> list[Told]:
        """Of everybody, each life."""
        return [life for one in self.readers.values() for life in one.told()]


def crowd(brief: Brief) -> Crowd:
    """Everybody who wishes something."""
    calm = asyncio.Event()
    readers = {
        wish.name: Reader(
            wish=wish, hubs=brief.hubs, scale=brief.scale, rnd=Random(f"{brief.scale.seed} {wish.name}"), calm=calm
        )
        for wish in brief.wishes
    }
    return Crowd(readers=readers, calm=calm)


def _read(file: str) -> Lasts:
    return msgspec.json.decode(Path(file).read_bytes(), type=Lasts)


def _write(file: str, told: list[Told]) -> None:
    Path(file).write_bytes(msgspec.json.encode(told))


async def run(brief: Brief) -> None:
    """The process."""
    everybody = crowd(brief)
    gc.freeze()
    given = orders()
    running = asyncio.create_task(everybody.run())
    await everybody.begun()
    say("ready")
    late = await everybody.settled(_read(await given.get()), brief.scale.patience, brief.scale.linger)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    _write(await given.get(), everybody.told())
    say(" ".join(late))
