"""The indexer: a follower of the log that writes one document per entity, and beside it one per hop.

The store is the buffer: while the engine is away nothing is read, and nobody waits for it. One process does it at a
time: whoever holds the seat of the follower.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from hub.changes.follow import Following, Holding, follow
from hub.errors import HubError, SearchAway
from hub.search.documents import entity_action
from hub.search.hops import Hops
from hub.search.means import Means
from hub.search.rebuild import NAME, Rebuild
from hub.store.changelog import LoggedChange
from hub.store.followers import stands
from hub.store.indexing import EntityKey, entities_by_keys
from hub.store.lists import LISTINGS
from hub.telemetry import logger

log = logger(__name__)

PAUSE = 1.0  # seconds between turns
REST = 5.0  # seconds after a turn that failed
DAILY = 3600.0  # seconds between looks for months that are too old


class Indexer:
    """Keeps the index like the store, whenever this process holds the seat."""

    def __init__(self, following: Following, means: Means) -> None:
        self._following = following
        self._means = means
        self._hops = Hops(means)
        self._cleaned = float("-inf")

    async def run(self) -> None:
        """Index until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(follow(self._following, self.apply))
            group.create_task(self._tend())

    async def apply(self, page: Sequence[LoggedChange], held: Holding) -> None:
        """Write the entities that a page tells of, as they are now. Raises SearchAway, StoreBusy, Overtaken."""
        keys = dict.fromkeys(
            EntityKey(tenant=one.tenant, kind=one.change.kind, id=one.change.entity_id)
            for one in page
            if one.change.kind in LISTINGS
        )
        if not keys:
            return
        held.check()
        await self._means.generations.expected()  # else the engine would make an index of its own
        async with self._means.store.survey() as tx:
            rows = await entities_by_keys(tx, list(keys))
        alias = self._means.generations.layout.entities
        written = await self._means.bulk.write([entity_action(row, alias) for row in rows])
        if written.homeless:
            message = "OpenSearch: the index of entities is not there"
            raise SearchAway(message)

    async def turn(self) -> int:
        """Make the first generation where there is none, then index hops; how many. Raises SearchAway, StoreBusy."""
        generation = await self._means.generations.current()
        if generation is None:
            report = await Rebuild(self._means).run(restart=True)
            log.info("search.built", count=report.entities + report.hops)
            generation = await self._means.generations.expected()
        await self._clean()
        return await self._hops.turn(generation)

    async def _tend(self) -> None:
        while True:
            wait = PAUSE
            try:
                if await self._is_ours():
                    await self.turn()
            except HubError as wrong:
                log.warning("search.hops_stand", error=wrong.message)
                wait = REST
            await asyncio.sleep(wait)

    async def _is_ours(self) -> bool:
        async with self._means.store.survey() as tx:
            return any(one.name == NAME and one.holder == self._following.seat.holder for one in await stands(tx))

    async def _clean(self) -> None:
        now = self._means.clock.monotonic()
        if now - self._cleaned < DAILY:
            return
        generations = self._means.generations
        await generations.tidy()
        oldest = self._means.clock.now() - self._means.retention
        gone = generations.layout.expired(await generations.indices(), oldest)
        await generations.drop(gone)
        for index in gone:
            log.info("search.expired", name=index)
        self._cleaned = now
