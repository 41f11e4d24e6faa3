"""Why a source is called, for whom, and how it is shown in the trace."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from hub.call import Call


class Urgency(IntEnum):
    """Who goes first at a source (design D8)."""

    DELIVERY = 0
    HINT = 1
    SWEEP = 2
    LOAD = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """One call of a source, seen from the hub."""

    call: Call
    urgency: Urgency
    epoch: int
    """Of the holding in whose name it goes: nothing is sent once the lease is another's (D8)."""
    attempt: int = 1
    """Beyond the first it is a retry, and counts against the budget."""
    roots: tuple[str, ...] = ()
    """What it concerns, where known."""
    also: tuple[str, ...] = ()
    """Further correlation ids it serves: a batch read serves many."""
    parent_id: str | None = None
    """The hop it is part of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What is asked of the source."""

    operation: str
    """Such as `read ORDER`, `order.cancel`."""
    patience: float
    """Seconds, waiting in line not counted."""
    has_effect: bool = False
