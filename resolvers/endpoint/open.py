"""The sockets and event streams that are open: counted per principal, and asked to leave before the process ends."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from hub.call import Call


class OpenStreams:
    """One per process."""

    def __init__(self, per_principal: int) -> None:
        self._limit = per_principal
        self._counts: Counter[str] = Counter()
        self._leaving = asyncio.Event()
        self._empty = asyncio.Event()
        self._empty.set()

    @property
    def count(self) -> int:
        """How many are open now."""
        return self._counts.total()

    @property
    def is_leaving(self) -> bool:
        """Whether the process is about to end."""
        return self._leaving.is_set()

    def has_room(self, call: Call) -> bool:
        """Whether this principal may open one more."""
        return self._counts[call.principal] < self._limit

    @contextmanager
    def entered(self, call: Call) -> Iterator[None]:
        """Counts one as open while it lasts."""
        self._counts[call.principal] += 1
        self._empty.clear()
        try:
            yield
        finally:
            self._counts[call.principal] -= 1
            self._counts = +self._counts
            if not self._counts:
                self._empty.set()

    async def leaving(self) -> None:
        """Return once the process is about to end."""
        await self._leaving.wait()

    async def drain(self, patience: float) -> int:
        """Ask all to leave; wait until they have, at most *patience* seconds. Returns how many stayed."""
        self._leaving.set()
        try:
            async with asyncio.timeout(patience):
                await self._empty.wait()
        except TimeoutError:
            pass
        return self.count
