"""Milestones: history that only grows (Mark-1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from hub.model.shipment import ShipmentMilestone
from hub.model.vocabulary import Kind
from hub.store.rows import Batch


@dataclass(frozen=True, slots=True, kw_only=True)
class MilestoneRow:
    """A row of `milestone`. `occurred_at` None: the source did not say when."""

    source: str
    kind: Kind
    source_id: str
    birth: str
    part: str
    milestone: ShipmentMilestone
    occurred_at: datetime | None
    reverses: bool
    entity_id: str
    started: datetime | None
    finished: datetime
    version: int | None
    first_seen_at: datetime


# Told once is told for good; only whose it is follows the record, as when its entity was merged into another.
PUT_MILESTONES: Batch[MilestoneRow] = Batch(
    """source text, kind text, source_id text, birth text, part text, milestone text, occurred_at timestamptz,
    reverses boolean, entity_id text, started timestamptz, finished timestamptz, version bigint,
    first_seen_at timestamptz""",
    """
insert into milestone as known (tenant, source, kind, source_id, birth, part, milestone, occurred_at, reverses,
  entity_id, started, finished, source_version, first_seen_at)
select :tenant, source, kind, source_id, birth, part, milestone, coalesce(occurred_at, '-infinity'), reverses,
  entity_id, coalesce(started, finished), finished, version, first_seen_at
from $rows
on conflict (tenant, source, kind, source_id, birth, part, milestone, occurred_at, reverses) do update
set entity_id = excluded.entity_id where known.entity_id <> excluded.entity_id
""",
)
