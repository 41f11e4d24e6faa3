"""The gate of one source: every call of it passes here, and nowhere else (design D8)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from hub.call import TRACEPARENT, passed_on
from hub.clock import Clock
from hub.errors import HubError, NotOffered, OutcomeUnknown, SourceBusy, SourceMisset
from hub.failpoint import reached
from hub.gate.budget import RetryBudget
from hub.gate.errand import Ask, Errand
from hub.gate.feed import Feed, Start
from hub.gate.health import Health, HealthRules, Side
from hub.gate.hops import CallHops
from hub.gate.lease import Lease
from hub.gate.line import Line
from hub.gate.login import SingleLogin
from hub.gate.pace import Pace
from hub.gate.visit import Checkpoint, Visit
from hub.model.intents import Intent, Outcome
from hub.model.manifest import SourceBinding, Write
from hub.model.vocabulary import Kind
from hub.ports import Adapter, Answer, Failed, Found, Missing, Question, Recorder, SourceCall
from hub.ports import Health as Reached
from hub.store.source_states import SourceState
from hub.telemetry import logger

log = logger(__name__)

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class GateRules:
    """How patient the gate is."""

    read_patience: float = 30.0
    """Seconds a call without effect may take; one with effect takes at most its declared longest call."""
    health: HealthRules = field(default_factory=HealthRules)


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a gate needs of its process."""

    recorder: Recorder
    clock: Clock
    rules: GateRules = field(default_factory=GateRules)


