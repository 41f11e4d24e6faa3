"""What every subscription delivers and takes: an envelope with a cursor; `after` and `includeInitial`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from hub.model.changes import ChangeKind
from resolvers.context import Context
from resolvers.watch import Watch
from subscriptions.streams import Envelope
from subscriptions.topics import Topic

E = TypeVar("E", bound="ChangeEvent")
Held = Callable[[], Awaitable[Mapping[str, int]]]
"""Reads ids and versions of what there is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeEvent:
    """What every subscription delivers. Entities are as of now, at least `version`.

    A change that takes something out of what the filter asks for is told once, as DELETED: the thing is gone, fits no
    longer (its fields are there), or may not be seen any more (null, and its id).
    """

    cursor: str
    """Give it as `after` to go on behind this event."""
    kind: ChangeKind
    """What sort of event it is."""
    event: str | None = None
    """What happened, for programs, such as `order.allocated`; null for what is not a change."""
    version: int | None = None
    """Version of the entity after the change; keep the greater of two."""
    occurred_at: datetime
    """When it happened, on the source's clock where told."""
    changed_fields: tuple[str, ...] = ()
    """Fields and groups that differ."""
    merged: int = 0
    """How many events were coalesced into this one."""
    correlation_id: str | None = None
    """Leads to the trace."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedArguments:
    """Arguments of every subscription but its filter."""

    after: str | None = None
    """Go on behind this cursor; wins over `includeInitial`."""
    include_initial: bool | None = False
    """Begin with what there is: SNAPSHOT events, then SNAPSHOT_END, then changes."""


def watch(context: Context, topic: Topic, asked: FeedArguments, held: Held, shown: Callable[[Envelope], E]) -> Watch[E]:
    """The subscription of *topic* for the caller; *held* is read where the snapshot is asked for."""
    return Watch(
        feed=context.doors.feed,
        call=context.call,
        topic=topic,
        after=asked.after,
        snapshot=held if asked.include_initial else None,
        shown=shown,
    )


def common(one: Envelope) -> dict[str, Any]:
    """What every event has."""
    return {
        "cursor": one.cursor,
        "kind": one.kind,
        "event": one.event,
        "version": one.version,
        "occurred_at": one.occurred_at,
        "changed_fields": one.changed_fields,
        "merged": one.merged,
        "correlation_id": one.correlation_id,
    }
