"""A clock that a scene sets: history is lived through by a system's own rules, in the past."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import datetime

from hub.clock import Clock


class Backdating:
    """Tells another clock's time until set."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.at: datetime | None = None

    def now(self) -> datetime:
        """The set instant, else the present."""
        return self.at if self.at is not None else self._clock.now()

    def monotonic(self) -> float:
        """Seconds that never go back."""
        return self._clock.monotonic()

    @contextlib.contextmanager
    def standing_at(self, moment: datetime | None) -> Iterator[None]:
        """Tell *moment* as long as the block lasts; None: the present."""
        before, self.at = self.at, moment
        try:
            yield
        finally:
            self.at = before
