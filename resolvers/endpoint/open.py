"""The sockets and event streams that are open: counted per principal, and asked to leave before the process ends."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from hub.call import Call


class OpenStreams:
    """One per process."""

    def __init__(self, per_principal: int) -> None:
        self._limit = per_principal
        self._counts: Counter[str] = Counter()
        self._leave: list[Callable[[], None]] = []
        self.is_leaving = False
        """Whether the process is about to end."""
        self._empty = asyncio.Event()
        self._empty.set()

    @property
    def count(self) -> int:
        """How many are open now."""
        return self._counts.total()

    def has_room(self, call: Call) -> bool:
        """Whether this principal may open one more."""
        return self._counts[call.principal] < self._limit

    @contextmanager
    def entered(self, call: Call, leave: Callable[[], None] | None = None) -> Iterator[None]:
        """Counts one as open while it lasts; *leave* is called when the process is about to end."""
        self.enter(call)
        if leave is not None:
            self._leave.append(leave)
        try:
            yield
        finally:
            if leave is not None:
                self._leave.remove(leave)
            self.exit(call)

    def enter(self, call: Call) -> None:
        """Count one as open."""
        self._counts[call.principal] += 1
        self._empty.clear()

    def exit(self, call: Call) -> None:
        """It is open no more."""
        self._counts[call.principal] -= 1
        if not self._counts[call.principal]:
            del self._counts[call.principal]
        if not self._counts:
            self._empty.set()

    async def drain(self, patience: float) -> int:
        """Ask all to leave; wait until they have, at most *patience* seconds. Returns how many stayed."""
        self.is_leaving = True
        for leave in list(self._leave):
            leave()
        try:
            async with asyncio.timeout(patience):
                await self._empty.wait()
        except TimeoutError:
            pass
        return self.count
