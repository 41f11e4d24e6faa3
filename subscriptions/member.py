"""One subscriber: where it stands, and what waits for it while it does not read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Protocol

from hub.errors import HubError
from hub.model.changes import ChangeKind
from hub.store.changelog import Place
from subscriptions.event import Event
from subscriptions.streams import Marker

WAITING = 256  # events that may wait for a reader
WAITING_BYTES = 1024 * 1024
CATCHING_UP = WAITING // 2  # a replay goes no faster than its reader
SEQUENCED = timedelta(minutes=1)
"""After this much newer history, what a snapshot held is compared no more: older changes have long been told."""


class Outlet(Protocol):
    """The way to one subscriber."""

    @property
    def is_ready(self) -> bool:
        """Whether its reader keeps up: it takes more at once."""
        ...

    def push(self, member: Member, event: Event, merged: int) -> None:
        """Send it; must not wait and not raise."""
        ...

    def end(self, fate: HubError | None) -> None:
        """Nothing follows; None: the last event said why."""
        ...


class Member:
    """A subscriber of an audience. Nobody slows down for its reader, and nothing follows a line that was left out."""

    __slots__ = (
        "_bytes", "_coalesce_by", "_has_left", "_held", "_held_at", "_waiting", "in_snapshot", "marker", "on_full",
        "outlet", "place", "pushed", "told",
    )  # fmt: skip

    def __init__(self, marker: Marker, outlet: Outlet, place: Place, coalesce_by: str | None) -> None:
        self.marker = marker
        self.outlet = outlet
        self.place = place
        """Everything up to here was pushed or waits."""
        self.told = place
        """Everything up to here was pushed."""
        self.in_snapshot = False
        """Whether the end of its snapshot has yet to be pushed."""
        self.pushed = 0
        """How many events were."""
        self.on_full: Callable[[Member], None] | None = None
        """Called when more waits than may."""
        self._coalesce_by = coalesce_by
        self._held: Mapping[str, int] | None = None
        self._held_at: datetime | None = None
        self._waiting: dict[object, tuple[Event, int]] | None = None
        self._bytes = 0
        self._has_left = False

    def hold(self, held: Mapping[str, int], at: datetime) -> None:
        """The reader has seen these versions in a snapshot: they are not told again."""
        self._held, self._held_at = held, at

    def take(self, event: Event) -> None:
        """Push a change, or let it wait; one that the reader has already had is left out."""
        if event.place.position <= self.place.position:
            return
        if self._held is not None and self._has_seen(event):
            self.place = event.place
            return
        self.tell(event)

    def tell(self, event: Event) -> None:
        """The same, whatever the reader has had."""
        if self._has_left:
            return
        self.place = event.place
        if self._waiting is None and self.outlet.is_ready:
            self._push(event, 0)
        else:
            self._wait(event)

    def assure(self, event: Event) -> None:
        """Push a checkpoint, or let the newest wait; one from before what the reader has had is left out."""
        if event.place.position >= self.place.position:
            self.tell(event)

    def last_word(self, event: Event) -> None:
        """Push a checkpoint of what was pushed."""
        self._push(event.at(self.told, in_snapshot=self.in_snapshot), 0)

    def leave(self) -> None:
        """Nothing waits any more and nothing is taken: after an event that was left out there is only the last word."""
        self._has_left = True
        self.on_full = None
        self._waiting, self._bytes = None, 0

    def flush(self) -> None:
        """Push what waits, as long as the reader keeps up."""
        while self._waiting and self.outlet.is_ready:
            event, merged = self._waiting.pop(next(iter(self._waiting)))
            self._bytes -= event.size
            self._push(event, merged)
        if not self._waiting:
            self._waiting = None

    @property
    def waiting(self) -> int:
        """How many events wait for the reader."""
        return 0 if self._waiting is None else len(self._waiting)

    @property
    def is_behind(self) -> bool:
        """Whether so much waits that a replay must wait too."""
        return self.waiting > CATCHING_UP or self._bytes > WAITING_BYTES // 2

    def _push(self, event: Event, merged: int) -> None:
        self.told = event.place
        self.pushed += 1
        if event.line is None and event.envelope.kind is ChangeKind.SNAPSHOT_END:
            self.in_snapshot = False
        self.outlet.push(self, event, merged)

    def _wait(self, event: Event) -> None:
        if self._waiting is None:
            self._waiting = {}
        key, merged = self._key(event), 0
        if key in self._waiting:
            older, behind = self._waiting.pop(key)
            self._bytes -= older.size
            merged = 0 if event.line is None else behind + 1
        elif self._waiting and (len(self._waiting) >= WAITING or self._bytes + event.size > WAITING_BYTES):
            if self.on_full is not None:
                self.on_full(self)
            return
        self._waiting[key] = (event, merged)
        self._bytes += event.size

    def _key(self, event: Event) -> object:
        """What an event is about; for what never coalesces, the event itself."""
        if event.line is None:
            return event if event.in_snapshot else event.envelope.kind
        return event if self._coalesce_by is None else getattr(event.line.change, self._coalesce_by)

    def _has_seen(self, event: Event) -> bool:
        if self._held is None or self._held_at is None or event.line is None:
            return False
        change = event.line.change
        if change.recorded_at > self._held_at + SEQUENCED:
            self._held = None
            return False
        return change.version <= self._held.get(change.entity_id, 0)
