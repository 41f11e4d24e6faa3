"""Leaves a failing source alone for a while, then tries it again with one call at a time (domain.md 4.3)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from hub.gate.window import Window

PROBE_PATIENCE = 0.25  # seconds until whoever found a probe under way should look again


class BreakerState(StrEnum):
    """CLOSED lets calls through, OPEN none, HALF_OPEN one at a time."""

    CLOSED = "CLOSED"
    HALF_OPEN = "HALF_OPEN"
    OPEN = "OPEN"


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakerRules:
    """When the breaker opens and closes: the low-volume variant, because ERP traffic never reaches 100 calls."""

    window: float = 300.0
    """Seconds looked back."""
    failures: int = 10
    """It opens at so many failures in the window ..."""
    share: float = 0.5
    """... if they are at least this part of all calls."""
    cooldown: float = 120.0
    """Seconds it stays open."""
    successes: int = 3
    """Probes in a row that close it; one that fails opens it again."""


class Breaker:
    """State machine over the outcomes of calls; monotonic seconds are given by the caller."""

    def __init__(self, rules: BreakerRules, now: float) -> None:
        self._rules = rules
        self._calls = Window(rules.window)
        self._is_probing = False
        self._good_probes = 0
        self.state = BreakerState.CLOSED
        self.since = now

    def rests(self, now: float) -> float:
        """Seconds for which it lets no call through; 0 where one may enter now."""
        if self.state is BreakerState.OPEN:
            return max(0.0, self.since + self._rules.cooldown - now)
        return PROBE_PATIENCE if self._is_probing else 0.0

    def enter(self, now: float) -> bool:
        """Whether a call may be made; whoever is let in reports what came of it, exactly once."""
        if self.rests(now) > 0:
            return False
        if self.state is BreakerState.OPEN:
            self._move(BreakerState.HALF_OPEN, now)
        self._is_probing = self.state is BreakerState.HALF_OPEN
        return True

    def succeeded(self, now: float) -> None:
        """The source answered, whatever it said."""
        self._is_probing = False
        if self.state is BreakerState.CLOSED:
            self._calls.add(now, first=1)
        elif self.state is BreakerState.HALF_OPEN:
            self._good_probes += 1
            if self._good_probes >= self._rules.successes:
                self._move(BreakerState.CLOSED, now)

    def failed(self, now: float) -> None:
        """The source did not answer, or only with a failure of its own."""
        self._is_probing = False
        if self.state is BreakerState.HALF_OPEN:
            self._move(BreakerState.OPEN, now)
        elif self.state is BreakerState.CLOSED:
            self._calls.add(now, second=1)
            good, bad = self._calls.sums(now)
            if bad >= self._rules.failures and bad >= self._rules.share * (good + bad):
                self._move(BreakerState.OPEN, now)

    def passed(self) -> None:
        """The call says nothing about the source's health."""
        self._is_probing = False

    def _move(self, state: BreakerState, now: float) -> None:
        self.state, self.since = state, now
        self._good_probes = 0
        self._calls.clear()
