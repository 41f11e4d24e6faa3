"""What the owner publishes of a source: breaker, pause, last words (design D8). A duty of `hub.gate.tend`."""

from __future__ import annotations

from hub.gate.crew import Crew
from hub.gate.gate import Gate
from hub.gate.owner import Held
from hub.merge.work import Fence, SourceNews, Work
from hub.merge.writer import Writer
from hub.store.leases import fence
from hub.store.source_states import SourceState, publish_state
from hub.store.store import Store

LOOK = 0.5  # seconds between looks
REFRESH = 5.0  # seconds after which the instants are published even where nothing else moved


class Bulletin:
    """Keeps `source_state` true while this worker holds the source, and tells the source's root what moved."""

    size = 1

    def __init__(self, store: Store, writer: Writer, gate: Gate) -> None:
        self._store = store
        self._writer = writer
        self._gate = gate
        self._published: SourceState | None = None
        self._looks = 0

    async def begin(self, held: Held) -> None:
        """Whatever another owner said is no longer known here."""
        self._published = None

    async def turn(self, held: Held, crew: Crew) -> float:
        """Publish what moved. Raises StoreBusy or Overtaken."""
        state, before = self._gate.state, self._published
        self._looks += 1
        moved = before is None or _said(before) != _said(state)
        if moved or (state != before and self._looks * LOOK >= REFRESH):
            async with self._store.shard(held.call) as tx:
                await fence(tx, held.call.tenant, held.source, held.epoch)
                await publish_state(tx, held.call.tenant, held.source, state)
            self._looks = 0
        if moved:
            news = SourceNews(source=held.source, breaker=state.breaker, error=state.last_error)
            await self._writer.write(held.call, Work(news=(news,), fence=Fence(source=held.source, epoch=held.epoch)))
        self._published = state if moved or not self._looks else before
        return LOOK


def _said(state: SourceState) -> tuple[str, bool, str | None]:
    return state.breaker, state.is_paused, state.last_error
