"""A clock that tests move by hand."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta


@dataclass(slots=True)
class StoppedClock:
    """Stands still until it is moved."""

    at: datetime
    seconds: float = field(default=0.0)

    def now(self) -> datetime:
        """The instant it stands at."""
        return self.at

    def monotonic(self) -> float:
        """Seconds moved so far."""
        return self.seconds

    def move(self, seconds: float) -> None:
        """Let time pass."""
        self.seconds += seconds
        self.at += timedelta(seconds=seconds)
