"""Cursors of the sweeps: pages by id, newest first, never by offset (design D8).

`changed` asks for everything written since the run before, less a minute. Where it begins next is the newest time on
its first page: what is written while later pages are read is younger than that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from sources.kit.cursors import cursor_of, moment, refuse_ahead
from sources.tryton_erp.catalog import Clause
from sources.tryton_erp.wire import Stamped, TrytonMoment

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class TimeCursor(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a sweep by time stands; while `at` is set a run is on its way."""

    seen: str
    """Everything written before was seen by a complete run."""
    since: str | None = None
    """What this run asks for; None: for everything, it is the first."""
    top: str | None = None
    """Newest time on this run's first page."""
    at: int | None = None
    """Only records with lower ids are still to be read."""


class ListCursor(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a sweep of a list stands; empty at its beginning and its end."""

    at: int | None = None


def time_cursor(given: Mapping[str, Any] | None, overlap: timedelta) -> TimeCursor:
    """The run to go on with, or the next one. Raises CursorExpired on what is none of ours."""
    if given is None:
        return TimeCursor(seen=text(EPOCH))
    cursor = cursor_of(given, TimeCursor)
    for one in (cursor.seen, cursor.since, cursor.top):
        if one is not None:
            moment(one)
    if cursor.at is not None:
        return cursor
    return TimeCursor(seen=cursor.seen, since=text(max(EPOCH, moment(cursor.seen) - overlap)))


def list_cursor(given: Mapping[str, Any] | None) -> ListCursor:
    """The cursor, if it is one of ours. Raises CursorExpired: begin again."""
    return ListCursor() if given is None else cursor_of(given, ListCursor)


def advanced(cursor: TimeCursor, ids: Sequence[int], top: datetime | None, *, is_last: bool) -> TimeCursor:
    """The cursor after a page with these *ids*, the newest of whose times is *top*."""
    if cursor.top is None and top is not None:
        cursor = msgspec.structs.replace(cursor, top=text(max(top, moment(cursor.seen))))
    if is_last:
        return TimeCursor(seen=cursor.top or cursor.seen)
    return msgspec.structs.replace(cursor, at=min(ids))


def refuse_future(cursor: TimeCursor, clock: datetime | None) -> None:
    """Raise CursorExpired for a cursor that lies ahead of the source's own *clock*."""
    refuse_ahead(moment(cursor.seen), clock, "the ERP's")


def written_since(stamps: Sequence[str], since: str) -> Clause:
    """Records of which any of these times is not older."""
    when = spelt(moment(since))
    return ["OR", *([stamp, ">=", when] for stamp in stamps)]


def spelt(when: datetime) -> dict[str, Any]:  # Any: JSON
    """As Tryton writes an instant: naive, UTC."""
    utc = when.astimezone(UTC)
    parts = ("year", "month", "day", "hour", "minute", "second", "microsecond")
    return {"__class__": "datetime", **{part: getattr(utc, part) for part in parts}}


def newest(row: msgspec.Struct) -> datetime | None:
    """The newest time in a record and its children."""
    found = [row.touched()] if isinstance(row, Stamped) else []
    for name in row.__struct_fields__:
        value = getattr(row, name)
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, TrytonMoment):
                found.append(one.meant())
            elif isinstance(one, msgspec.Struct):
                found.extend(filter(None, [newest(one)]))
    return max(found, default=None)


def text(when: datetime) -> str:
    """An instant for a cursor."""
    return when.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
