"""What the gate has learned about its source, and whether a call makes sense now."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from hub.clock import Clock
from hub.errors import SourceBusy, SourceError, SourceGarbled, SourceMisset, Unserved
from hub.gate.breaker import Breaker, BreakerRules, BreakerState
from hub.gate.pace import Pace
from hub.store.source_states import SourceState


class Side(StrEnum):
    """Reading and writing are paused apart: a credential that may not write may still read."""

    READ = "READ"
    WRITE = "WRITE"


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthRules:
    """How the gate treats a source that fails."""

    breaker: BreakerRules = field(default_factory=BreakerRules)
    misset_pause: float = 60.0
    """Seconds until credentials that were refused are tried again."""


class Health:
    """Learns from the outcome of each call."""

    def __init__(self, source: str, clock: Clock, pace: Pace, rules: HealthRules) -> None:
        self._source = source
        self._clock = clock
        self._pace = pace
        self._rules = rules
        self._breaker = Breaker(rules.breaker, clock.monotonic())
        self._paused = dict.fromkeys(Side, float("-inf"))
        self._misset: dict[Side, str] = {}
        self._breaker_since = clock.now()
        self._last_success: datetime | None = None
        self._last_failure: datetime | None = None
        self._last_error: str | None = None

    def rests(self, side: Side) -> float:
        """Seconds for which no call makes sense; 0: one may be made now."""
        now = self._clock.monotonic()
        return max(0.0, self._breaker.rests(now), self._pace.rests(), self._paused[side] - now)

    @property
    def is_sound(self) -> bool:
        """Whether the source may be asked as often as it bears; otherwise one call at a time tries it."""
        return self._breaker.state is BreakerState.CLOSED

    def enter(self, side: Side) -> None:
        """Let one call in; `learn` must follow. Raises SourceMisset or SourceBusy where none makes sense: its fact
        `unasked` says that the source was never asked."""
        now = self._clock.monotonic()
        if self._paused[side] > now:
            raise SourceMisset(self._misset[side], source=self._source, unasked=True)
        if self._pace.rests() > 0:
            message = "the source asked for fewer calls"
            raise SourceBusy(message, throttled=True, source=self._source, unasked=True)
        before = self._breaker.state
        if not self._breaker.enter(now):
            message = "the source fails too often and is left alone for a while"
            raise SourceBusy(message, source=self._source, breaker=self._breaker.state.value, unasked=True)
        self._note(before)

    def learn(self, side: Side, error: BaseException | None) -> None:
        """Take in what came of a call that was let in. An answer is a success, whatever it says."""
        before, now = self._breaker.state, self._clock.monotonic()
        if isinstance(error, Unserved):
            self._unserved(error, now)
        elif error is None or isinstance(error, SourceError):
            self._breaker.succeeded(now)
            self._pace.answered()
            self._answered(side, error)
        else:
            self._breaker.passed()
        self._note(before)

    @property
    def state(self) -> SourceState:
        """What is published of the source."""
        return SourceState(
            breaker=self._breaker.state.value,
            breaker_since=self._breaker_since,
            last_success_at=self._last_success,
            last_failure_at=self._last_failure,
            last_error=self._last_error,
            is_paused=bool(self._misset),
        )

    def _unserved(self, error: Unserved, now: float) -> None:
        self._failed(error.message)
        if not error.throttled:
            self._breaker.failed(now)
            return
        self._breaker.passed()
        if not error.facts.get("unasked"):  # else the gate itself said so
            self._pace.throttled(error.retry_at)

    def _answered(self, side: Side, error: SourceError | None) -> None:
        if isinstance(error, SourceMisset):
            self._misset[side] = error.message
            self._paused[side] = self._clock.monotonic() + self._rules.misset_pause
            self._failed(error.message)
            return
        if isinstance(error, SourceGarbled):  # it is there, and yet nothing was learnt
            self._failed(error.message)
            return
        self._misset.pop(side, None)
        self._last_success = self._clock.now()
        if not self._misset:
            self._last_error = None

    def _failed(self, words: str) -> None:
        self._last_failure, self._last_error = self._clock.now(), words

    def _note(self, before: BreakerState) -> None:
        if self._breaker.state is not before:
            self._breaker_since = self._clock.now()
