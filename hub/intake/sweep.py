"""Sweeps of one source: what changed without being told, and the first load (D3, D8). A duty of `hub.gate.tend`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from hub.call import Call, worker_call
from hub.errors import HubError, Overtaken, StoreBusy
from hub.gate.crew import Crew
from hub.gate.health import Side
from hub.gate.hops import outcome_of, words_of
from hub.gate.owner import Held
from hub.intake.plan import Planned, Stands, due_sweeps, read_sweeps
from hub.intake.run import Route, Run
from hub.merge.work import Fence, Work
from hub.model.ids import mint
from hub.model.trace import HopKind
from hub.ports import Hop, Recorder
from hub.store.cursors import sweep_stands
from hub.store.staged import waits
from hub.telemetry import logger

log = logger(__name__)

IDLE = 0.5  # seconds between looks
RESTING = 1.0  # seconds between looks while the source is left alone
FIRST_WAIT = 1.0  # seconds after a run that failed; doubled with each that fails in a row
LONGEST_WAIT = 300.0
LOAD_TURN = 1.0  # seconds until a first load lets another kind have its turn


@dataclass(frozen=True, slots=True, kw_only=True)
class _PutOff:
    """A sweep whose last runs failed."""

    fails: int
    until: float


class Sweeps:
    """Runs the sweeps of one source while this worker holds it: one first load and one other at a time."""

    size = 2

    def __init__(
        self, route: Route, recorder: Recorder, *, first_wait: float = FIRST_WAIT, load_turn: float = LOAD_TURN
    ) -> None:
        self._route = route
        self._recorder = recorder
        self._first_wait = first_wait
        self._load_turn = load_turn
        self._put_off: dict[str, _PutOff] = {}
        self._loading: str | None = None

    async def begin(self, held: Held) -> None:
        """Nothing: a run that was left is resumed from its last page."""
        self._put_off.clear()
        self._loading = None

    async def turn(self, held: Held, crew: Crew) -> float:
        """Send out what is due; seconds until the next look."""
        rests = self._route.gate.rests(Side.READ)
        if rests > 0 or not crew.room:
            return min(rests, RESTING) or IDLE
        async with self._route.store.glance(held.call) as tx:
            stands = await sweep_stands(tx, held.call.tenant, held.source)
            now = max((one.now for one in stands.values()), default=None) or await tx.now()
        await self._end(held, stands)
        for planned in due_sweeps(self._route.gate.binding.manifest, stands, now):
            if self._may_run(planned, crew):
                if planned.is_load:
                    self._loading = planned.name
                crew.send(self._run(held, crew, planned), planned.name)
        return IDLE

    async def _end(self, held: Held, stands: Stands) -> None:
        """End the first runs of which everything is applied by now."""
        manifest, tenant = self._route.gate.binding.manifest, held.call.tenant
        for planned in read_sweeps(manifest, stands):
            async with self._route.store.glance(held.call) as tx:
                if await waits(tx, tenant, held.source, planned.kinds(manifest)):
                    continue
            fence = Fence(source=held.source, epoch=held.epoch)
            await self._route.writer.write(worker_call(tenant), Work(marks=(planned.ending(held.source),), fence=fence))

    def _may_run(self, planned: Planned, crew: Crew) -> bool:
        put_off = self._put_off.get(planned.name)
        if planned.name in crew.out or not crew.room:
            return False
        if put_off is not None and put_off.until > self._route.clock.monotonic():
            return False
        is_loading = self._loading is not None and self._loading in crew.out
        others = crew.out - {self._loading}
        return not is_loading if planned.is_load else not others

    async def _run(self, held: Held, crew: Crew, planned: Planned) -> None:
        call = worker_call(held.call.tenant)
        started, began = self._route.clock.now(), self._route.clock.monotonic()
        until = began + self._load_turn if planned.is_load else float("inf")

        def is_over() -> bool:
            return crew.is_closing or self._route.clock.monotonic() >= until

        run = Run(route=self._route, held=held, call=call, planned=planned, is_over=is_over)
        try:
            await run.go()
        except HubError as failed:
            self._record(planned, call, (started, began), failed)
            if isinstance(failed, Overtaken | StoreBusy):
                raise
            if not failed.facts.get("unasked"):
                self._delay(planned)
            log.warning("sweep.failed", source=held.source, name=planned.name, error=failed.message)
        else:
            self._record(planned, call, (started, began), None)
            self._put_off.pop(planned.name, None)

    def _record(self, planned: Planned, call: Call, began: tuple[datetime, float], error: HubError | None) -> None:
        binding = self._route.gate.binding
        self._recorder.record(
            Hop(
                id=mint(),
                tenant=binding.tenant,
                correlation_id=call.correlation_id,
                kind=HopKind.SWEEP,
                system=binding.system,
                source=binding.source,
                operation=f"sweep {planned.name}",
                outcome=outcome_of(error),
                started_at=began[0],
                duration_ms=round((self._route.clock.monotonic() - began[1]) * 1000),
                error=None if error is None else words_of(error),
            )
        )

    def _delay(self, planned: Planned) -> None:
        known = self._put_off.get(planned.name)
        fails = 1 if known is None else known.fails + 1
        wait = min(LONGEST_WAIT, self._first_wait * 2.0 ** min(fails - 1, 16))
        self._put_off[planned.name] = _PutOff(fails=fails, until=self._route.clock.monotonic() + wait)
