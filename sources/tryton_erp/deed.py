"""How an effect is carried out at the ERP: look, take the next step, look again, until it stands as wanted.

What the next step is follows from what is read alone, so that an effect which was begun is continued, and one that is
there is never done twice.
"""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol, TypeVar

from hub.errors import SourceBusy, SourceGarbled, SourceRefused
from hub.model.effects import Effect
from hub.model.intents import Intent, Outcome, OutcomeState
from hub.ports import SourceCall
from sources.tryton_erp.client import TrytonClient

E = TypeVar("E", bound=Effect)
MOST_STEPS = 100
"""Of one call; a sale with more papers is gone on with by the next one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """A button of a record."""

    model: str
    one: int
    button: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Put:
    """New values in fields of a record."""

    model: str
    one: int
    values: Mapping[str, Any]  # Any: JSON


@dataclass(frozen=True, slots=True, kw_only=True)
class Wizard:
    """A dialogue about a record, gone through at once."""

    name: str
    model: str
    one: int
    state: str
    """The state of the dialogue that does it."""
    forms: Mapping[str, Any]  # Any: JSON


@dataclass(frozen=True, slots=True, kw_only=True)
class Make:
    """A new record, or an old one made anew: the deed itself knows how."""

    over: int | None = None
    """The record that is made anew."""
    lines: tuple[int, ...] = ()
    """The lines it has, which go."""


Step = Press | Put | Wizard | Make
"""One request with an effect."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What was read means this, and this is next."""

    outcome: Outcome
    step: Step | None = None
    """None where nothing is to be done: the outcome is final."""
    is_last: bool = False
    """Whether the whole effect is there once the ERP says yes to the step."""


@dataclass(slots=True)
class Tried:
    """Steps that this call has taken."""

    steps: list[Step] = field(default_factory=list)

    def has(self, step: Step) -> bool:
        """Whether it was taken."""
        return step in self.steps


class Deed(Protocol):
    """One sort of effect."""

    async def look(self, call: SourceCall, intent: Intent, tried: Tried) -> Plan:
        """Read how it stands. Raises SourceRefused where the object that it acts on is not there."""
        ...

    async def act(self, call: SourceCall, intent: Intent, step: Step) -> None:
        """Take one step."""
        ...


async def carry_out(deed: Deed, call: SourceCall, intent: Intent) -> Outcome:
    """Step by step until it is there, or the ERP says no. PARTIAL where it was begun and cannot go on just now."""
    tried = Tried()
    plan = await deed.look(call, intent, tried)
    while plan.step is not None and len(tried.steps) < MOST_STEPS:
        if tried.has(plan.step):  # a button whose state no longer fits does nothing and says nothing
            return _said_no(plan, plan.outcome.words or "the ERP said yes, and did nothing")
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
    """What the ERP refuses a step with; None where it does not."""
    try:
        await act
    except SourceRefused as no:
        return no.message
    return None


def _unread(before: Plan, words: str | None) -> Outcome:
    """How it stands cannot be read: the ERP's own yes or no to the last step is all there is."""
    if words is not None:
        return _said_no(before, words)
    return replace(before.outcome, state=OutcomeState.ACCEPTED if before.is_last else OutcomeState.PARTIAL)


def _said_no(plan: Plan, words: str) -> Outcome:
    return replace(plan.outcome, state=OutcomeState.REFUSED, words=words)


async def perform(client: TrytonClient, call: SourceCall, step: Step) -> None:
    """Take a step that needs nothing but the client. Raises SourceRefused with the ERP's words."""
    match step:
        case Press(model=model, one=one, button=button):
            await client.press(call, model, one, button)
        case Put(model=model, one=one, values=values):
            await client.put(call, model, one, values)
        case Wizard():
            await client.wizard(call, step.name, (step.model, step.one), step.state, step.forms)
        case Make():
            message = "nothing to make here"
            raise SourceRefused(message)


def content_of(intent: Intent, kind: type[E]) -> E:
    """The content as a *kind*. Raises TypeError where it is another effect."""
    if isinstance(intent.content, kind):
        return intent.content
    message = f"a {type(intent.content).__name__} is no {kind.__name__}"
    raise TypeError(message)
