"""Lists that are read whole, page by page, and compared with the run before: what has left the list is read once more.

Vendure moves no timestamp when a parcel is delivered or a stock level changes, so only the list itself tells.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import msgspec

from hub.model.observation import Seen
from hub.model.vocabulary import Kind
from hub.ports import ChangePage, SourceCall
from sources.kit.paging import LoopGuard
from sources.vendure import sweeps
from sources.vendure.sweeps import Mark, OpenCursor


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One answer of a list."""

    kind: Kind
    listed: tuple[str, ...]
    """Ids of the objects in it, readable or not."""
    seen: Mapping[str, tuple[Seen, ...]]
    """What they say, by id."""
    failed: Mapping[str, str] = field(default_factory=dict)
    """Those whose answer breaks the wire type, and where."""
    instants: tuple[str, ...]
    """What its rows are ordered by, in their order."""
    total: int
    is_last: bool

    def page(
        self, cursor: OpenCursor, *, is_last: bool, total: int | None = None, gone: Sequence[str] = ()
    ) -> ChangePage:
        """What the hub gets of it; *gone*: what was asked for and is not there."""
        found = [seen for group in self.seen.values() for seen in group]
        found += [Seen(kind=self.kind, source_id=one, content=None) for one in gone]
        return ChangePage(
            found=tuple(found),
            failed=self.failed,
            cursor=msgspec.to_builtins(cursor),
            is_last=is_last,
            total=total,
        )


class Listing(Protocol):
    """A list in an order that never changes, and its objects by id."""

    source: str
    size: int
    """Rows on one page."""

    async def page(self, call: SourceCall, mark: Mark | None) -> Turn:
        """The rows from *mark* up."""
        ...

    async def some(self, call: SourceCall, ids: Sequence[str]) -> Turn:
        """The objects with these ids."""
        ...


async def snapshot(
    call: SourceCall, listing: Listing, given: Mapping[str, Any] | None
) -> AsyncIterator[ChangePage]:  # Any: a cursor's JSON
    """Pages of all that is listed, then of what has left the list since the run before. Raises CursorExpired."""
    cursor = sweeps.open_cursor(given) if given is not None else OpenCursor()
    guard = LoopGuard(listing.source)
    while True:
        guard.pass_by((cursor.at, len(cursor.now), len(cursor.left or ())))
        step = _read_left if cursor.left else _list
        page, cursor = await step(call, listing, cursor)
        yield page
        if page.is_last:
            return


async def _list(call: SourceCall, listing: Listing, cursor: OpenCursor) -> tuple[ChangePage, OpenCursor]:
    turn = await listing.page(call, cursor.at)
    now = list(dict.fromkeys([*cursor.now, *turn.listed]))
    left = sorted(set(cursor.was) - set(now), key=by_age) if turn.is_last else []
    if not turn.is_last:
        at = sweeps.advanced(cursor.at, turn.instants)
        after = OpenCursor(was=cursor.was, now=now, at=at)
    else:
        after = OpenCursor(was=cursor.was, now=now, at=cursor.at, left=left) if left else OpenCursor(was=now)
    total = turn.total if cursor.at is None else None
    return turn.page(after, is_last=turn.is_last and not left, total=total), after


async def _read_left(call: SourceCall, listing: Listing, cursor: OpenCursor) -> tuple[ChangePage, OpenCursor]:
    left = cursor.left or []
    ids, rest = left[: listing.size], left[listing.size :]
    turn = await listing.some(call, ids)
    gone = [one for one in ids if one not in turn.seen and one not in turn.failed]
    after = OpenCursor(was=cursor.was, now=cursor.now, at=cursor.at, left=rest) if rest else OpenCursor(was=cursor.now)
    return turn.page(after, is_last=not rest, gone=gone), after


def by_age(number: str) -> tuple[int, str]:
    """Vendure counts its ids up."""
    return len(number), number
