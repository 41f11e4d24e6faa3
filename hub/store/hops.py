"""Hops: buffered by the edges, written in batches, read by correlation id and root."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence

from sqlalchemy import insert

from hub.errors import StoreBusy
from hub.ports import Hop
from hub.store.store import Store
from hub.store.tables import hop, hop_root
from hub.store.tx import Tx
from hub.telemetry import logger

log = logger(__name__)

LIMIT = 20_000  # hops that may wait while the store is away; the oldest go first
BATCH = 500
EVERY = 0.2  # seconds between writes


async def put_hops(tx: Tx, hops: Sequence[Hop]) -> None:
    """Write hops and the roots they concern."""
    await tx.execute(insert(hop), [_row(one) for one in hops])
    roots = [
        {"tenant": one.tenant, "root_id": root, "hop_id": one.id} for one in hops for root in dict.fromkeys(one.roots)
    ]
    if roots:
        await tx.execute(insert(hop_root), roots)


class HopWriter:
    """The Recorder of a process: never blocks its caller. `store` is of role WORK."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._waiting: deque[Hop] = deque(maxlen=LIMIT)
        self.dropped = 0
        """Hops lost because the store was away for too long."""

    def record(self, hop: Hop) -> None:
        """Keep the hop for the next write."""
        if len(self._waiting) == LIMIT:
            self.dropped += 1
        self._waiting.append(hop)

    async def run(self) -> None:
        """Write what waits, for ever; what still waits when cancelled is written last."""
        try:
            while True:
                await self.flush()
                await asyncio.sleep(EVERY)
        finally:
            await self.flush()

    async def flush(self) -> None:
        """Write what waits; where the store is away it goes on waiting."""
        while self._waiting:
            batch = [self._waiting.popleft() for _ in range(min(BATCH, len(self._waiting)))]
            try:
                async with self._store.across() as tx:
                    await put_hops(tx, batch)
            except StoreBusy as away:
                self._waiting.extendleft(reversed(batch))
                log.warning("hops.store_away", error=away.message, dropped=self.dropped)
                return


def _row(one: Hop) -> dict[str, object]:
    return {
        "tenant": one.tenant,
        "id": one.id,
        "correlation_id": one.correlation_id,
        "parent_id": one.parent_id,
        "kind": one.kind.value,
        "system": one.system.value,
        "source": one.source,
        "operation": one.operation,
        "outcome": one.outcome.value,
        "attempt": one.attempt,
        "started_at": one.started_at,
        "duration_ms": one.duration_ms,
        "waiting_ms": one.waiting_ms,
        "error": one.error,
    }
