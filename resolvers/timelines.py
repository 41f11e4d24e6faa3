"""Pages of a timeline: what happened to an order, oldest first, by the instant and place of each entry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from hub.model.views import TimelineEntry
from hub.seal import Seal
from resolvers.pages import PageInfo, checked, info_of


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineEdge:
    """An entry and its place."""

    node: TimelineEntry
    """The entry."""
    cursor: str
    """Its place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineConnection:
    """A page of what happened."""

    nodes: tuple[TimelineEntry, ...]
    """The entries."""
    edges: tuple[TimelineEdge, ...]
    """The entries with their places."""
    page_info: PageInfo
    """Where the page lies."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where an entry stands: entries that come later, of earlier instants, do not move it."""

    occurred_at: datetime
    observed_at: datetime
    event: str
    text: str


def place_of(entry: TimelineEntry) -> Place:
    """The place of an entry, which sorts as entries do."""
    return Place(occurred_at=entry.occurred_at, observed_at=entry.observed_at, event=entry.event, text=entry.text)


def page_of(
    entries: Sequence[TimelineEntry], size: int, after: str | None, seal: Seal, binding: str
) -> TimelineConnection:
    """The first *size* entries after a cursor. Raises CursorInvalid for one of another order or caller."""
    checked(size)
    start = 0
    if after is not None:
        known = _key(seal.open(binding, after, Place))
        start = next((at for at, one in enumerate(entries) if _key(place_of(one)) > known), len(entries))
    shown = tuple(islice(entries, start, start + size))
    edges = tuple(TimelineEdge(node=one, cursor=seal.close(binding, place_of(one))) for one in shown)
    info = info_of([one.cursor for one in edges], has_more=start + size < len(entries), has_before=start > 0)
    return TimelineConnection(nodes=shown, edges=edges, page_info=info)


def _key(place: Place) -> tuple[datetime, datetime, str, str]:
    return place.occurred_at, place.observed_at, place.event, place.text
