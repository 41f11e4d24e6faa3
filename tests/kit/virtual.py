"""Time that passes when nobody has anything to do: an event loop for tests of waiting, which then takes no time.

A test module asks for it by its own `anyio_backend` fixture: `return "asyncio", {"loop_factory": VirtualLoop}`.
Not for tests that talk to a database or a socket: their waiting is real.
"""

from __future__ import annotations

import asyncio
import selectors
from datetime import UTC, datetime, timedelta

EPOCH = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


class VirtualLoop(asyncio.SelectorEventLoop):
    """Jumps to the next thing that is due instead of waiting for it."""

    def __init__(self) -> None:
        self._passed = 0.0
        super().__init__(_Jumping(self))

    def time(self) -> float:
        """Seconds that passed, none of them really."""
        return self._passed

    def jump(self, seconds: float) -> None:
        """Let time pass."""
        self._passed += seconds


class _Jumping(selectors.DefaultSelector):
    def __init__(self, loop: VirtualLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if ready or timeout == 0:
            return ready
        if timeout is None:
            message = "everybody waits and nothing will ever happen"
            raise RuntimeError(message)
        self._loop.jump(timeout)
        return []


class VirtualClock:
    """The clock of the running virtual loop."""

    def now(self) -> datetime:
        """EPOCH plus what has passed."""
        return EPOCH + timedelta(seconds=self.monotonic())

    def monotonic(self) -> float:
        """What has passed."""
        return asyncio.get_running_loop().time()
