"""How far a sweep is: told by the room that sweeps, written with what it saw (design D3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hub.model.vocabulary import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepMark:
    """How far a sweep is: its cursor after the page, and coverage where the page was the last.

    Written as it stands by `hub.store.cursors.mark(tx, tenant, mark)`.
    """

    source: str
    kind: Kind
    sweep: str
    cursor: Mapping[str, Any]  # Any: the adapter's own JSON
    covered_through: datetime | None = None
    """Start of the run, by the database's clock; only at the end of a complete run."""
    seen: int = 0
    """Objects on this page."""
    total: int | None = None
    """Objects in the whole run, where the source says."""
    ends: bool = False
    """The page was the last: the run is over, and from now on what the sweep sees is LIVE."""
    is_read: bool = False
    """The page was the last, but what the run told waits to be applied: only then it ends."""
