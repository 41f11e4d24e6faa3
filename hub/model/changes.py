"""What the change log tells: one line per change of an entity, after the fact (design D5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from hub.model.vocabulary import Kind


class ChangeKind(StrEnum):
    """CHECKPOINT: nothing for you, keep this cursor. SNAPSHOT_END: drop what you hold and did not just see."""

    SNAPSHOT = "SNAPSHOT"
    """Something that there is; a cursor of one begins the snapshot again."""
    SNAPSHOT_END = "SNAPSHOT_END"
    """All there is has been told; drop what you hold and did not just see."""
    CREATED = "CREATED"
    """The hub knows it from now on."""
    UPDATED = "UPDATED"
    """It is otherwise."""
    DELETED = "DELETED"
    """It is gone, merged into another, no longer what the filter asks for, or no longer to be seen."""
    CHECKPOINT = "CHECKPOINT"
    """Nothing for you, keep this cursor."""


class Origin(StrEnum):
    """Why the change was seen: BASELINE is a first load, skipped by subscriptions."""

    LIVE = "LIVE"
    BASELINE = "BASELINE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """What row scope and filters look at: how an entity stood at one version."""

    account: str | None = None
    """Account path: row scope."""
    status: str | None = None
    """Of shipments the milestone, of sources and operations the state."""
    customer_id: str | None = None
    """The customer it belongs to."""
    order_ids: tuple[str, ...] = ()
    """The orders it serves; of an order nothing."""
    tracking_numbers: tuple[str, ...] = ()
    """Of its packages."""
    warehouse: str | None = None
    """The warehouse by id; of stock by its code."""
    sku: str | None = None
    """Of stock the item."""
    queue: str | None = None
    """Of an exception case who works on it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change of one entity, as it left `merge.apply`.

    The payload of `outbox` and `change_log`; carries what routing and filtering need, never the document itself: all
    that `Traits` has, as it stands after the change, under the same names.
    """

    event_id: str
    """UUIDv7; the same on every repetition."""
    event: str
    """What happened, by the name in `hub.model.events` that says most, such as `order.allocated`."""
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
    traceparent: str | None = None
    """The W3C trace of who caused it, where it sent one."""
    account: str | None = None
    """Account path of the entity: row scope and routing."""
    origin: Origin = Origin.LIVE
    """Whether it was a first load."""
    passed: tuple[str, ...] = ()
    """What else happened in the same step, such as `order.accepted` on the way to `order.allocated`."""
    status: str | None = None
    """Status of the entity after the change, for filters."""
    customer_id: str | None = None
    """The customer the entity belongs to, for filters."""
    order_ids: tuple[str, ...] = ()
    """The orders it serves after the change, for filters."""
    tracking_numbers: tuple[str, ...] = ()
    """Of its packages after the change, for filters."""
    warehouse: str | None = None
    """The warehouse after the change, by id; of stock by its code."""
    sku: str | None = None
    """Of stock the item."""
    queue: str | None = None
    """Of an exception case who works on it after the change."""
    was: Traits | None = None
    """How it stood before, where any of these differ: whoever listened for that hears that it left."""
    survivor_id: str | None = None
    """Of `entity.merged`: the entity that goes on; the survivor's own event names itself (Id-3)."""

    @property
    def events(self) -> tuple[str, ...]:
        """Everything that happened in this step, what says most last."""
        return (*self.passed, self.event)
