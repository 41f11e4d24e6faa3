"""What the graph says beside an entity: where it exists, who said what, what may be done, what happened.

Depends on the present: computed when asked, never stored with a document (design D3).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from hub.model.vocabulary import FieldGroup, Freshness, PresenceState, SystemKind


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemPresence:
    """One row per system that should know an entity, also when it does not."""

    system: SystemKind
    """Role of the source."""
    source: str
    """The source."""
    state: PresenceState
    """Whether it knows the entity."""
    freshness: Freshness
    """How far its copy may be trusted to be current."""
    number: str | None = None
    """What it calls the entity."""
    raw_status: str | None = None
    """Its own status, untranslated."""
    url: str | None = None
    """Where a person sees it in the system's own console."""
    last_seen_at: datetime | None = None
    """When the hub last saw it there."""
    age_seconds: int | None = None
    """How long ago that was."""
    message: str | None = None
    """What is wrong or awaited, in one sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldProvenance:
    """Who said one group of fields, and how old it is."""

    group: FieldGroup
    """The group of fields."""
    system: SystemKind
    """Role of the source that speaks for it."""
    source: str
    """The source that speaks for it."""
    observed_at: datetime
    """What is shown was true at this instant or later."""
    age_seconds: int
    """How long ago that was."""
    freshness: Freshness
    """Whether that is recent enough."""
    in_conflict: bool = False
    """Whether another system says otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AllowedAction:
    """A mutation and whether it may be done now; disabled ones say why."""

    action: str
    """The mutation's name."""
    enabled: bool
    """Whether it would be accepted now."""
    reason_code: str | None = None
    """Why not, for programs: a `UserErrorCode`."""
    reason_text: str | None = None
    """Why not, for people."""
    requires_approval: bool = False
    """Whether somebody else must agree first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineEntry:
    """One thing that happened, in words."""

    occurred_at: datetime
    """When it happened, on the source's clock where told."""
    observed_at: datetime
    """When the hub saw it."""
    system: SystemKind
    """Role of who told it."""
    event: str
    """What happened, for programs, such as `shipment.shipped`."""
    text: str
    """What happened, for people."""
    source: str | None = None
    """The source that told it."""
    actor: str | None = None
    """Who did it, where known."""
    is_inferred: bool = False
    """Concluded from something later, not told."""
    is_late: bool = False
    """Seen long after it happened, or after something that follows it."""
    correlation_id: str | None = None
    """Leads to the trace."""
