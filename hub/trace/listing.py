"""The list of traces, page by page; nobody who is confined to an account sees any."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from hub.call import Call
from hub.codec import digest
from hub.model.trace import TraceFilter, TraceSummary
from hub.seal import Seal
from hub.search.port import Search
from hub.store.store import Store
from hub.store.traces import count_traces, list_traces


@dataclass(frozen=True, slots=True, kw_only=True)
class TracesWanted:
    """Which traces."""

    filter: TraceFilter = field(default_factory=TraceFilter)
    size: int = 20
    after: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TracePage:
    """Some of them, the one that moved last first, each with its cursor."""

    rows: tuple[tuple[TraceSummary, str], ...] = ()
    has_more: bool = False
    degraded: bool = False
    """The search engine did not answer: a text was looked for as it is written."""


class Traces:
    """Finds traces. `store` is of role SERVE: row security on."""

    def __init__(self, store: Store, seal: Seal, search: Search) -> None:
        self._store = store
        self._seal = seal
        self._search = search

    async def page(self, call: Call, wanted: TracesWanted) -> TracePage:
        """Some of them. One statement. Raises CursorInvalid for a cursor of another caller or filter."""
        if call.account is not None:
            return TracePage()
        binding = f"traces\x1f{call.principal}\x1f{digest(wanted.filter)}"
        after = None if wanted.after is None else self._seal.open(binding, wanted.after, TraceSummary)
        narrowed, degraded = await self._narrowed(call, wanted.filter)
        async with self._store.glance(call) as tx:
            rows = await list_traces(tx, call.tenant, narrowed, wanted.size + 1, after)
        return TracePage(
            degraded=degraded,
            rows=tuple((row, self._seal.close(binding, row)) for row in rows[: wanted.size]),
            has_more=len(rows) > wanted.size,
        )

    async def count(self, call: Call, wanted: TracesWanted) -> int:
        """How many there are in all. One statement."""
        if call.account is not None:
            return 0
        narrowed, _ = await self._narrowed(call, wanted.filter)
        async with self._store.glance(call) as tx:
            return await count_traces(tx, call.tenant, narrowed)

    async def _narrowed(self, call: Call, asked: TraceFilter) -> tuple[TraceFilter, bool]:
        """The filter with a text turned into the roots that bear it, where somebody knows them."""
        if asked.text is None:
            return asked, False
        stories = await self._search.stories(call, asked.text)
        if stories.roots is None:
            return asked, stories.degraded
        roots = stories.roots if asked.roots is None else tuple(one for one in asked.roots if one in stories.roots)
        return replace(asked, text=None, roots=roots), stories.degraded
