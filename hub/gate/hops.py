"""The hops of a call of a source: one for every correlation id it serves."""

from __future__ import annotations

from datetime import datetime

from hub.clock import Clock
from hub.errors import HubError, OutcomeUnknown, SourceBusy
from hub.gate.errand import Errand
from hub.model.ids import mint
from hub.model.manifest import SourceBinding
from hub.model.trace import HopKind, HopOutcome
from hub.ports import Hop, Recorder


class CallHops:
    """Records the calls of one source."""

    def __init__(self, binding: SourceBinding, recorder: Recorder, clock: Clock) -> None:
        self._binding = binding
        self._recorder = recorder
        self._clock = clock

    def record(
        self, errand: Errand, named: tuple[str, str], times: tuple[float, datetime, float], error: BaseException | None
    ) -> None:
        """A call ends now. *named*: the hop's id and the operation; *times*: monotonic when it came, instant and
        monotonic when it was its turn.
        """
        came, started_at, started = times
        hop, operation = named
        for correlation in dict.fromkeys((errand.call.correlation_id, *errand.also)):
            self._recorder.record(
                Hop(
                    id=hop if correlation == errand.call.correlation_id else mint(),
                    tenant=self._binding.tenant,
                    correlation_id=correlation,
                    kind=HopKind.SOURCE_CALL,
                    system=self._binding.system,
                    source=self._binding.source,
                    operation=operation,
                    outcome=outcome_of(error),
                    started_at=started_at,
                    duration_ms=_millis(self._clock.monotonic() - started),
                    waiting_ms=_millis(started - came),
                    parent_id=errand.parent_id,
                    attempt=errand.attempt,
                    error=None if error is None else words_of(error),
                    roots=errand.roots,
                )
            )


def outcome_of(error: BaseException | None) -> HopOutcome:
    """How a crossing ended that ended with *error*."""
    if error is None:
        return HopOutcome.OK
    if isinstance(error, OutcomeUnknown):
        return HopOutcome.UNKNOWN
    return HopOutcome.RETRY if isinstance(error, SourceBusy) else HopOutcome.FAILED


def words_of(error: BaseException) -> str:
    """What a trace may show of *error*: the hub's own words, never a body or a secret."""
    return error.message if isinstance(error, HubError) else type(error).__name__


def _millis(seconds: float) -> int:
    return round(seconds * 1000)
