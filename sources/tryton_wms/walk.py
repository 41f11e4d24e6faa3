"""The sweeps, page by page."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from hub.model.observation import Seen
from hub.model.vocabulary import Kind
from hub.ports import ChangePage, SourceCall
from sources.kit.cursors import moment
from sources.kit.decoding import decoded
from sources.kit.paging import LoopGuard
from sources.tryton_wms import asks, sweeps
from sources.tryton_wms.client import Search, TrytonClient
from sources.tryton_wms.mapping import Reading
from sources.tryton_wms.shelf import Shelf, shelve
from sources.tryton_wms.sweeps import EPOCH, ChangedCursor, ListCursor
from sources.tryton_wms.wire import Dated


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One answer of a sweep."""

    shelf: Shelf
    clock: datetime | None
    is_last: bool

    def page(
        self, cursor: msgspec.Struct, *, is_last: bool, total: int | None = None, gone: Sequence[Seen] = ()
    ) -> ChangePage:
        """What the hub gets of it."""
        return ChangePage(
            found=(*(seen for group in self.shelf.seen.values() for seen in group), *gone),
            failed=self.shelf.failed,
            cursor=msgspec.to_builtins(cursor),
            is_last=is_last,
            total=total,
        )


class Walk:
    """Walks the lists of one warehouse system, one sweep at a time."""

    def __init__(self, client: TrytonClient, reading: Reading, *, page: int) -> None:
        """Ask for *page* objects at a time."""
        self._client = client
        self._reading = reading
        self._size = page

    async def changed(self, call: SourceCall, kind: Kind, given: Mapping[str, Any] | None) -> AsyncIterator[ChangePage]:
        """Pages of `changed`: everything once, then what was written since."""
        cursor = sweeps.changed_cursor(given) if given is not None else None
        guard = LoopGuard(self._reading.source)
        if cursor is None:
            there = await self._client.count(call, asks.MODELS[kind], asks.scope(kind), asks.ALL_OF_THEM)
            cursor = ChangedCursor(seen=sweeps.spelt(EPOCH), down=True, total=there)
        if cursor.until is None:
            newest = max(await self._newest(call, kind), moment(cursor.seen))
            cursor = msgspec.structs.replace(cursor, until=sweeps.spelt(newest))
        while True:
            guard.pass_by(cursor.at)
            turn = await self._turn(call, kind, self._ask(kind, cursor))
            sweeps.refuse_future(cursor, turn.clock)
            total = cursor.total
            if turn.is_last:
                cursor = ChangedCursor(seen=cursor.until or cursor.seen)
            else:
                cursor = msgspec.structs.replace(cursor, at=turn.shelf.ids[-1])
            yield turn.page(cursor, is_last=turn.is_last, total=total)
            if turn.is_last:
                return

    async def listed(self, call: SourceCall, kind: Kind, given: Mapping[str, Any] | None) -> AsyncIterator[ChangePage]:
        """Pages of `open` or `all`: what is on the list, then what has left it since the run before."""
        cursor = sweeps.list_cursor(given)
        guard = LoopGuard(self._reading.source)
        while True:
            guard.pass_by((cursor.at, len(cursor.left or ())))
            step = self._read_left if cursor.left else self._list
            page, cursor = await step(call, kind, cursor)
            yield page
            if page.is_last:
                return

    async def _list(self, call: SourceCall, kind: Kind, cursor: ListCursor) -> tuple[ChangePage, ListCursor]:
        ask = asks.page_open if kind is Kind.SHIPMENT else None
        search = ask(cursor.at, self._size) if ask else asks.page_up(kind, cursor.at, self._size)
        turn = await self._turn(call, kind, search)
        now = [*cursor.now, *turn.shelf.ids]
        if not turn.is_last:
            after = ListCursor(was=cursor.was, now=now, at=turn.shelf.ids[-1])
            return turn.page(after, is_last=False), after
        left = sorted(set(cursor.was) - set(now))
        after = ListCursor(was=cursor.was, now=now, at=cursor.at, left=left) if left else ListCursor(was=now)
        return turn.page(after, is_last=not left), after

    async def _read_left(self, call: SourceCall, kind: Kind, cursor: ListCursor) -> tuple[ChangePage, ListCursor]:
        left = cursor.left or []
        ids, rest = left[: self._size], left[self._size :]
        turn = await self._turn(call, kind, asks.by_ids(kind, ids))
        gone = [one for one in ids if one not in turn.shelf.ids]
        after = (
            ListCursor(was=cursor.was, now=cursor.now, at=cursor.at, left=rest) if rest else ListCursor(was=cursor.now)
        )
        return turn.page(after, is_last=not rest, gone=[one for each in gone for one in absent(kind, str(each))]), after

    def _ask(self, kind: Kind, cursor: ChangedCursor) -> Search:
        if cursor.down:
            return asks.page_down(kind, cursor.at, self._size)
        return asks.page_since(kind, cursor.since(), cursor.at, self._size)

    async def _newest(self, call: SourceCall, kind: Kind) -> datetime:
        """The newest date there is: what is written from now on bears a later one, or comes with the overlap."""
        found = EPOCH
        for search in asks.newest(kind):
            for raw in (await self._client.search(call, search)).items:
                row = decoded(raw, Dated, source=self._reading.source, at="$.result[0]")
                found = max(found, row.written())
        return found

    async def _turn(self, call: SourceCall, kind: Kind, search: Search) -> Turn:
        rows = await self._client.search(call, search)
        shelf = shelve(rows.items, kind, self._reading)
        return Turn(shelf=shelf, clock=rows.clock, is_last=len(rows.items) < search.limit)


def absent(kind: Kind, source_id: str) -> tuple[Seen, ...]:
    """What is told of an object that is not there: a shipment is gone as both that it was."""
    both = (Kind.SHIPMENT, Kind.FULFILLMENT_ORDER)
    kinds = both if kind in both else (kind,)
    return tuple(Seen(kind=one, source_id=source_id, content=None) for one in kinds)
