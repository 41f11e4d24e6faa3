"""The steps of which effects at the ERP are made up, and the names of `sources.kit.deed` for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hub.errors import SourceRefused
from hub.ports import SourceCall
from sources.kit.deed import DeedOf, PlanOf, TriedOf
from sources.tryton_erp.client import TrytonClient


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """A button of a record."""

    model: str
    one: int
    button: str
    is_sure: bool = False
    """Whether a warning is answered with a yes."""


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


class Plan(PlanOf[Step]):
    """What was read means this, and this step is next."""

    __slots__ = ()


Tried = TriedOf[Step]
"""Steps that a call has taken."""
Deed = DeedOf[Step]
"""One sort of effect."""


async def perform(client: TrytonClient, call: SourceCall, step: Step) -> None:
    """Take a step that needs nothing but the client. Raises SourceRefused with the ERP's words."""
    match step:
        case Press(model=model, one=one, button=button):
            await client.press(call, model, one, button, is_sure=step.is_sure)
        case Put(model=model, one=one, values=values):
            await client.put(call, model, one, values)
        case Wizard():
            await client.wizard(call, step.name, (step.model, step.one), step.state, step.forms)
        case Make():
            message = "nothing to make here"
            raise SourceRefused(message)
