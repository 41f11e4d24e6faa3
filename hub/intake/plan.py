"""Which sweeps of a source are due, and in what order: a pure decision (design D8).

Regular runs come first, the one that waits longest before the others. A first load begins with the warehouses, which
are few and which everything names, goes on with what is open, and ends with history: there goes next of what the
smallest part was seen, so that the newest of each is known before the oldest of any, and an order meets its papers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from hub.errors import HubFault
from hub.merge.keys import FAMILY
from hub.model.manifest import Delta, Manifest, Sweep
from hub.model.sweeping import SweepMark
from hub.model.vocabulary import Kind
from hub.store.cursors import SweepStand

NEVER = datetime.min.replace(tzinfo=UTC)
NAMED_BY_ALL = frozenset({Kind.WAREHOUSE})
"""Master data that is small and that everything else refers to."""
NAMED_BY_MANY = frozenset({Kind.CUSTOMER, Kind.PRODUCT})
"""Master data that is looked at before what refers to it, as far as both begin at once."""
UNCOUNTED = 1000
"""So many more are taken to come where the source does not say how many there are."""

Stands = Mapping[tuple[Kind, str], SweepStand]


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A sweep to run now."""

    kind: Kind
    sweep: Sweep
    stand: SweepStand | None
    """None: it never ran."""
    completes: bool = True
    """Whether all other sweeps of the kind have been loaded: only then does its end mean that everything was seen."""

    @property
    def name(self) -> str:
        """What tells it from the other sweeps of its source."""
        return f"{self.kind.value} {self.sweep.name}"

    @property
    def is_load(self) -> bool:
        """Whether no run has ever ended: what it sees is BASELINE."""
        return self.stand is None or not self.stand.is_loaded

    @property
    def is_staged(self) -> bool:
        """Whether what it sees waits for what belongs to it."""
        return self.is_load and self.kind in FAMILY

    @property
    def resumes(self) -> bool:
        """Whether a run is under way that was left in the middle."""
        return self.stand is not None and self.stand.run_started_at is not None

    def kinds(self, manifest: Manifest) -> frozenset[Kind]:
        """What it tells of: its kind and those that come with it."""
        return frozenset({self.kind, *(kind for kind, lead in manifest.carried.items() if lead is self.kind)})

    def ending(self, source: str) -> SweepMark:
        """The end of its first run, of which everything is applied."""
        if self.stand is None or self.stand.cursor is None:
            message = "only what was read ends"
            raise HubFault(message, source=source)
        covers = self.sweep.covers and self.completes
        return SweepMark(
            source=source,
            kind=self.kind,
            sweep=self.sweep.name,
            cursor=self.stand.cursor,
            covered_through=self.stand.run_started_at if covers else None,
            ends=True,
        )

    @property
    def stage(self) -> int:
        """Of a first load: what is in a later stage waits."""
        if self.kind in NAMED_BY_ALL:
            return 0
        return 1 if self.sweep.lists_open else 2


def due_sweeps(manifest: Manifest, stands: Stands, now: datetime) -> tuple[Planned, ...]:
    """The sweeps to run at *now*, the first first."""
    due = [one for one in _planned(manifest, stands) if _is_due(one, now)]
    return tuple(sorted(due, key=_turn))


def read_sweeps(manifest: Manifest, stands: Stands) -> tuple[Planned, ...]:
    """The sweeps that were read to the end and have not ended, because some of what they told waits to be applied."""
    return tuple(one for one in _planned(manifest, stands) if one.stand is not None and one.stand.is_read)


def _planned(manifest: Manifest, stands: Stands) -> Iterator[Planned]:
    for kind, sweeps in manifest.sweeps.items():
        running = [sweep for sweep in sweeps if sweep.strategy is not Delta.HINT]
        for sweep in running:
            others = [stands.get((kind, other.name)) for other in running if other is not sweep]
            completes = all(other is not None and other.is_loaded for other in others)
            yield Planned(kind=kind, sweep=sweep, stand=stands.get((kind, sweep.name)), completes=completes)


def _is_due(one: Planned, now: datetime) -> bool:
    if one.stand is None:
        return True
    if one.stand.is_read or one.resumes:
        return not one.stand.is_read
    if one.sweep.covers and one.completes and not one.stand.has_covered:
        return True  # its own load ended before that of another sweep, and nobody has said yet that all was seen
    return one.stand.updated_at + one.sweep.every <= now


def _turn(one: Planned) -> tuple[bool, int, float, datetime, bool]:
    since = NEVER if one.stand is None else one.stand.updated_at
    if one.is_load:
        return True, one.stage, _part(one.stand), since, one.kind not in NAMED_BY_MANY
    return False, 0, 0.0, since + one.sweep.every, False


def _part(stand: SweepStand | None) -> float:
    """Which part of a list was seen."""
    if stand is None:
        return 0.0
    total = stand.seen + UNCOUNTED if stand.total is None else max(stand.total, 1)
    return min(1.0, stand.seen / total)
