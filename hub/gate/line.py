"""Standing in line for a source: so many calls at once, the more urgent first (design D8)."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count


class Line:
    """At most *at_most* inside; who waits is let in by priority (0 first), then in order of coming."""

    def __init__(self, at_most: int) -> None:
        self._free = at_most
        self._waiting: list[tuple[int, int, asyncio.Future[None]]] = []
        self._number = count()

    @property
    def room(self) -> int:
        """How many would be let in at once."""
        return self._free

    @asynccontextmanager
    async def turn(self, priority: int) -> AsyncIterator[None]:
        """Inside while the block runs."""
        await self._enter(priority)
        try:
            yield
        finally:
            self._leave()

    async def _enter(self, priority: int) -> None:
        if self._free:
            self._free -= 1
            return
        mine: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (priority, next(self._number), mine))
        try:
            await mine
        except asyncio.CancelledError:
            if mine.done() and not mine.cancelled():  # let in and called off at once: pass the place on
                self._leave()
            raise

    def _leave(self) -> None:
        while self._waiting:
            _, _, next_one = heapq.heappop(self._waiting)
            if not next_one.done():
                next_one.set_result(None)
                return
        self._free += 1
