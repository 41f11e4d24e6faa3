"""Time, behind a port: nothing else in the hub asks the operating system for it."""

from __future__ import annotations

import random
import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Wall-clock and monotonic time."""

    def now(self) -> datetime:
        """The present, aware, UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds that never go back; only differences mean something."""
        ...


class SystemClock:
    """The machine's own clocks."""

    def now(self) -> datetime:
        """The present, aware, UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds that never go back."""
        return time.monotonic()


def around(seconds: float) -> float:
    """Between half of *seconds* and one and a half, at random: what began together does not meet again."""
    return seconds * (0.5 + random.random())  # noqa: S311 (no secret: it spreads load)
