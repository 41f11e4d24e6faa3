"""What the checks need to judge effects that create or move things: one pair of hands for each action (issue 6).

A stage whose adapter declares such writes has `takings`; the checks cannot tell a rehearsal from the real thing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol, runtime_checkable

from hub.model.effects import (
    CREATE_ORDER,
    CREATE_RETURN,
    INSPECT_RETURN,
    POST_INVOICE,
    PUBLISH_STOCK,
    RECEIVE_RETURN,
    REFUND,
    REQUEST_FULFILMENT,
    SHIP_GOODS,
    TAKE_BACK,
)
from hub.model.intents import Intent
from sources.kit.stage import Stage

TAKEN = (
    CREATE_ORDER,
    REQUEST_FULFILMENT,
    SHIP_GOODS,
    POST_INVOICE,
    PUBLISH_STOCK,
    CREATE_RETURN,
    RECEIVE_RETURN,
    INSPECT_RETURN,
    TAKE_BACK,
    REFUND,
)
"""The actions that are judged with these hands; `order.cancel` has checks of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stood:
    """One object at the source that shows an effect, read by other means than the adapter's."""

    source_id: str
    """As the adapter names it."""
    lines: Mapping[str, Decimal]
    """Units by the source's own item code, goods only; nothing where the effect has no lines (an invoice)."""
    is_whole: bool = True
    """Whether it is as far as the intent wants it: an order confirmed, a request released to the floor."""


class Taking(Protocol):
    """Hands for one action: they prepare what it needs, and read what became of it past the adapter."""

    steps: Sequence[bytes]
    """What each request with an effect holds in its first line or body, in the order they are sent; each stands for
    one request. One step where one request is the whole effect."""
    looking: bytes
    """What the requests hold that ask whether the effect is there; empty where the adapter never looks."""

    async def sample(self) -> Intent:
        """An intent, in the source's own units, that the source can carry out and of which nothing is there yet: a
        fresh reference, at least one line, and all it needs (a planned shipment, a draft invoice) made before.
        """
        ...

    async def bearing(self, intent: Intent) -> Sequence[Stood]:
        """Every object that shows the effect or part of it: all of its reference, or of its tracking, or the object it
        acts on once it stands as wanted (or is begun). Empty where nothing has happened.
        """
        ...

    async def hopeless(self) -> Intent | None:
        """An intent that the source must refuse, such as of an item it does not know; None where it takes anything."""
        ...

    async def again(self, intent: Intent) -> bool | None:
        """After *intent* is done: do it once more at the source without looking, as a second writer would; whether the
        source let a second effect be. None where a second one is no other than the first (an absolute value).
        """
        ...


@runtime_checkable
class TakingStage(Protocol):
    """A stage whose adapter does more than cancel."""

    @property
    def takings(self) -> Mapping[str, Taking]:
        """Hands by action, one for each of `TAKEN` that the manifest declares."""
        ...


def hands_for(stage: Stage, action: str) -> Taking:
    """The hands for one action. Raises AssertionError where the stage has none."""
    hands = stage.takings.get(action) if isinstance(stage, TakingStage) else None
    if hands is None:
        message = f"{action} is declared, and the stage has no `takings` for it"
        raise AssertionError(message)
    return hands
