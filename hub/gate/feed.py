"""The pages of one sweep, each a call of its own at the gate."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any

from hub.ports import ChangePage, SourceCall, Turnstile

Start = AsyncIterator[ChangePage]
Act = Callable[[SourceCall], Awaitable[ChangePage | None]]


class Feed:
    """Asks for one page after the other. After an error the next page is asked for anew, from the last cursor."""

    def __init__(
        self,
        visit: Callable[[Act], Awaitable[ChangePage | None]],
        start: Callable[[SourceCall, Mapping[str, Any] | None], Start],
        cursor: Mapping[str, Any] | None,
    ) -> None:
        self._visit = visit
        self._start = start
        self._cursor = cursor
        self._pages: Start | None = None
        self._turnstile = _Present()

    async def next(self) -> ChangePage | None:
        """The next page; None after the last."""
        page = await self._visit(self._step)
        if page is not None:
            self._cursor = page.cursor
        return page

    async def close(self) -> None:
        """Give up what is open."""
        pages, self._pages = self._pages, None
        if isinstance(pages, AsyncGenerator):
            await pages.aclose()

    async def _step(self, call: SourceCall) -> ChangePage | None:
        self._turnstile.now = call.turnstile
        if self._pages is None:
            self._pages = self._start(replace(call, turnstile=self._turnstile), self._cursor)
        try:
            return await anext(self._pages, None)
        except BaseException:
            self._pages = None  # an iterator that raised is over
            raise


class _Present:
    """The turnstile of the page being asked for: an iterator keeps the call it was started with."""

    now: Turnstile

    async def admit(self, *, has_effect: bool) -> None:
        """As the present page's turnstile says."""
        await self.now.admit(has_effect=has_effect)

    def written(self) -> None:
        """As above."""
        self.now.written()
