"""The facts of a root, indexed once: records by entity, what refers to what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hub.flow.facts import HUB, KeptMilestone, KeptRecord, RootFacts
from hub.merge.authority import system_of
from hub.merge.keys import kind_named
from hub.merge.places import Places
from hub.merge.shelf import Target
from hub.model.manifest import Landscape, Tells
from hub.model.observation import NaturalKey
from hub.model.vocabulary import FieldGroup, Kind, SystemKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """A root's facts as assembly walks them."""

    facts: RootFacts
    records: Mapping[str, tuple[KeptRecord, ...]]
    """Entity id -> its records, in a fixed order."""
    kinds: Mapping[str, Kind]
    """Entity id -> its kind, as far as records or references tell."""
    references: Mapping[tuple[str, Kind], tuple[str, ...]]
    """(entity, kind) -> entities of that kind that its records refer to, lowest id first."""
    places: Places[int]
    """Which orders each entity belongs to."""

    @property
    def landscape(self) -> Landscape:
        """The tenant's sources."""
        return self.facts.landscape

    def wanted(self, kind: Kind) -> tuple[str, ...]:
        """Entities of a kind whose documents are asked for, lowest id first."""
        members = self.facts.members
        return tuple(
            entity
            for entity in sorted(self.records)
            if self.kinds[entity] is kind and (members is None or entity in members)
        )

    def targets(self, entity: str, kind: Kind) -> tuple[str, ...]:
        """Entities of a kind that the records of an entity refer to, lowest id first."""
        return self.references.get((entity, kind), ())

    def orders_of(self, entity: str) -> tuple[str, ...]:
        """Orders that an entity belongs to, also through what it refers to (a parcel through its shipment)."""
        return tuple(sorted(self.places.orders(entity)))

    def linked(self, order: str, kind: Kind) -> tuple[str, ...]:
        """Entities of a kind that belong to an order, lowest id first."""
        return tuple(
            entity for entity in sorted(self.records) if self.kinds[entity] is kind and order in self.orders_of(entity)
        )

    def order_references(self, entity: str) -> int:
        """How many orders a thing refers to, those not seen yet included (Id-4)."""
        return max(len(self.places.orders(entity)), len(self.places.references(entity)))

    def keys_of(self, order: str) -> frozenset[NaturalKey]:
        """Keys by which a shared document's line can name an order (Id-5)."""
        return frozenset(
            key
            for record in self.records.get(order, ())
            for key in (
                NaturalKey(scheme=f"{record.source}.{record.kind.value}.id", value=record.source_id),
                *record.content.bears,
                *record.content.refers,
            )
        )

    def told_by(self, record: KeptRecord) -> tuple[KeptMilestone, ...]:
        """Every milestone that a record's source ever told of its object."""
        mine = (record.source, record.kind, record.source_id, record.birth)
        return tuple(m for m in self.facts.milestones if (m.source, m.kind, m.source_id, m.birth) == mine)

    def system(self, source: str) -> SystemKind:
        """The role a source plays."""
        return system_of(source, self.landscape)

    def tells(self, source: str) -> Tells:
        """Whether a source tells how things stand or what happened."""
        binding = self.landscape.sources.get(source)
        return Tells.STATE if binding is None else binding.manifest.tells

    def declares(self, source: str, kind: Kind) -> frozenset[FieldGroup]:
        """The groups that a source says it tells of a kind."""
        binding = self.landscape.sources.get(source)
        return frozenset() if binding is None else frozenset(binding.manifest.groups.get(kind, ()))


def ground_of(facts: RootFacts) -> Ground:
    """The facts, indexed; the order in which records were loaded leaves no trace."""
    records: dict[str, list[KeptRecord]] = {}
    kinds: dict[str, Kind] = {}
    for record in sorted(facts.records, key=lambda r: (r.source == HUB, r.source, r.kind, r.source_id, r.birth)):
        records.setdefault(record.entity_id, []).append(record)
        kinds[record.entity_id] = record.kind
    kinds.update(facts.entities)
    for record in facts.records:
        for link in record.links:
            kind = link.kind or kind_named(link.key)
            if link.entity_id is not None and kind is not None:
                kinds.setdefault(link.entity_id, kind)
    return Ground(
        facts=facts,
        records={entity: tuple(found) for entity, found in records.items()},
        kinds=kinds,
        references=_references(facts, kinds),
        places=_places(facts, kinds),
    )


def _references(facts: RootFacts, kinds: Mapping[str, Kind]) -> dict[tuple[str, Kind], tuple[str, ...]]:
    found: dict[tuple[str, Kind], set[str]] = {}
    for record in facts.records:
        for link in record.links:
            if link.entity_id is not None and link.entity_id != record.entity_id and link.entity_id in kinds:
                found.setdefault((record.entity_id, kinds[link.entity_id]), set()).add(link.entity_id)
    return {key: tuple(sorted(targets)) for key, targets in found.items()}


def _places(facts: RootFacts, kinds: Mapping[str, Kind]) -> Places[int]:
    records: dict[str, list[int]] = {}
    links: dict[int, dict[NaturalKey, Target]] = {}
    for number, record in enumerate(facts.records):
        records.setdefault(record.entity_id, []).append(number)
        links[number] = {
            link.key: Target(link.entity_id, link.kind or kinds.get(link.entity_id or "")) for link in record.links
        }
    return Places(records, links)
