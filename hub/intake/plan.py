"""Which sweeps of a source are due, and in what order: a pure decision (design D8)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from hub.model.manifest import Delta, Manifest, Sweep
from hub.model.vocabulary import Kind
from hub.store.cursors import SweepStand


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A sweep to run now."""

    kind: Kind
    sweep: Sweep
    stand: SweepStand | None
    """None: it never ran."""

    @property
    def name(self) -> str:
        """What tells it from the other sweeps of its source."""
        return f"{self.kind.value} {self.sweep.name}"

    @property
    def is_load(self) -> bool:
        """Whether no run has ever ended: what it sees is BASELINE."""
        return self.stand is None or not self.stand.is_loaded

    @property
    def resumes(self) -> bool:
        """Whether a run is under way that was left in the middle."""
        return self.stand is not None and self.stand.run_started_at is not None


def due_sweeps(manifest: Manifest, stands: Mapping[tuple[Kind, str], SweepStand], now: datetime) -> tuple[Planned, ...]:
    """The sweeps to run at *now*: regular ones before first loads, and of these what is open first."""
    planned = [
        Planned(kind=kind, sweep=sweep, stand=stands.get((kind, sweep.name)))
        for kind, sweeps in manifest.sweeps.items()
        for sweep in sweeps
        if sweep.strategy is not Delta.HINT
    ]
    due = [one for one in planned if _is_due(one, now)]
    return tuple(sorted(due, key=lambda one: (one.is_load, one.is_load and not one.sweep.covers)))


def _is_due(one: Planned, now: datetime) -> bool:
    if one.stand is None or one.resumes:
        return True
    return one.stand.updated_at + one.sweep.every <= now
