"""What flow wants done at a source, and what became of it (design Flow-1, D7)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Generic, TypeVar

from hub.errors import OutcomeCause
from hub.model.effects import Effect
from hub.model.vocabulary import Kind


class Mode(StrEnum):
    """ONCE: an effect. LATEST: a publication; newest replaces while unclaimed."""

    ONCE = "ONCE"
    LATEST = "LATEST"


class DeliveryState(StrEnum):
    """Life of a delivery (design D7)."""

    PENDING = "PENDING"
    CLAIMED = "CLAIMED"
    ACCEPTED = "ACCEPTED"
    UNKNOWN = "UNKNOWN"
    REVIEW = "REVIEW"
    REFUSED = "REFUSED"
    DEAD = "DEAD"
    DONE = "DONE"
    WITHDRAWN = "WITHDRAWN"


E_co = TypeVar("E_co", bound=Effect, covariant=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class IntentOf(Generic[E_co]):
    """One thing that should be so at one source."""

    source: str
    kind: Kind
    source_id: str | None
    """The object it acts on; None for a create."""
    action: str
    """Such as `order.cancel`; the manifest declares which it offers."""
    key: str
    """Natural key made of facts, unique per (tenant, root): `shop/cancel:{command}` (Flow-1)."""
    content: E_co
    mode: Mode = Mode.ONCE
    priority: int = 5
    """0 first, 9 last."""
    command_id: str | None = None
    """The command it carries out, if any."""
    confirm_by: datetime | None = None
    """When the source's confirmation is due; past it somebody looks."""


Intent = IntentOf[Effect]
"""Whatever should be so there. A name for annotations: `IntentOf` makes them."""


class OutcomeState(StrEnum):
    """What a source's answer means for a delivery."""

    DONE = "DONE"
    """The whole effect is there."""
    ACCEPTED = "ACCEPTED"
    """It said yes and will do it."""
    REFUSED = "REFUSED"
    """It said no, final."""
    ABSENT = "ABSENT"
    """From `resolve`: nothing of it is there."""
    PARTIAL = "PARTIAL"
    """From `resolve`: begun; `execute` continues from the state it reads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineGrant:
    """What a source granted on one line of a cancel."""

    line_no: int
    cancelled: Decimal
    """Cancelled in all, as read back or answered."""


def granted(grants: tuple[LineGrant, ...], line_no: int) -> Decimal | None:
    """Units of one line that a source says are cancelled in all; None where it says nothing of the line."""
    told = [grant.cancelled for grant in grants if grant.line_no == line_no]
    return sum(told, Decimal(0)) if told else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Answer of `execute` or `resolve`."""

    state: OutcomeState
    reference: str | None = None
    """What the source calls the object or document."""
    source_id: str | None = None
    """Of a create: the source's own id of what stands there now."""
    words: str | None = None
    """The source's own words, where it refused."""
    cause: OutcomeCause | None = None
    """Of a refusal: what it is about; None where nobody can tell."""
    grants: tuple[LineGrant, ...] = ()
