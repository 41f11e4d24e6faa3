"""Life in the shop that does not stop for the hub: orders are placed, shipped and delivered, one after the other."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from tests.systems.vendure.desk import Desk, Placed

STAGES = 3
"""An order of three is only placed, the next one shipped as well, the third delivered too."""


@dataclass(slots=True, kw_only=True)
class Traffic:
    """What has moved."""

    desk: Desk
    orders: list[Placed] = field(default_factory=list)
    moves: int = 0
    """Changes that the shop has confirmed."""
    _stopped: asyncio.Event = field(default_factory=asyncio.Event)

    async def flow(self) -> None:
        """Move until stopped; what was begun is finished."""
        while not self._stopped.is_set():
            order = await self.desk.place(2, 1)
            self.orders.append(order)
            acts = (self.desk.ship, self.desk.deliver)[: len(self.orders) % STAGES]
            for act in acts:
                await act(order)
            self.moves += 1 + len(acts)

    async def moved(self, more: int) -> None:
        """Return once so many more changes have happened."""
        goal = self.moves + more
        while self.moves < goal:  # noqa: ASYNC110 - nothing says when the shop has moved
            await asyncio.sleep(0.01)

    def stop(self) -> None:
        """Begin no further order."""
        self._stopped.set()


@asynccontextmanager
async def flowing(desk: Desk) -> AsyncIterator[Traffic]:
    """Traffic while the block runs."""
    traffic = Traffic(desk=desk)
    async with asyncio.TaskGroup() as group:
        group.create_task(traffic.flow(), name="traffic")
        try:
            yield traffic
        finally:
            traffic.stop()
