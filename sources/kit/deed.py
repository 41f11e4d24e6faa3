"""How an effect is carried out in steps: look, take the next step, look again, until it stands as wanted.

What the next step is follows from what is read alone, so that an effect which was begun is continued, and one that is
there is never done twice.
"""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import dataclass, field, replace
from typing import Generic, Protocol, TypeVar

from hub.errors import SourceBusy, SourceGarbled, SourceRefused
from hub.model.effects import Effect
from hub.model.intents import Intent, Outcome, OutcomeState
from hub.ports import SourceCall

E = TypeVar("E", bound=Effect)
S = TypeVar("S")
MOST_STEPS = 100
"""Of one call; what has more papers is gone on with by the next one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanOf(Generic[S]):
    """What was read means this, and this is next."""

    outcome: Outcome
    step: S | None = None
    """None where nothing is to be done: the outcome is final."""
    is_last: bool = False
    """Whether the whole effect is there once the source says yes to the step."""


@dataclass(slots=True)
class TriedOf(Generic[S]):
    """Steps that this call has taken."""

    steps: list[S] = field(default_factory=list)

    def has(self, step: S) -> bool:
        """Whether it was taken."""
        return step in self.steps


class DeedOf(Protocol[S]):
    """One sort of effect."""

    async def look(self, call: SourceCall, intent: Intent, tried: TriedOf[S]) -> PlanOf[S]:
        """Read how it stands. Raises SourceRefused where the object that it acts on is not there."""
        ...

    async def act(self, call: SourceCall, intent: Intent, step: S) -> None:
        """Take one step."""
        ...


async def carry_out(deed: DeedOf[S], call: SourceCall, intent: Intent) -> Outcome:
    """Step by step until it is there, or the source says no. PARTIAL where it was begun and cannot go on just now."""
    tried = TriedOf[S]()
    plan = await deed.look(call, intent, tried)
    while plan.step is not None and len(tried.steps) < MOST_STEPS:
        if tried.has(plan.step):  # a button whose state no longer fits does nothing and says nothing
            return _said_no(plan, plan.outcome.words or "the source said yes, and did nothing")
        try:
            words = await _words_of(deed.act(call, intent, plan.step))
        except SourceBusy:
            if not tried.steps:
                raise
            return replace(plan.outcome, state=OutcomeState.PARTIAL)
        if words is None:
            tried.steps.append(plan.step)
        before = plan
        try:
            plan = await deed.look(call, intent, tried)
        except (SourceBusy, SourceGarbled):
            return _unread(before, words)
        if words is not None and plan.step == before.step:
            return _said_no(plan, words)
    return plan.outcome


async def _words_of(act: Awaitable[None]) -> str | None:
    """What the source refuses a step with; None where it does not."""
    try:
        await act
    except SourceRefused as no:
        return no.message
    return None


def _unread(before: PlanOf[S], words: str | None) -> Outcome:
    """How it stands cannot be read: the source's own yes or no to the last step is all there is."""
    if words is not None:
        return _said_no(before, words)
    return replace(before.outcome, state=OutcomeState.ACCEPTED if before.is_last else OutcomeState.PARTIAL)


def _said_no(plan: PlanOf[S], words: str) -> Outcome:
    return replace(plan.outcome, state=OutcomeState.REFUSED, words=words)


def content_of(intent: Intent, kind: type[E]) -> E:
    """The content as a *kind*. Raises TypeError where it is another effect."""
    if isinstance(intent.content, kind):
        return intent.content
    message = f"a {type(intent.content).__name__} is no {kind.__name__}"
    raise TypeError(message)
