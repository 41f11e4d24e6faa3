"""Leaves an engine that fails alone for a while, so that no caller waits for one that is dead."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TypeVar

from hub.clock import Clock
from hub.errors import SearchAway

T = TypeVar("T")

SHORTEST, LONGEST = 1.0, 15.0  # seconds of rest after a failure, doubled each time


class Rest:
    """One failure rests it; then one call tries it while the others go without."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._until = float("-inf")
        self._length = 0.0
        self._is_tried = False

    async def guard(self, asked: Awaitable[T]) -> T | None:
        """What *asked* gives; None, without awaiting it, while the engine rests, and where it fails now."""
        if self._is_tried or self._clock.monotonic() < self._until:
            _forget(asked)
            return None
        self._is_tried = self._length > 0
        try:
            answer = await asked
        except SearchAway:
            self._length = min(LONGEST, max(SHORTEST, self._length * 2))
            self._until = self._clock.monotonic() + self._length
            return None
        finally:
            self._is_tried = False
        self._length = 0.0
        return answer


def _forget(asked: Awaitable[T]) -> None:
    close = getattr(asked, "close", None)
    if close is not None:
        close()
