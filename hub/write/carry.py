"""Talking to a source about one delivery: carrying it out, or asking what became of it. No transaction is open (D7)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from hub.call import worker_call
from hub.clock import Clock
from hub.errors import HubError
from hub.failpoint import reached
from hub.gate.errand import Errand, Urgency
from hub.gate.gate import Gate
from hub.gate.owner import Held
from hub.model.ids import mint
from hub.model.intents import DeliveryState
from hub.model.manifest import Write
from hub.model.trace import HopKind, HopOutcome
from hub.ports import Hop, Recorder
from hub.store.claims import OpenDelivery
from hub.write.packs import in_packs, in_units
from hub.write.verdict import UNDECLARED, Verdict, after_answer, after_call, can_be_known, must_review

_SHOWN = {
    DeliveryState.DONE: HopOutcome.OK,
    DeliveryState.ACCEPTED: HopOutcome.OK,
    DeliveryState.PENDING: HopOutcome.RETRY,
    DeliveryState.UNKNOWN: HopOutcome.UNKNOWN,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossing:
    """A hop of a delivery under way."""

    id: str
    operation: str
    at: datetime
    started: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Carrier:
    """Talks to one source, and leaves a hop for each time."""

    gate: Gate
    recorder: Recorder
    clock: Clock

    def declared(self, row: OpenDelivery) -> Write:
        """What the manifest says of the row's action."""
        return self.gate.binding.manifest.writes.get(row.intent.action, UNDECLARED)

    async def execute(self, held: Held, row: OpenDelivery) -> Verdict:
        """Carry the effect out, once."""
        crossing = self._cross(row.intent.action)
        reached("d2")
        try:
            answer = await self.gate.execute(_errand(held, row, crossing, row.attempts), in_packs(row.intent))
        except HubError as error:
            verdict = after_call(row, self.declared(row), error)
        else:
            verdict = after_call(row, self.declared(row), in_units(answer, row.intent))
        self._record(row, crossing, verdict)
        return verdict

    async def look(self, held: Held, row: OpenDelivery) -> Verdict:
        """What became of it, by looking. Raises what the gate raises: then it is no wiser."""
        if not can_be_known(self.declared(row)):
            return must_review("the source cannot say whether it happened")
        crossing = self._cross(f"resolve {row.intent.action}")
        answer = await self.gate.resolve(_errand(held, row, crossing, 1), in_packs(row.intent))
        verdict = after_answer(row, self.declared(row), in_units(answer, row.intent))
        self._record(row, crossing, verdict)
        return verdict

    def _cross(self, operation: str) -> Crossing:
        return Crossing(id=mint(), operation=operation, at=self.clock.now(), started=self.clock.monotonic())

    def _record(self, row: OpenDelivery, crossing: Crossing, verdict: Verdict) -> None:
        binding = self.gate.binding
        self.recorder.record(
            Hop(
                id=crossing.id,
                tenant=binding.tenant,
                correlation_id=row.correlation_id,
                kind=HopKind.DELIVERY,
                system=binding.system,
                source=binding.source,
                operation=crossing.operation,
                outcome=_SHOWN.get(verdict.state, HopOutcome.FAILED),
                started_at=crossing.at,
                duration_ms=round((self.clock.monotonic() - crossing.started) * 1000),
                waiting_ms=max(0, round((row.now - row.due_at).total_seconds() * 1000)),
                attempt=row.attempts,
                error=verdict.error,
                roots=(row.root_id,),
            )
        )


def _errand(held: Held, row: OpenDelivery, crossing: Crossing, attempt: int) -> Errand:
    return Errand(
        call=worker_call(held.call.tenant, correlation=row.correlation_id, parent=row.traceparent),
        urgency=Urgency.DELIVERY,
        epoch=held.epoch,
        attempt=attempt,
        roots=(row.root_id,),
        parent_id=crossing.id,
    )
