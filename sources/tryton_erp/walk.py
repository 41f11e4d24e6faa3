"""The sweeps of records, page by page."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

import msgspec

from hub.model.vocabulary import Kind
from hub.ports import ChangePage, SourceCall
from sources.kit.paging import LoopGuard
from sources.tryton_erp import sweeps
from sources.tryton_erp.catalog import SHELVES, Clause
from sources.tryton_erp.client import TrytonClient
from sources.tryton_erp.manifest import OPEN_STATES, OVERLAP
from sources.tryton_erp.reader import Page, Reader
from sources.tryton_erp.sweeps import ListCursor, TimeCursor


class Walk:
    """Walks one kind at a time, newest record first."""

    def __init__(self, client: TrytonClient, reader: Reader, *, source: str, page: int) -> None:
        """Ask for *page* records at a time."""
        self._client, self._reader = client, reader
        self._source, self._size = source, page

    async def changed(self, call: SourceCall, kind: Kind, given: Mapping[str, Any] | None) -> AsyncIterator[ChangePage]:
        """Pages of what was written since the run before; everything the first time."""
        cursor = sweeps.time_cursor(given, OVERLAP)
        guard = LoopGuard(self._source)
        total = None
        if given is None:
            total = await self._client.count(call, SHELVES[kind].model, SHELVES[kind].domain)
        while True:
            guard.pass_by(cursor)
            page = await self._reader.page(call, kind, self._wanted(kind, cursor), self._size)
            sweeps.refuse_future(cursor, page.clock)
            is_last = len(page.ids) < self._size
            cursor = sweeps.advanced(cursor, page.ids, page.top, is_last=is_last)
            yield _told(page, cursor, is_last=is_last, total=total)
            if is_last:
                return

    async def open(self, call: SourceCall, given: Mapping[str, Any] | None) -> AsyncIterator[ChangePage]:
        """Pages of sales that are not finished."""
        cursor = sweeps.list_cursor(given)
        guard = LoopGuard(self._source)
        states: Clause = ["state", "in", list(OPEN_STATES)]
        total = None if cursor.at else await self._client.count(call, SHELVES[Kind.ORDER].model, [states])
        while True:
            guard.pass_by(cursor.at)
            page = await self._reader.page(call, Kind.ORDER, [states, *_below(cursor.at)], self._size)
            is_last = len(page.ids) < self._size
            cursor = ListCursor() if is_last else ListCursor(at=min(page.ids))
            yield _told(page, cursor, is_last=is_last, total=total)
            if is_last:
                return

    def _wanted(self, kind: Kind, cursor: TimeCursor) -> list[Clause]:
        shelf = SHELVES[kind]
        stamps = shelf.stamps(self._reader.lacking(shelf))
        since = [] if cursor.since is None else [sweeps.written_since(stamps, cursor.since)]
        return [*since, *_below(cursor.at)]


def _below(at: int | None) -> Sequence[Clause]:
    return [] if at is None else [["id", "<", at]]


def _told(page: Page, cursor: msgspec.Struct, *, is_last: bool, total: int | None) -> ChangePage:
    plain = {name: value for name, value in msgspec.to_builtins(cursor).items() if value is not None}
    return ChangePage(
        found=tuple(seen for group in page.seen.values() for seen in group),
        failed=page.failed,
        cursor=plain,
        is_last=is_last,
        total=total,
    )
