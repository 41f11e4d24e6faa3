"""Everything that one transaction has before it: as it was stored, and as it is to be.

A shelf is loaded once under the locks, copied, and the copy worked on; what differs at the end is written (step 7).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from hub.flow.facts import Goods
from hub.merge.claims import Claims
from hub.merge.keys import RecordKey, SlotKey
from hub.merge.meanings import Meanings
from hub.model.observation import NaturalKey
from hub.model.vocabulary import Kind
from hub.store.accepted import CommandRow
from hub.store.casework import CaseRow, HoldRow
from hub.store.deliveries import DeliveryRow
from hub.store.entities import RootRow
from hub.store.milestones import MilestoneRow
from hub.store.records import AbsenceRow, RecordRow
from hub.store.sameness import IdentityRow


class Target(NamedTuple):
    """Where a reference leads; nowhere as long as nobody bears the key (Id-2)."""

    entity: str | None
    kind: Kind | None


class IdentityKey(NamedTuple):
    """Which row of `identity`."""

    key: NaturalKey
    source: str
    birth: str


class MilestoneKey(NamedTuple):
    """Which row of `milestone`."""

    record: RecordKey
    part: str
    milestone: str
    occurred_at: datetime | None
    reverses: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """A canonical object as stored. `doc` None: minted in this transaction."""

    kind: Kind
    id: str
    root_id: str
    version: int = 0
    root_version: int = 0
    account: str | None = None
    missing_in: tuple[str, ...] = ()
    doc: Any = None  # Any: the dataclass that ENTITIES names for the kind


@dataclass(slots=True, kw_only=True)
class Shelf:
    """Rows by their keys."""

    now: datetime
    records: dict[RecordKey, RecordRow] = field(default_factory=dict)
    absences: dict[SlotKey, AbsenceRow] = field(default_factory=dict)
    links: dict[RecordKey, dict[NaturalKey, Target]] = field(default_factory=dict)
    identities: dict[IdentityKey, IdentityRow] = field(default_factory=dict)
    """Who bears the keys that this transaction has locked."""
    entities: dict[str, Entity] = field(default_factory=dict)
    milestones: dict[MilestoneKey, MilestoneRow] = field(default_factory=dict)
    deliveries: dict[str, DeliveryRow] = field(default_factory=dict)
    commands: dict[str, CommandRow] = field(default_factory=dict)
    cases: dict[str, CaseRow] = field(default_factory=dict)
    holds: dict[str, HoldRow] = field(default_factory=dict)
    coverage: dict[tuple[str, Kind], datetime] = field(default_factory=dict)
    meanings: Meanings = field(default_factory=Meanings)
    """What the item codes of the records mean."""
    roots: dict[str, RootRow] = field(default_factory=dict)
    """Those that are locked, and those minted in this transaction."""
    goods: dict[str, Goods] = field(default_factory=dict)
    """Root of a product -> where it lies, where channels are told."""
    claims: Claims | None = None
    """What is held back for orders; None where nothing here can be. One for a shelf and its copies."""

    def copy(self) -> Shelf:
        """A shelf of its own with the same rows; the rows themselves never change."""
        return Shelf(
            now=self.now,
            records=dict(self.records),
            absences=dict(self.absences),
            links=dict(self.links),
            identities=dict(self.identities),
            entities=dict(self.entities),
            milestones=dict(self.milestones),
            deliveries=dict(self.deliveries),
            commands=dict(self.commands),
            cases=dict(self.cases),
            holds=dict(self.holds),
            coverage=dict(self.coverage),
            meanings=self.meanings,
            roots=dict(self.roots),
            goods=self.goods,
            claims=self.claims,
        )

    def births(self) -> dict[SlotKey, list[RecordKey]]:
        """The records of every slot, by birth."""
        found: dict[SlotKey, list[RecordKey]] = {}
        for key in sorted(self.records):
            found.setdefault(key.slot, []).append(key)
        return found

    def records_by_entity(self) -> dict[str, list[RecordKey]]:
        """The records of every entity, in a fixed order."""
        found: dict[str, list[RecordKey]] = {}
        for key in sorted(self.records):
            found.setdefault(self.records[key].entity_id, []).append(key)
        return found
