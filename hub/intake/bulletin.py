"""What the owner publishes of a source: breaker, pause, last words (design D8). A duty of `hub.gate.tend`.

The source's root is told of what matters to others: that its state or its breaker has moved, or what of it cannot be
read. Words of an error and instants are published and are no event.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from hub.call import Call
from hub.gate.crew import Crew
from hub.gate.gate import Gate
from hub.gate.owner import Held
from hub.merge.work import Fence, SourceNews, Work
from hub.merge.writer import Writer
from hub.store.leases import fence
from hub.store.source_states import SourceState, publish_state
from hub.store.store import Store

LOOK = 0.5  # seconds between looks
REFRESH = 5.0  # seconds after which instants are published and lag is judged even where nothing else moved


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """How a source does, out of what is stored."""

    state: str
    """As the graph shows it: also by its lag, its dead letters and what of it cannot be read."""
    unread: str | None = None
    """What of it cannot be read, in words."""


Judge = Callable[[Call, str], Awaitable[Judged]]


class Bulletin:
    """Keeps `source_state` true while this worker holds the source, and tells the source's root what moved."""

    size = 1

    def __init__(self, store: Store, writer: Writer, gate: Gate, judge: Judge) -> None:
        self._store = store
        self._writer = writer
        self._gate = gate
        self._judge = judge
        self._published: SourceState | None = None
        self._told: tuple[Judged, str] | None = None
        self._looks = 0

    async def begin(self, held: Held) -> None:
        """Whatever another owner said is no longer known here."""
        self._published = self._told = None

    async def turn(self, held: Held, crew: Crew) -> float:
        """Publish and tell what moved. Raises StoreBusy or Overtaken."""
        state, before = self._gate.state, self._published
        self._looks += 1
        is_time = self._looks * LOOK >= REFRESH
        moved = before is None or _said(before) != _said(state)
        if moved or (is_time and state != before):
            async with self._store.shard(held.call) as tx:
                await fence(tx, held.call.tenant, held.source, held.epoch)
                await publish_state(tx, held.call.tenant, held.source, state)
            self._published = state
        if moved or is_time:
            self._looks = 0
            await self._tell(held, state)
        return LOOK

    async def _tell(self, held: Held, state: SourceState) -> None:
        judged = await self._judge(held.call, held.source)
        if (judged, state.breaker) == self._told:
            return
        news = SourceNews(
            source=held.source,
            breaker=state.breaker,
            error=state.last_error,
            state=judged.state,
            unread=judged.unread,
            was=None if self._told is None else (self._told[0].state, self._told[1]),
        )
        await self._writer.write(held.call, Work(news=(news,), fence=Fence(source=held.source, epoch=held.epoch)))
        self._told = judged, state.breaker


def _said(state: SourceState) -> tuple[str, bool, str | None]:
    return state.breaker, state.is_paused, state.last_error
