"""One event on its way to everybody who asked for the same: painted once, then the same bytes to all.

Only the cursor differs from reader to reader, because it is sealed for whom it is given to. An event is painted with
a mark in the cursor's place and cut there; a reader's own cursor joins the pieces. The mark is a random word of this
process that nobody outside can guess, so no content is ever taken for it.
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from hub.model.changes import ChangeKind
from hub.store.changelog import LoggedChange, Place
from subscriptions.streams import Envelope, Marker

MARK = secrets.token_urlsafe(24)
"""Stands where a reader's cursor belongs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Painted:
    """An event as bytes."""

    pieces: tuple[bytes, ...] = (b"",)
    """Cut wherever the cursor belongs."""
    ends: bool = False
    """Whether nothing follows: painting failed for good."""
    merged: Callable[[int], tuple[bytes, ...]] | None = None
    """The same pieces, saying that so many earlier events stand behind this one."""


Paint = Callable[[Envelope], Awaitable[Painted]]
"""Paints an event whose cursor is `MARK`. Never raises but for cancellation."""


def cut(body: bytes) -> tuple[bytes, ...]:
    """*body* in pieces, without its marks."""
    return tuple(body.split(MARK.encode()))


class Event:
    """An event painted for one audience."""

    __slots__ = ("_bodies", "_cursors", "envelope", "in_snapshot", "line", "painted", "place", "size")

    def __init__(self, envelope: Envelope, place: Place, painted: Painted, line: LoggedChange | None = None) -> None:
        self.envelope = envelope
        self.place = place
        """Where a stream stands that has been told it."""
        self.painted = painted
        self.line = line
        """The line of the log that it tells; None for what is no change."""
        self.size = sum(map(len, painted.pieces))
        self.in_snapshot = envelope.kind is ChangeKind.SNAPSHOT
        """Whether a stream that is cut here begins its snapshot again."""
        self._cursors: dict[str, str] = {}
        self._bodies: dict[str, bytes] = {}

    def cursor(self, marker: Marker) -> str:
        """The cursor of the reader whose *marker* it is; made once per principal."""
        made = self._cursors.get(marker.binding)
        if made is None:
            made = self._cursors[marker.binding] = marker.cursor(self.place, in_snapshot=self.in_snapshot)
        return made

    def body(self, marker: Marker, merged: int = 0) -> bytes:
        """The bytes for the reader whose *marker* it is; joined once per principal."""
        if merged and self.painted.merged is not None:
            return self.cursor(marker).encode().join(self.painted.merged(merged))
        made = self._bodies.get(marker.binding)
        if made is None:
            made = self._bodies[marker.binding] = self.cursor(marker).encode().join(self.painted.pieces)
        return made

    def at(self, place: Place, *, in_snapshot: bool) -> Event:
        """The same, told to a stream that stands elsewhere."""
        event = Event(self.envelope, place, self.painted)
        event.in_snapshot = in_snapshot
        return event

    def forget(self) -> None:
        """Everybody who reads has had it; whoever lags keeps the event, not a copy for each principal."""
        self._bodies.clear()
        self._cursors.clear()
