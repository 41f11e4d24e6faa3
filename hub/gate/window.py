"""Counts of the recent past, in bounded memory."""

from __future__ import annotations

from collections import deque


class Window:
    """Two counters over the last *span* seconds, exact to a *parts*-th of it; the caller says what time it is."""

    def __init__(self, span: float, *, parts: int = 30) -> None:
        self._span = span
        self._step = span / parts
        self._buckets: deque[tuple[int, int, int]] = deque()  # number of the step, first count, second count

    def add(self, now: float, *, first: int = 0, second: int = 0) -> None:
        """Count something that happened now."""
        step = int(now // self._step)
        if self._buckets and self._buckets[-1][0] == step:
            _, one, two = self._buckets.pop()
            first, second = first + one, second + two
        self._buckets.append((step, first, second))
        self._forget(now)

    def sums(self, now: float) -> tuple[int, int]:
        """Both counts of the last span."""
        self._forget(now)
        return sum(one for _, one, _ in self._buckets), sum(two for _, _, two in self._buckets)

    def clear(self) -> None:
        """Begin anew."""
        self._buckets.clear()

    def _forget(self, now: float) -> None:
        oldest = int((now - self._span) // self._step)
        while self._buckets and self._buckets[0][0] <= oldest:
            self._buckets.popleft()
