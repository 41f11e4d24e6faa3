"""How long changes are kept: old lines go in chunks, oldest first; who resumes from before them is told so.

The floor is raised first, in a transaction of its own: from then on a cursor from below it is CURSOR_EXPIRED, whether
its lines are still there or not. The lines follow in transactions that hold nothing anybody waits for. Several workers
may do this at once: each does part of the same work.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta

from hub.errors import StoreBusy
from hub.store.retention import Cut, drop_below_floor, raise_floor, where_to_cut
from hub.store.store import Store
from hub.telemetry import logger

log = logger(__name__)

CHUNK = 5_000  # lines of one transaction
PAUSE = 0.05  # seconds between chunks
LOOK = 60.0  # seconds between looks where nothing is old enough


class Retention:
    """Cuts the log. `store` is of role WORK.

    What a follower has not read is kept beyond *keep*, up to *unread*; both are said, once each time it begins.
    """

    def __init__(self, store: Store, keep: timedelta, unread: timedelta) -> None:
        self._store = store
        self._keep = keep
        self._unread = max(keep, unread)
        self._said: tuple[str | None, bool, bool] = (None, False, False)

    async def run(self) -> None:
        """Cut until cancelled; a store that is away is waited for."""
        while True:
            try:
                gone = await self.turn()
            except StoreBusy as away:
                log.warning("retention.store_away", error=away.message)
                gone = 0
            await asyncio.sleep(PAUSE if gone else LOOK)

    async def turn(self) -> int:
        """Drop at most one chunk; how many lines went."""
        async with self._store.across() as tx:
            gone = await drop_below_floor(tx, CHUNK)
        if gone:
            return gone
        async with self._store.across() as tx:
            cut = await where_to_cut(tx, self._keep, self._unread, CHUNK)
            moved = cut.position is not None and await raise_floor(tx, cut.position)
        self._say(cut)
        if not moved:
            return 0
        async with self._store.across() as tx:
            return await drop_below_floor(tx, CHUNK)

    def _say(self, cut: Cut) -> None:
        said = (cut.behind, cut.is_held, cut.is_lost)
        if said == self._said:
            return
        self._said = said
        if cut.is_lost:
            log.error("retention.dropped_unread", follower=cut.behind, position=cut.position)
        elif cut.is_held:
            log.warning("retention.held_for_follower", follower=cut.behind)
