"""The sweeps, page by page."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import msgspec

from hub.model.vocabulary import Kind
from hub.ports import ChangePage, SourceCall
from sources.kit.paging import LoopGuard
from sources.vendure import sweeps
from sources.vendure.client import RowsAnswered, VendureClient
from sources.vendure.manifest import CHANGED
from sources.vendure.mapping import Reading
from sources.vendure.shelf import Shelf, shelve
from sources.vendure.snapshot import Turn
from sources.vendure.sweeps import EPOCH, FIELDS, Mark, TimeCursor

OVERLAP = timedelta(seconds=60)
FIRST_LOOK = timedelta(hours=24)
"""How far back the first run of `changed` reaches; what is older comes with `placed`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Turn:
    """One answer of a sweep."""

    shelf: Shelf
    answered: RowsAnswered
    is_last: bool

    def instants(self, field: str) -> list[str]:
        """The instant of each listed order, in their order."""
        listed = self.shelf.listed
        return [(order.order_placed_at or EPOCH) if field == "orderPlacedAt" else order.updated_at for order in listed]

    def page(self, cursor: TimeCursor, *, is_last: bool, total: int | None = None) -> ChangePage:
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


class OpenOrders:
    """The list of orders that are not finished, oldest first."""

    def __init__(self, client: VendureClient, reading: Reading, *, size: int) -> None:
        """Ask for *size* orders at a time."""
        self._client, self._reading = client, reading
        self.source, self.size = reading.source, size

    async def page(self, call: SourceCall, mark: Mark | None) -> Turn:
        """The open orders from *mark* up."""
        return await self._turn(call, sweeps.open_options(mark, self.size))

    async def some(self, call: SourceCall, ids: Sequence[str]) -> Turn:
        """The orders with these ids, open or not."""
        return await self._turn(call, sweeps.by_ids(ids))

    async def _turn(self, call: SourceCall, options: dict[str, Any]) -> Turn:  # Any: GraphQL input
        answered = await self._client.orders(call, options)
        shelf = shelve(answered.items, self._reading)
        return Turn(
            kind=Kind.ORDER,
            listed=tuple(order.id for order in shelf.listed),
            seen=shelf.seen,
            failed=shelf.failed,
            instants=tuple(order.order_placed_at or EPOCH for order in shelf.listed),
            total=answered.total,
            is_last=len(answered.items) < int(options["take"]),
        )
