"""What is known of one entity: its records, and what judging their age and place needs. Input of the pure views."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from hub.codec import decode
from hub.flow.facts import KeptDelivery, KeptRecord
from hub.model.manifest import Landscape
from hub.model.values import FieldConflict
from hub.model.vocabulary import Kind
from hub.read.whole import Shared, SourceWords
from hub.store.reading import Answered

Key = tuple[Kind, str]


class Evidence(Protocol):
    """What a whole order and a single entity have in common."""

    @property
    def now(self) -> datetime:
        """By the database's clock."""

    @property
    def landscape(self) -> Landscape:
        """The tenant's sources."""

    @property
    def coverage(self) -> Mapping[tuple[str, Kind], datetime]:
        """Through when everything of a kind was seen at a source."""

    @property
    def states(self) -> Mapping[str, SourceWords]:
        """What the owner of each source last published."""

    @property
    def records(self) -> Sequence[KeptRecord]:
        """What sources said last."""

    @property
    def deliveries(self) -> Sequence[KeptDelivery]:
        """Effects on their way, oldest first."""

    @property
    def conflicts(self) -> Sequence[FieldConflict]:
        """Where systems disagree."""

    @property
    def missing_in(self) -> Sequence[str]:
        """Roles that should know it and, as far as coverage proves, do not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """The evidence of an entity that stands for itself."""

    now: datetime
    landscape: Landscape
    coverage: Mapping[tuple[str, Kind], datetime] = field(default_factory=dict)
    states: Mapping[str, SourceWords] = field(default_factory=dict)
    records: tuple[KeptRecord, ...] = ()
    deliveries: tuple[KeptDelivery, ...] = ()
    conflicts: tuple[FieldConflict, ...] = ()
    missing_in: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    kind: Kind
    id: str
    records: tuple[KeptRecord, ...] = ()


def sightings_of(answer: Answered, landscape: Landscape) -> dict[Key, Sighting]:
    """The evidence in a statement's answer, by kind and id. Raises HubFault where what is stored is not readable."""
    shared = decode(answer.shared, Shared)
    coverage = {(one.source, one.kind): one.through for one in shared.coverage}
    states = {one.source: one for one in shared.states}
    return {
        (one.kind, one.id): Sighting(
            now=shared.now, landscape=landscape, coverage=coverage, states=states, records=one.records
        )
        for one in (decode(text, _Seen) for text in answer.parts)
    }


def is_silent(known: Evidence, source: str) -> bool:
    """Whether a source is not called now: its breaker is not closed, or it is paused."""
    words = known.states.get(source)
    return words is not None and (words.breaker != "CLOSED" or words.is_paused)
