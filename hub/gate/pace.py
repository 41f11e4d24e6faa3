"""How fast a source may be asked: its declared rate, and what it said when it was asked too much (F22)."""

from __future__ import annotations

from datetime import datetime

from aiolimiter import AsyncLimiter

from hub.clock import Clock

LONGEST_PAUSE = 300.0  # seconds; an absurd Retry-After is not believed beyond it
FIRST_PAUSE = 1.0  # seconds where the source names no time; doubled each time in a row


class Pace:
    """The rate of one source, exact for every request of this process, which is the only one that asks it."""

    def __init__(self, per_second: float | None, clock: Clock) -> None:
        self._clock = clock
        self._limiter = None if per_second is None else AsyncLimiter(1, 1 / per_second)
        self._paused_until = float("-inf")
        self._in_a_row = 0

    async def turn(self) -> None:
        """Return when the next request may be written."""
        if self._limiter is not None:
            await self._limiter.acquire()

    def rests(self) -> float:
        """Seconds for which the source wants to be left alone."""
        return max(0.0, self._paused_until - self._clock.monotonic())

    def throttled(self, retry_at: datetime | None) -> None:
        """The source asked for fewer calls."""
        self._in_a_row += 1
        if retry_at is None:
            wanted = FIRST_PAUSE * 2.0 ** min(self._in_a_row - 1, 10)
        else:
            wanted = (retry_at - self._clock.now()).total_seconds()
        until = self._clock.monotonic() + min(max(wanted, 0.0), LONGEST_PAUSE)
        self._paused_until = max(self._paused_until, until)

    def answered(self) -> None:
        """The source took a call."""
        self._in_a_row = 0
