"""The sweeps, page by page."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import msgspec

from hub.model.observation import Seen
from hub.model.vocabulary import Kind
from hub.ports import ChangePage, SourceCall
from sources.kit.paging import LoopGuard
from sources.vendure import sweeps
from sources.vendure.client import OrdersAnswered, VendureClient
from sources.vendure.manifest import CHANGED
from sources.vendure.mapping import Reading
from sources.vendure.shelf import Shelf, shelve
from sources.vendure.sweeps import EPOCH, FIELDS, Mark, OpenCursor, TimeCursor

OVERLAP = timedelta(seconds=60)
FIRST_LOOK = timedelta(hours=24)
"""How far back the first run of `changed` reaches; what is older comes with `placed`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Turn:
    """One answer of a sweep."""

    shelf: Shelf
    answered: OrdersAnswered
    is_last: bool

    def instants(self, field: str) -> list[str]:
        """The instant of each listed order, in their order."""
        listed = self.shelf.listed
        return [(order.order_placed_at or EPOCH) if field == "orderPlacedAt" else order.updated_at for order in listed]

    def page(self, cursor: TimeCursor | OpenCursor, *, is_last: bool, total: int | None = None) -> ChangePage:
        """What the hub gets of it."""
        return ChangePage(
            found=tuple(seen for group in self.shelf.seen.values() for seen in group),
            failed=self.shelf.failed,
            cursor=msgspec.to_builtins(cursor),
            is_last=is_last,
            total=total,
        )


class Walk:
    """Walks the order list of one shop, one sweep at a time."""

    def __init__(self, client: VendureClient, reading: Reading, *, page: int) -> None:
        """Ask for *page* orders at a time."""
        self._client = client
        self._reading = reading
        self._size = page

    async def by_time(self, call: SourceCall, sweep: str, given: Mapping[str, Any] | None) -> AsyncIterator[ChangePage]:
        """Pages of `placed` or `changed`."""
        field = FIELDS[sweep]
        cursor = sweeps.time_cursor(given) if given is not None else None
        if cursor is None and sweep == CHANGED:
            cursor = await self._newest(call, field)
        elif cursor is not None and cursor.back is None and cursor.forth is None:
            cursor = TimeCursor(seen=cursor.seen, forth=sweeps.reach_back(cursor.seen, OVERLAP))
        walk = self._forth(call, field, cursor) if cursor and cursor.forth else self._back(call, field, cursor)
        async for page in walk:
            yield page

    async def open(self, call: SourceCall, given: Mapping[str, Any] | None) -> AsyncIterator[ChangePage]:
        """Pages of `open`: all that is open, then what has left the list since the run before."""
        cursor = sweeps.open_cursor(given) if given is not None else OpenCursor()
        guard = LoopGuard(self._reading.source)
        while True:
            guard.pass_by((cursor.at, len(cursor.now), len(cursor.left or ())))
            if cursor.left:
                page, cursor = await self._read_left(call, cursor)
            else:
                page, cursor = await self._list_open(call, cursor)
            yield page
            if page.is_last:
                return

    async def _list_open(self, call: SourceCall, cursor: OpenCursor) -> tuple[ChangePage, OpenCursor]:
        turn = await self._turn(call, sweeps.open_options(cursor.at, self._size))
        now = list(dict.fromkeys([*cursor.now, *(order.id for order in turn.shelf.listed)]))
        left = sorted(set(cursor.was) - set(now), key=_by_age) if turn.is_last else []
        if not turn.is_last:
            at = sweeps.advanced(cursor.at, turn.instants("orderPlacedAt"))
            after = OpenCursor(was=cursor.was, now=now, at=at)
        else:
            after = OpenCursor(was=cursor.was, now=now, at=cursor.at, left=left) if left else OpenCursor(was=now)
        total = turn.answered.total if cursor.at is None else None
        return turn.page(after, is_last=turn.is_last and not left, total=total), after

    async def _read_left(self, call: SourceCall, cursor: OpenCursor) -> tuple[ChangePage, OpenCursor]:
        left = cursor.left or []
        ids, rest = left[: self._size], left[self._size :]
        turn = await self._turn(call, sweeps.by_ids(ids))
        for gone in set(ids) - set(turn.shelf.seen) - set(turn.shelf.failed):
            turn.shelf.seen[gone] = (Seen(kind=Kind.ORDER, source_id=gone, content=None),)
        after = (
            OpenCursor(was=cursor.was, now=cursor.now, at=cursor.at, left=rest) if rest else OpenCursor(was=cursor.now)
        )
        return turn.page(after, is_last=not rest), after

    async def _newest(self, call: SourceCall, field: str) -> TimeCursor:
        options = {**sweeps.back_options(field, None, 1)}
        turn = await self._turn(call, options)
        newest = turn.instants(field)[0] if turn.shelf.listed else EPOCH
        return TimeCursor(seen=newest, forth=sweeps.reach_back(newest, FIRST_LOOK))

    async def _back(self, call: SourceCall, field: str, cursor: TimeCursor | None) -> AsyncIterator[ChangePage]:
        guard = LoopGuard(self._reading.source)
        while True:
            mark = cursor.back if cursor else None
            guard.pass_by(mark)
            turn = await self._turn(call, sweeps.back_options(field, mark, self._size))
            instants = turn.instants(field)
            seen = cursor.seen if cursor else (instants[0] if instants else EPOCH)
            total = cursor.total if cursor else turn.answered.total
            sweeps.refuse_future(seen, turn.answered.clock)
            back = None if turn.is_last else sweeps.advanced(mark, instants)
            cursor = TimeCursor(seen=seen, back=back, total=total if back else None)
            yield turn.page(cursor, is_last=turn.is_last, total=total)
            if turn.is_last:
                return

    async def _forth(self, call: SourceCall, field: str, cursor: TimeCursor) -> AsyncIterator[ChangePage]:
        guard = LoopGuard(self._reading.source)
        mark: Mark | None = cursor.forth
        while mark is not None:
            guard.pass_by(mark)
            turn = await self._turn(call, sweeps.forth_options(field, mark, self._size))
            sweeps.refuse_future(cursor.seen, turn.answered.clock)
            instants = turn.instants(field)
            mark = sweeps.advanced(mark, instants) or mark
            seen = sweeps.later(cursor.seen, mark.at) if turn.is_last else cursor.seen
            yield turn.page(TimeCursor(seen=seen, forth=None if turn.is_last else mark), is_last=turn.is_last)
            if turn.is_last:
                return

    async def _turn(self, call: SourceCall, options: dict[str, Any]) -> _Turn:  # Any: GraphQL input
        answered = await self._client.orders(call, options)
        shelf = shelve(answered.items, self._reading)
        return _Turn(shelf=shelf, answered=answered, is_last=len(answered.items) < int(options["take"]))


def _by_age(order_id: str) -> tuple[int, str]:
    return len(order_id), order_id
