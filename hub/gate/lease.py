"""How long this process may still write to a source, by its own counting (design D8)."""

from __future__ import annotations

from hub.clock import Clock
from hub.errors import Overtaken


class Lease:
    """The lease of one source as its owner counts it: from the monotonic reading taken *before* it asked.

    Whoever judges by the database's clock sees the lease end later than this, never earlier. Time passes while the
    process is stopped.
    """

    def __init__(self, clock: Clock, source: str) -> None:
        self._clock = clock
        self._source = source
        self._until = float("-inf")
        self.epoch = 0
        """Of the present holding; 0 before the first."""

    def hold(self, *, asked_at: float, length: float, epoch: int) -> None:
        """The database granted *length* seconds to a request that was sent at *asked_at*."""
        self._until = asked_at + length
        self.epoch = epoch

    def end(self) -> None:
        """Given up or lost."""
        self._until = float("-inf")

    @property
    def left(self) -> float:
        """Seconds; not positive where it has run out."""
        return self._until - self._clock.monotonic()

    def check(self, epoch: int) -> None:
        """Return if a request of *epoch* may be written now. Raises Overtaken."""
        if epoch != self.epoch or self.left <= 0:
            message = "the lease of this source has run out; nothing is sent"
            raise Overtaken(message, source=self._source, epoch=epoch)
