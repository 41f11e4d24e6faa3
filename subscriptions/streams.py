"""Cursors of streams, and the envelope every subscriber receives (surface, `ChangeEvent`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from hub.codec import digest
from hub.model.changes import Change, ChangeKind
from hub.seal import Seal
from hub.store.changelog import LoggedChange, Place
from subscriptions.topics import Topic

SHARD = 0
"""The only shard so far (section 11 rule 1)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What a cursor holds: where the stream stands, and whether its snapshot was still unfinished there."""

    shard: int
    term: str
    position: int
    in_snapshot: bool = False

    @property
    def place(self) -> Place:
        """Where to go on."""
        return Place(term=self.term, position=self.position)


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """One event of a stream, before its entity is loaded."""

    cursor: str
    kind: ChangeKind
    occurred_at: datetime
    entity_id: str | None = None
    root_id: str | None = None
    """What the entity hangs under; None of a snapshot."""
    event: str | None = None
    version: int | None = None
    changed_fields: tuple[str, ...] = ()
    merged: int = 0
    """How many events were coalesced into this one; 0 for orders, shipments, returns, always."""
    correlation_id: str | None = None


class Marker:
    """Makes and reads the cursors of one stream: one principal, one topic."""

    __slots__ = ("_seal", "binding", "topic")

    def __init__(self, seal: Seal, principal: str, topic: Topic) -> None:
        self._seal = seal
        self.topic = digest(topic)
        """Stands for the topic: equal for equal ones."""
        self.binding = f"stream\x1f{principal}\x1f{topic.filter_asked or self.topic}"
        """Whom and what its cursors are for: equal markers make equal cursors."""

    def cursor(self, place: Place, *, in_snapshot: bool = False) -> str:
        """The cursor that goes on after *place*."""
        mark = Mark(shard=SHARD, term=place.term, position=place.position, in_snapshot=in_snapshot)
        return self._seal.close(self.binding, mark)

    def read(self, cursor: str) -> Mark:
        """What a cursor holds. Raises CursorInvalid where it is forged, foreign or of another filter."""
        return self._seal.open(self.binding, cursor, Mark)


def envelope_of(line: LoggedChange, topic: Topic, cursor: str) -> Envelope:
    """A line of the log as an event for those who listen to *topic*, which bears *cursor*."""
    change: Change = line.change
    return Envelope(
        cursor=cursor,
        kind=topic.sees(line.tenant, change) or change.change,
        occurred_at=change.occurred_at,
        entity_id=change.entity_id,
        root_id=change.root_id,
        event=change.event,
        version=change.version,
        changed_fields=change.changed_fields,
        correlation_id=change.correlation_id,
    )
