"""One look of a worker at what is due, shared by the loops of all its sources: each asks many times a second."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from hub.clock import Clock
from hub.store.due import Due, Where, due_at
from hub.store.store import Store

FRESH = 0.05  # seconds for which a look is good: whatever it missed is seen by the next


class Lookout:
    """Asks the store at most once in *fresh* seconds, for all *sources*. `store` is of role WORK."""

    def __init__(self, store: Store, clock: Clock, sources: Sequence[Where], fresh: float = FRESH) -> None:
        self._store = store
        self._clock = clock
        self._sources = tuple(sources)
        self._fresh = fresh
        self._turn = asyncio.Lock()
        self._seen: Due | None = None
        self._at = 0.0

    async def due(self) -> Due:
        """What was due a moment ago. Raises StoreBusy."""
        async with self._turn:
            now, seen = self._clock.monotonic(), self._seen
            if seen is None or now - self._at >= self._fresh:
                async with self._store.survey() as tx:
                    seen = await due_at(tx, self._sources)
                self._seen, self._at = seen, now
            return seen

    def forget(self) -> None:
        """What was seen has been taken up: the next who asks looks again."""
        self._seen = None
