"""A clock that is wrong by a known amount, for the contract suite."""

from __future__ import annotations

from datetime import datetime, timedelta

from hub.clock import Clock


class SkewedClock:
    """Another clock, some seconds ahead."""

    def __init__(self, clock: Clock, ahead: float) -> None:
        """Tell *clock*'s time plus *ahead* seconds."""
        self._clock = clock
        self._ahead = timedelta(seconds=ahead)

    def now(self) -> datetime:
        """The wrong present."""
        return self._clock.now() + self._ahead

    def monotonic(self) -> float:
        """Seconds that never go back; these are right."""
        return self._clock.monotonic()