class Gate:
    """Deadline, concurrency, rate, breaker, retry budget, login and lease of one source, and a hop for each call.

    Every verb raises what the adapter raises, and further: SourceBusy or SourceMisset where no call makes sense now,
    Overtaken where the lease has run out (nothing was sent), and OutcomeUnknown for whatever goes wrong once an effect
    may have been sent. Nothing else is raised.
    """

    def __init__(self, binding: SourceBinding, adapter: Adapter, lease: Lease, around: Surroundings) -> None:
        self.binding = binding
        self.lease = lease
        self._adapter = adapter
        self._clock = around.clock
        self._rules = around.rules
        rate = binding.manifest.rate
        pace = Pace(rate.per_second, around.clock)
        self._health = Health(binding.source, around.clock, pace, around.rules.health)
        self._checkpoint = Checkpoint(pace=pace, lease=lease, clock=around.clock)
        self._line = Line(rate.at_most)
        self._budget = RetryBudget()
        self._login = SingleLogin()
        self._hops = CallHops(binding, around.recorder, around.clock)
        self._effects_out = 0
        self._last_doubt = float("-inf")

    async def health(self, errand: Errand) -> Reached:
        """What a cheap call learns."""
        return await self._visit(errand, self._reading("health"), self._adapter.health)

    async def read(self, errand: Errand, kind: Kind, ids: Sequence[str]) -> Mapping[str, Found | Missing | Failed]:
        """An answer for every id."""
        ask = self._reading(f"read {kind.value}")
        return await self._visit(errand, ask, lambda call: self._adapter.read(call, kind, ids))

    def feed(self, errand: Errand, sweep: tuple[Kind, str], cursor: Mapping[str, Any] | None) -> Feed:
        """The pages of the sweep (kind, name) after *cursor*, each asked for when it is wanted."""
        kind, name = sweep
        ask = self._reading(f"sweep {kind.value} {name}")

        def start(call: SourceCall, after: Mapping[str, Any] | None) -> Start:
            return self._adapter.changes(call, kind, name, after)

        return Feed(lambda act: self._visit(errand, ask, act), start, cursor)

    async def ask(self, errand: Errand, question: Question) -> Answer:
        """The answer to a question without effect. Raises NotOffered where the manifest does not name it."""
        if question.name not in self.binding.manifest.questions:
            raise self._not_offered(question.name)
        return await self._visit(errand, self._reading(question.name), lambda call: self._adapter.ask(call, question))

    async def execute(self, errand: Errand, intent: Intent) -> Outcome:
        """Carry out the effect. Raises NotOffered where the manifest does not declare its action."""
        ask = Ask(operation=intent.action, patience=self.write(intent).longest_call.total_seconds(), has_effect=True)
        return await self._visit(errand, ask, lambda call: self._adapter.execute(call, intent))

    async def resolve(self, errand: Errand, intent: Intent) -> Outcome:
        """What became of the effect, by looking only."""
        ask = self._reading(f"resolve {intent.action}")
        return await self._visit(errand, ask, lambda call: self._adapter.resolve(call, intent))

    def write(self, intent: Intent) -> Write:
        """What the manifest declares of the intent's action. Raises NotOffered."""
        declared = self.binding.manifest.writes.get(intent.action)
        if declared is None:
            raise self._not_offered(intent.action)
        return declared

    def rests(self, side: Side) -> float:
        """Seconds for which no call makes sense: the breaker is open, the source throttles, credentials are wrong."""
        return self._health.rests(side)

    @property
    def at_once(self) -> int:
        """How many calls the source bears now: one while it is being tried again."""
        return self.binding.manifest.rate.at_most if self._health.is_sound else 1

    @property
    def may_retry(self) -> bool:
        """Whether the budget bears a retry."""
        return self._budget.may_retry(self._clock.monotonic())

    @property
    def quiet(self) -> float:
        """Seconds for which nothing with an effect has been on its way: no call, and none that ended in doubt."""
        return 0.0 if self._effects_out else self._clock.monotonic() - self._last_doubt

    @property
    def state(self) -> SourceState:
        """What is published of the source."""
        return self._health.state

    async def _visit(self, errand: Errand, ask: Ask, act: Callable[[SourceCall], Awaitable[T]]) -> T:
        side = Side.WRITE if ask.has_effect else Side.READ
        came = self._clock.monotonic()
        visit = self._begin(errand, ask)
        async with self._line.turn(errand.urgency):
            self._health.enter(side)
            self._budget.count(self._clock.monotonic(), is_retry=errand.attempt > 1)
            started = self._clock.now(), self._clock.monotonic()
            error: BaseException | None = None
            self._effects_out += ask.has_effect
            try:
                return await self._fresh(errand, visit, act)
            except BaseException as wrong:
                error = wrong
                raise
            finally:
                self._effects_out -= ask.has_effect
                if ask.has_effect and (isinstance(error, OutcomeUnknown) or not isinstance(error, HubError | None)):
                    self._last_doubt = self._clock.monotonic()
                self._health.learn(side, error)
                self._hops.record(errand, (visit.id, ask.operation), (came, *started), error)

    def _begin(self, errand: Errand, ask: Ask) -> Visit:
        patience = ask.patience
        if errand.call.deadline is not None:
            patience = min(patience, errand.call.deadline - self._clock.monotonic())
        if patience <= 0:
            message = "no time is left for a call of the source"
            raise SourceBusy(message, source=self.binding.source)
        return Visit(self._checkpoint, replace(ask, patience=patience), source=self.binding.source, epoch=errand.epoch)

    def _call(self, errand: Errand, visit: Visit) -> SourceCall:
        return SourceCall(
            tenant=self.binding.tenant,
            source=self.binding.source,
            correlation_id=errand.call.correlation_id,
            traceparent=passed_on(errand.call.correlation_id, visit.id, errand.call.traceparent)[TRACEPARENT],
            patience=visit.ask.patience,
            turnstile=visit,
        )

    async def _fresh(self, errand: Errand, visit: Visit, act: Callable[[SourceCall], Awaitable[T]]) -> T:
        """The call's result; where the credential had expired, one login for everybody and one retry."""
        known, call = self._login.generation, self._call(errand, visit)
        try:
            return await self._once(visit, call, act)
        except SourceMisset as refused:
            if not refused.facts.get("expired"):
                raise
        await self._login.renew(known, lambda: self._log_in(errand))
        return await self._once(visit, call, act)

    async def _log_in(self, errand: Errand) -> None:
        visit = self._begin(errand, self._reading("login"))
        await self._once(visit, self._call(errand, visit), self._adapter.login)

    async def _once(self, visit: Visit, call: SourceCall, act: Callable[[SourceCall], Awaitable[T]]) -> T:
        try:
            async with visit.within():
                visit.check()
                result = await act(call)
        except TimeoutError as slow:
            raise visit.late() from slow
        except HubError as error:
            judged = visit.judged(error)
            if judged is error:
                raise
            raise judged from error
        except Exception as bug:
            log.exception("gate.adapter_failed", source=self.binding.source, operation=visit.ask.operation)
            raise visit.broken(bug) from bug
        if visit.ask.has_effect:
            reached("d5")
        return result

    def _reading(self, operation: str) -> Ask:
        return Ask(operation=operation, patience=self._rules.read_patience)

    def _not_offered(self, what: str) -> NotOffered:
        reason = self.binding.manifest.absent.get(what, f"{self.binding.manifest.title} does not offer {what}")
        return NotOffered(reason, source=self.binding.source, capability=what)
