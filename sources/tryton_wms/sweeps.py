"""Where sweeps stand: pages by id, never by offset (design D8).

`changed` first goes down from the newest; later runs go up through what was written since the run before, with
overlap, themselves or what hangs on them. `open` lists what is not finished and reads again what has left the list.
`all` lists everything, and at its end knows what is gone.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from sources.kit.cursors import cursor_of, moment, refuse_ahead
from sources.tryton_wms.manifest import OVERLAP

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class ChangedCursor(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where `changed` stands. `until` is set while a run is on its way."""

    seen: str
    """Instant through which a complete run has seen everything."""
    until: str | None = None
    """What `seen` becomes when the run is complete: the newest date there was when it began."""
    down: bool = False
    """The first run: from the newest down, whatever its date."""
    at: int | None = None
    """Id where the run stands."""
    total: int | None = None

    def since(self) -> datetime:
        """How far back this run reaches."""
        return max(moment(self.seen) - OVERLAP, EPOCH)


class ListCursor(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where `open` or `all` stands: ids that the last complete run listed, those of this run, those still to read."""

    was: list[int] = []
    now: list[int] = []
    at: int | None = None
    left: list[int] | None = None


class StockCursor(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the stock list stands: in which warehouse, after which item. Empty at the beginning of a run."""

    warehouse: int | None = None
    after: int | None = None


def changed_cursor(given: Mapping[str, Any]) -> ChangedCursor:
    """The cursor, if it is one of ours. Raises CursorExpired: begin again."""
    cursor = cursor_of(given, ChangedCursor)
    for text in (cursor.seen, cursor.until):
        if text is not None:
            moment(text)
    return cursor


def list_cursor(given: Mapping[str, Any] | None) -> ListCursor:
    """The cursor, if it is one of ours. Raises CursorExpired: begin again."""
    return cursor_of(given or {}, ListCursor)


def stock_cursor(given: Mapping[str, Any] | None) -> StockCursor:
    """The cursor, if it is one of ours. Raises CursorExpired: begin again."""
    return cursor_of(given or {}, StockCursor)


def refuse_future(cursor: ChangedCursor, clock: datetime | None) -> None:
    """Raise CursorExpired for a cursor that lies ahead of the source's own *clock*."""
    latest = max(moment(text) for text in (cursor.seen, cursor.until) if text is not None)
    refuse_ahead(latest, clock, "the warehouse's")


def spelt(when: datetime) -> str:
    """An instant as cursors hold it: UTC, with microseconds."""
    return when.astimezone(UTC).isoformat(timespec="microseconds")
