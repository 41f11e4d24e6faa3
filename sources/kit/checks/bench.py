"""What every check works with: a stage at rest, adapters that are logged in, and words for what went wrong."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any, TypeVar

from hub.errors import HubError, SourceMisset
from hub.gate.login import SingleLogin
from hub.model.effects import CancelOrder, CancelReason, CancelTarget
from hub.model.intents import IntentOf
from hub.model.observation import Content
from hub.model.vocabulary import Kind
from hub.ports import Adapter, ChangePage, Found
from sources.kit.stage import Stage

T = TypeVar("T")
E = TypeVar("E", bound=BaseException)
ACTION = "order.cancel"
BY_LINE = "order.cancel.lines"
"""What a manifest calls absent whose source cancels whole orders only."""


def expect(holds: object, words: str) -> None:
    """Raise AssertionError with *words* unless it holds."""
    if not holds:
        raise AssertionError(words)


def by_line(adapter: Adapter) -> bool:
    """Whether single units can be cancelled, not only whole orders."""
    return BY_LINE not in adapter.describe().absent


def totals(intent: IntentOf[CancelOrder]) -> list[int]:
    """Units that should be off each targeted line."""
    return [int(line.cancelled) for line in intent.content.lines]


class Bench:
    """One check's place of work."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.call = stage.call()
        self.kind = stage.kind
        stage.proxy.heal()
        stage.proxy.forget()

    @asynccontextmanager
    async def adapter(
        self, *, page: int | None = None, secrets: Sequence[str] = (), skew: float = 0
    ) -> AsyncIterator[Adapter]:
        """An adapter with a fresh session."""
        adapter = self.stage.connect(page=page, secrets=secrets, skew=skew)
        try:
            await adapter.login(self.call)
            yield adapter
        finally:
            await adapter.close()

    async def content(self, adapter: Adapter, order_id: str) -> Content:
        """What the adapter reads of one object."""
        found = (await adapter.read(self.call, self.kind, [order_id]))[order_id]
        expect(isinstance(found, Found), f"{order_id} exists at the source, and read says {type(found).__name__}")
        content = found.seen[0].content if isinstance(found, Found) else None
        if content is None:
            message = f"{order_id} is found and has no content"
            raise AssertionError(message)
        return content

    async def cancel(
        self, adapter: Adapter, order_id: str, *targets: int, whole: bool = False
    ) -> IntentOf[CancelOrder]:
        """The intent that the first lines stand at these cancelled totals; the whole order where no less is offered."""
        lines = (await self.content(adapter, order_id)).lines
        if not by_line(adapter):
            return self.intent(order_id, [(line.id, int(line.quantities.ordered or 0)) for line in lines], whole=True)
        return self.intent(
            order_id, [(line.id, total) for line, total in zip(lines, targets, strict=False)], whole=whole
        )

    def intent(
        self, order_id: str, targets: Sequence[tuple[str, int]], *, whole: bool = False, note: str | None = None
    ) -> IntentOf[CancelOrder]:
        """The intent that these lines stand at these cancelled totals."""
        lines = tuple(
            CancelTarget(line=line, line_no=number, cancelled=Decimal(total))
            for number, (line, total) in enumerate(targets, start=1)
        )
        return IntentOf(
            source=self.stage.source,
            kind=self.kind,
            source_id=order_id,
            action=ACTION,
            key=f"shop/cancel:{order_id}",
            content=CancelOrder(lines=lines, reason=CancelReason.CUSTOMER, whole=whole, note=note),
        )

    async def cancelled(self, order_id: str) -> list[int]:
        """Units that are off each line, oldest line first, by the source's own word."""
        lines = (await self.stage.truth(order_id)).lines
        return [lines[one].ordered - lines[one].left for one in sorted(lines, key=lambda one: (len(one), one))]

    async def walk(
        self, adapter: Adapter, sweep: str, cursor: Mapping[str, Any] | None = None, *, kind: Kind | None = None
    ) -> tuple[list[ChangePage], Mapping[str, Any]]:
        """A whole run of a sweep and its last cursor."""
        pages = [page async for page in adapter.changes(self.call, kind or self.kind, sweep, cursor)]
        expect(pages and pages[-1].is_last, f"the sweep {sweep} does not end with a page that says it is the last")
        expect(all(not page.is_last for page in pages[:-1]), f"the sweep {sweep} goes on after its last page")
        return pages, pages[-1].cursor

    def requests(self, holding: bytes) -> int:
        """Requests with this in their first line or body since the check began."""
        return sum(1 for exchange in self.stage.proxy.exchanges if holding in exchange.said)


async def raised(act: Awaitable[object], kind: type[E], when: str) -> E:
    """The error that *act* raises, which must be a *kind*."""
    try:
        result = await act
    except kind as error:
        return error
    except Exception as other:
        message = f"{when}: {type(other).__name__} ({other}) where {kind.__name__} is right"
        raise AssertionError(message) from other
    message = f"{when}: an answer ({result!r:.200}) where {kind.__name__} is right"
    raise AssertionError(message)


def refused(act: Callable[[], object], kind: type[E], when: str) -> E:
    """The error that calling *act* raises, which must be a *kind*."""
    try:
        act()
    except kind as error:
        return error
    message = f"{when}: accepted where {kind.__name__} is right"
    raise AssertionError(message)


class Sessions:
    """Logs in once for all who found their session expired, with the gate's own login."""

    def __init__(self, bench: Bench, adapter: Adapter) -> None:
        self._bench, self._adapter = bench, adapter
        self._login = SingleLogin()

    async def through(self, act: Callable[[], Awaitable[T]]) -> T:
        """The result of *act*, with one login and one more try where the session had expired."""
        known = self._login.generation
        try:
            return await act()
        except SourceMisset as ended:
            if not ended.facts.get("expired"):
                raise
        await self._login.renew(known, lambda: self._adapter.login(self._bench.call))
        return await act()


async def in_time(act: Awaitable[T], seconds: float, when: str) -> T:
    """The result of *act*, which must come within *seconds*."""
    try:
        async with asyncio.timeout(seconds):
            return await act
    except TimeoutError as slow:
        message = f"{when}: took longer than {seconds} s"
        raise AssertionError(message) from slow


def everything_in(error: HubError) -> str:
    """All that an error could show to a log."""
    parts = [str(error), repr(error), repr(error.facts)]
    cause = error.__cause__ or error.__context__
    if cause is not None:
        parts.append(repr(cause))
    return " ".join(parts)
