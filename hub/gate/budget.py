"""Retries are at most a fifth of the first calls, so that a failing source is not buried under them (F32)."""

from __future__ import annotations

from hub.gate.window import Window

SHARE = 0.2
FLOOR = 10  # retries a minute that a quiet source bears anyway
SPAN = 60.0  # seconds


class RetryBudget:
    """Counts first calls and retries of the last minute; monotonic seconds are given by the caller."""

    def __init__(self) -> None:
        self._calls = Window(SPAN)

    def may_retry(self, now: float) -> bool:
        """Whether one more retry stays within the budget."""
        first, again = self._calls.sums(now)
        return again < max(FLOOR, SHARE * first)

    def count(self, now: float, *, is_retry: bool) -> None:
        """A call is made."""
        self._calls.add(now, first=int(not is_retry), second=int(is_retry))
