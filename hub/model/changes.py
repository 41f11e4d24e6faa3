"""What the change log tells: one line per change of an entity, after the fact (design D5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from hub.model.vocabulary import Kind


class ChangeKind(StrEnum):
    """CHECKPOINT: nothing for you, keep this cursor. SNAPSHOT_END: drop what you hold and did not just see."""

    SNAPSHOT = "SNAPSHOT"
    SNAPSHOT_END = "SNAPSHOT_END"
    CREATED = "CREATED"
    UPDATED = "UPDATED"
    DELETED = "DELETED"
    CHECKPOINT = "CHECKPOINT"


class Origin(StrEnum):
    """Why the change was seen: BASELINE is a first load, skipped by subscriptions."""

    LIVE = "LIVE"
    BASELINE = "BASELINE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change of one entity, as it left `merge.apply`.

    The payload of `outbox` and `change_log`; carries what routing and filtering need, never the document itself.
    """

    event_id: str
    """UUIDv7; the same on every repetition."""
    event: str
    """Typed, in the past tense: `order.created order.updated order.cancelled shipment.updated entity.merged` ..."""
    change: ChangeKind
    """CREATED, UPDATED or DELETED."""
    kind: Kind
    """Kind of the entity."""
    entity_id: str
    """The entity."""
    root_id: str
    """Its consistency unit; events of one root are in order."""
    version: int
    """Version of the entity after the change."""
    root_version: int
    """Version of the root after the change."""
    changed_fields: tuple[str, ...]
    """Top-level fields and groups that differ."""
    occurred_at: datetime
    """When it happened at the source, where told, else when it was seen."""
    recorded_at: datetime
    """When the hub wrote it, by the database's clock."""
    correlation_id: str
    """What caused it."""
    causation_id: str | None = None
    """The observation, command or delivery it follows from."""
    account: str | None = None
    """Account path of the entity: row scope and routing."""
    origin: Origin = Origin.LIVE
    """Whether it was a first load."""
    status: str | None = None
    """Status of the entity after the change, for filters."""
    customer_id: str | None = None
    """The customer the entity belongs to, for filters."""
    survivor_id: str | None = None
    """Of `entity.merged`: the entity that goes on; the survivor's own event names itself (Id-3)."""
