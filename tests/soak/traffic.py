"""The soak's traffic, in a process of its own: first what there is, then changes at a steady rate.

It goes through the one writer, says `loaded` on its output, begins at `go` on its input, ends at `stop`.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from hub.call import worker_call
from hub.errors import HubError
from hub.merge.work import Work
from hub.merge.writer import Writer
from hub.model.changes import Origin
from hub.model.observation import Observation
from hub.store.roles import Role, RoleUrls
from hub.store.store import open_store
from tests.soak.orders import orders, say
from tests.soak.scale import TENANTS, Scale
from tests.soak.world import LINES, Town, landscape

PULSE = 0.2  # seconds between two works of a tenant
BATCH = 100  # observations of a work of the first load


@dataclass(slots=True, kw_only=True)
class Traffic:
    """Everything that is written during one soak."""

    scale: Scale
    writer: Writer
    towns: list[Town]
    lines: int = 0
    """How many lines of the log were meant so far."""
    refused: list[str] = field(default_factory=list)

    async def load(self) -> None:
        """What there is before anything happens: a first load, of which no subscriber hears."""
        for town in self.towns:
            found = list(town.beginning())
            for first in range(0, len(found), BATCH):
                await self._write(town, found[first : first + BATCH], Origin.BASELINE)

    async def flow(self, is_over: Callable[[], bool]) -> None:
        """Changes at the wanted rate until it is over; what fell behind is caught up."""
        began = time.monotonic()
        while not is_over():
            due = int((time.monotonic() - began) * self.scale.rate) - self.lines
            for town in self.towns:
                await self._some(town, due / len(self.towns))
            await asyncio.sleep(PULSE)

    async def _some(self, town: Town, due: float) -> None:
        batch: list[Observation] = []
        cost = 0
        while cost < due:
            kind, observation = town.change()
            batch.append(observation)
            cost += LINES[kind]
        self.lines += cost
        if batch:
            await self._write(town, batch, Origin.LIVE)

    async def _write(self, town: Town, batch: list[Observation], origin: Origin) -> None:
        call = worker_call(town.tenant)
        try:
            await self.writer.write(call, Work(observations=tuple(batch), origin=origin))
        except HubError as error:
            self.refused.append(f"{town.tenant}: {error.message}")


async def run(scale: Scale, urls: RoleUrls) -> None:
    """The process."""
    given = orders()
    async with open_store(urls, Role.WORK, size=2) as store:
        towns = [Town(tenant=tenant, scale=scale, rnd=Random(f"{scale.seed} {tenant}")) for tenant in TENANTS]
        writer = Writer(store, {tenant: landscape(tenant) for tenant in TENANTS})
        traffic = Traffic(scale=scale, writer=writer, towns=towns)
        await traffic.load()
        say("loaded")
        await given.get()
        over = asyncio.create_task(given.get())
        await traffic.flow(over.done)
        say("; ".join(traffic.refused) or "ended")
