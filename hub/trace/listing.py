"""The list of traces, page by page; nobody who is confined to an account sees any."""

from __future__ import annotations

from dataclasses import dataclass, field

from hub.call import Call
from hub.codec import digest
from hub.model.trace import TraceFilter, TraceSummary
from hub.seal import Seal
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


class Traces:
    """Finds traces. `store` is of role SERVE: row security on."""

    def __init__(self, store: Store, seal: Seal) -> None:
        self._store = store
        self._seal = seal

    async def page(self, call: Call, wanted: TracesWanted) -> TracePage:
        """Some of them. One statement. Raises CursorInvalid for a cursor of another caller or filter."""
        if call.account is not None:
            return TracePage()
        binding = f"traces\x1f{call.principal}\x1f{digest(wanted.filter)}"
        after = None if wanted.after is None else self._seal.open(binding, wanted.after, TraceSummary)
        async with self._store.glance(call) as tx:
            rows = await list_traces(tx, call.tenant, wanted.filter, wanted.size + 1, after)
        return TracePage(
            rows=tuple((row, self._seal.close(binding, row)) for row in rows[: wanted.size]),
            has_more=len(rows) > wanted.size,
        )

    async def count(self, call: Call, wanted: TracesWanted) -> int:
        """How many there are in all. One statement."""
        if call.account is not None:
            return 0
        async with self._store.glance(call) as tx:
            return await count_traces(tx, call.tenant, wanted.filter)
