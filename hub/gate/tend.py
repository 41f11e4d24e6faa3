"""Tending a source: take it, do what is due there, keep it, give it up (design D8)."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Protocol

from anyio import CancelScope, move_on_after

from hub.clock import around
from hub.errors import Overtaken, StoreBusy
from hub.gate.crew import Crew
from hub.gate.gate import Gate
from hub.gate.owner import Held, Owner
from hub.telemetry import bound, logger

log = logger(__name__)

AWAY = 1.0  # seconds until a database that was away is asked again
FAREWELL = 2.0  # seconds for giving a source up


class Duty(Protocol):
    """One sort of work at a source: deliveries, hints, sweeps. The gate's line says who goes first."""

    @property
    def size(self) -> int:
        """How many errands it may have under way."""
        ...

    async def begin(self, held: Held) -> None:
        """What must be done at a take-over before anything else. Raises StoreBusy, and is then asked again."""
        ...

    async def turn(self, held: Held, crew: Crew) -> float:
        """Hand out what is due; seconds until it is asked again at the latest. Raises StoreBusy or Overtaken."""
        ...


class Tending:
    """The life of one source in this worker."""

    def __init__(self, owner: Owner, gate: Gate, duties: Sequence[Duty]) -> None:
        self._owner = owner
        self._gate = gate
        self._duties = duties
        self._crews: list[Crew] = []
        self._is_stopping = False
        self._awake = asyncio.Event()

    def stop(self) -> None:
        """Begin nothing new; `run` returns once what is under way has ended."""
        self._is_stopping = True
        self._awake.set()
        for crew in self._crews:
            crew.close()

    def nudge(self) -> None:
        """Something may be due: look now instead of at the next turn."""
        self._awake.set()
        for crew in self._crews:
            crew.ring()

    async def run(self) -> None:
        """Tend the source whenever this worker can get it, until stopped. Lets through what is a bug."""
        while not self._is_stopping:
            try:
                held = await self._owner.take()
            except StoreBusy as away:
                log.warning("tend.store_away", source=self._owner.source, error=away.message)
                held = None
            if held is None:
                await self._wait(around(self._owner.length / 3))
                continue
            with bound(held.call):
                log.info("tend.taken", source=held.source, epoch=held.epoch)
                await self._hold(held)

    async def _hold(self, held: Held) -> None:
        try:
            async with asyncio.TaskGroup() as group:
                keeping = group.create_task(self._keep(held))
                await self._serve_all(held)
                keeping.cancel()
        except* Overtaken:
            log.warning("tend.overtaken", source=held.source, epoch=held.epoch)
        finally:
            self._crews = []
            await self._give_up(held)

    async def _give_up(self, held: Held) -> None:
        with CancelScope(shield=True), move_on_after(FAREWELL):
            try:
                await self._owner.release(held, self._gate.quiet)
            except StoreBusy:  # then the lease runs out by itself
                log.warning("tend.not_released", source=held.source, epoch=held.epoch)

    async def _keep(self, held: Held) -> None:
        while True:
            await asyncio.sleep(self._owner.length / 3)
            try:
                is_ours = await self._owner.renew(held)
            except StoreBusy as away:
                log.warning("tend.not_renewed", source=held.source, error=away.message)
                continue
            if not is_ours:
                message = "another worker has taken the source"
                raise Overtaken(message, source=held.source, epoch=held.epoch)

    async def _serve_all(self, held: Held) -> None:
        for duty in self._duties:
            await self._begin(duty, held)
        async with asyncio.TaskGroup() as group:
            for duty in self._duties:
                group.create_task(self._serve(duty, held))

    async def _begin(self, duty: Duty, held: Held) -> None:
        while True:
            try:
                return await duty.begin(held)
            except StoreBusy as away:
                log.warning("tend.store_away", source=held.source, error=away.message)
                await asyncio.sleep(AWAY)

    async def _serve(self, duty: Duty, held: Held) -> None:
        async with asyncio.TaskGroup() as group:
            crew = Crew(group, duty.size)
            self._crews.append(crew)
            while not self._is_stopping:
                try:
                    wait = await duty.turn(held, crew)
                except StoreBusy as away:
                    log.warning("tend.store_away", source=held.source, error=away.message)
                    wait = AWAY
                await crew.sleep(wait)

    async def _wait(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._awake.wait()
        except TimeoutError:
            return
        self._awake.clear()
