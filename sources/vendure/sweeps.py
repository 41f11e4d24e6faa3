"""How changes are found: pages by key, never by offset (design D8), and cursors that say where one stands.

`placed` and `changed` follow an instant (`orderPlacedAt`, `updatedAt`) with overlap; a first run of `placed` goes from
the newest back.
`open` lists every order that is not finished and, at its end, reads those that have left the list since the run before:
Vendure moves no timestamp when a parcel is delivered.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from sources.kit.cursors import cursor_of, moment, refuse_ahead
from sources.vendure.manifest import CHANGED, OPEN_STATES, PLACED

EPOCH = "1970-01-01T00:00:00.000Z"
GRAIN = timedelta(milliseconds=1)
MOST = 1000
"""Orders that the shop gives in one answer."""
FIELDS = {PLACED: "orderPlacedAt", CHANGED: "updatedAt"}


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """A place in a list ordered by an instant: *ties* orders of this very instant were seen, perhaps not all."""

    at: str
    ties: int = 0


class TimeCursor(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where `placed` or `changed` stands. While `back` is set the first run is still on its way to the oldest."""

    seen: str
    """Newest instant that a complete run has reached."""
    back: Mark | None = None
    forth: Mark | None = None
    total: int | None = None


class OpenCursor(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where `open` stands: ids that the last complete run listed, those of this run so far, and those still to read."""

    was: list[str] = []
    now: list[str] = []
    at: Mark | None = None
    left: list[str] | None = None


def time_cursor(given: Mapping[str, Any]) -> TimeCursor:
    """The cursor, if it is one of ours. Raises CursorExpired: begin again."""
    cursor = cursor_of(given, TimeCursor)
    for text in (cursor.seen, *(mark.at for mark in (cursor.back, cursor.forth) if mark)):
        moment(text)
    return cursor


def open_cursor(given: Mapping[str, Any]) -> OpenCursor:
    """The cursor, if it is one of ours. Raises CursorExpired: begin again."""
    cursor = cursor_of(given, OpenCursor)
    if cursor.at is not None:
        moment(cursor.at.at)
    return cursor


def refuse_future(seen: str, clock: datetime | None) -> None:
    """Raise CursorExpired for a cursor that lies ahead of the source's own *clock*."""
    refuse_ahead(moment(seen), clock, "the shop's")


def back_options(field: str, mark: Mark | None, page: int) -> dict[str, Any]:  # Any: GraphQL input
    """The page of a first run, newest first, from *mark* down; None is the newest of all."""
    wanted = [_placed()]
    if mark is not None:
        wanted.append({field: {"before": _text(moment(mark.at) + GRAIN)}})
    return _options(field, "DESC", {"_and": wanted}, _take(mark, page))


def forth_options(field: str, mark: Mark, page: int) -> dict[str, Any]:  # Any: GraphQL input
    """The page of a later run, oldest first, from *mark* up."""
    return _options(field, "ASC", {"_and": [_placed(), _from(field, mark.at)]}, _take(mark, page))


def open_options(mark: Mark | None, page: int) -> dict[str, Any]:  # Any: GraphQL input
    """The page of open orders from *mark* up, by the instant they were placed, which never moves."""
    placed = _from("orderPlacedAt", mark.at) if mark else _placed()
    wanted = {"state": {"in": list(OPEN_STATES)}, "_and": [placed]}
    return _options("orderPlacedAt", "ASC", wanted, _take(mark, page))


def goods_options(mark: Mark | None, page: int) -> dict[str, Any]:  # Any: GraphQL input
    """The page of goods from *mark* up, by the instant they were made, which never moves."""
    return _options("createdAt", "ASC", _from("createdAt", mark.at) if mark else {}, _take(mark, page))


def by_ids(ids: Sequence[str]) -> dict[str, Any]:  # Any: GraphQL input
    """The rows with these ids."""
    return {"take": len(ids), "skip": 0, "filter": {"id": {"in": list(ids)}}}


def advanced(mark: Mark | None, instants: Sequence[str]) -> Mark | None:
    """The mark after a page: its last instant, and how many orders of that instant it held."""
    if not instants:
        return mark
    return Mark(at=instants[-1], ties=instants.count(instants[-1]))


def reach_back(seen: str, overlap: timedelta) -> Mark:
    """Where a later run begins: *overlap* behind what was seen."""
    return Mark(at=_text(max(moment(seen) - overlap, moment(EPOCH))))


def later(one: str, other: str) -> str:
    """The later of two instants."""
    return max(one, other, key=moment)


def _options(field: str, direction: str, wanted: dict[str, Any], take: int) -> dict[str, Any]:  # Any: GraphQL input
    # One key alone: of several the shop sorts by the one its schema names first, which is the id.
    return {"take": take, "skip": 0, "sort": {field: direction}, "filter": wanted}


def _take(mark: Mark | None, page: int) -> int:
    """The orders of the mark's own instant come again, in any order; a page reaches past them."""
    return min(page + (mark.ties if mark else 0), MOST)


def _from(field: str, at: str) -> dict[str, Any]:  # Any: GraphQL input
    # "after" the millisecond before would be wrong: the shop keeps microseconds and shows none of them
    return {"_or": [{field: {"eq": at}}, {field: {"after": at}}]}


def _placed() -> dict[str, Any]:  # Any: GraphQL input
    return {"orderPlacedAt": {"isNull": False}}


def _text(when: datetime) -> str:
    return when.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
