"""`opshub search rebuild`: everything anew beside what readers see, one swap, then compared with the store.

The indexer goes on meanwhile. What changes while the new generation is filled is read from the log before the swap,
and again by the indexer after it: its place is set back to where this had caught up, so nothing falls between.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import groupby
from typing import TypeVar

from hub.errors import Conflict
from hub.search.bulk import PATIENT
from hub.search.compare import Comparison, Sample, compare
from hub.search.documents import entity_action, hop_action
from hub.search.hops import FAR, NEAR
from hub.search.ids import floor_of, millisecond_of
from hub.search.layout import MONTH, generation_at
from hub.search.means import Means
from hub.store.changelog import Place, end_of_log, read_after
from hub.store.followers import rewind_follower
from hub.store.indexing import (
    START,
    EntityKey,
    IndexedEntity,
    IndexedHop,
    count_of_entities,
    count_of_hops,
    entities_after,
    entities_by_keys,
    hops_after,
    tenants_of_hops,
)
from hub.store.lists import LISTINGS

Page = TypeVar("Page")
NAME = "search"
"""Of the follower that goes on afterwards."""
PAGE = 1_000
TELL = Callable[[int], None]
"""Told of so many documents more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a rebuild has made."""

    entities: int
    hops: int
    set_aside: int
    """Documents that the engine did not take as they are: only their keys stand there."""
    comparison: Comparison


@dataclass(slots=True, kw_only=True)
class _Filled:
    entities: int = 0
    hops: int = 0
    set_aside: int = 0
    sample: Sample = field(default_factory=Sample)


MILLISECOND = timedelta(milliseconds=1)


class Rebuild:
    """One run. Reads the store as role WORK; readers of the index notice nothing but the swap."""

    def __init__(self, means: Means, tell: TELL = lambda _: None) -> None:
        self._means = means
        self._tell = tell
        self._generations = means.generations
        self._name = generation_at(means.clock.now())
        self._made: dict[str, str] = {}
        self._filled = _Filled()

    async def total(self) -> int:
        """How many documents there will be, about."""
        async with self._means.store.survey() as tx:
            entities = await count_of_entities(tx)
            hops = await count_of_hops(tx, self._means.oldest, floor_of(millisecond_of(self._means.clock.now())))
        return sum(entities.values()) + sum(hops.values())

    async def run(self, *, restart: bool) -> Report:
        """Fill, catch up, swap, compare. Raises SearchAway, StoreBusy; run again, it begins anew.

        Raises Conflict where another run is under way or was broken off, unless *restart* drops what that has made.
        """
        await self._alone(restart=restart)
        await self._generations.prepare()
        await self._generations.begin(self._name)
        now = self._means.clock.now()
        self._made[now.strftime(MONTH)] = await self._generations.month(now, self._name, is_read=False)
        async with self._means.store.across() as tx:
            place = await end_of_log(tx)
        began = self._means.clock.now()
        await self._fill_entities()
        await self._fill_hops(floor_of(millisecond_of(self._means.oldest)))
        place = await self._caught_up(place)
        through = millisecond_of(self._means.clock.now())
        await self._fill_hops(floor_of(millisecond_of(began - FAR)), is_repeat=True)
        await self._generations.keep_place(self._name, through)
        await self._generations.publish(self._name)
        if place is not None:
            async with self._means.store.across() as tx:
                await rewind_follower(tx, NAME, place.position + 1)
        filled = self._filled
        compared = await compare(self._means, filled.sample, floor_of(through - NEAR // MILLISECOND))
        return Report(
            entities=filled.entities, hops=filled.hops, set_aside=filled.set_aside, comparison=compared
        )  # fmt: skip

    async def tidy(self) -> None:
        """Delete what readers saw before, once none of them can still be at it."""
        await self._generations.tidy()

    async def _alone(self, *, restart: bool) -> None:
        generations = self._generations
        current = await generations.current() or ""
        newer = [one for one in await generations.indices() if (generations.layout.generation_of(one) or "") > current]
        if newer and not restart:
            message = "another rebuild is under way, or was broken off: --restart drops what it has made"
            raise Conflict(message)
        await generations.drop(newer)

    async def _fill_entities(self) -> None:
        async for page in ahead(self._entities()):
            await self._write_entities(page)
            self._filled.entities += len(page)
            for row in page:
                self._filled.sample.entity(row)
            self._tell(len(page))

    async def _write_entities(self, page: Sequence[IndexedEntity]) -> None:
        index = self._generations.layout.entity_index(self._name)
        written = await self._means.bulk.write([entity_action(row, index, is_index=True) for row in page], PATIENT)
        self._filled.set_aside += written.set_aside

    async def _entities(self) -> AsyncIterator[Sequence[IndexedEntity]]:
        key = START
        while True:
            async with self._means.store.survey() as tx:
                page = await entities_after(tx, key, PAGE)
            if not page:
                return
            last = page[-1]
            key = EntityKey(tenant=last.tenant, kind=last.kind, id=last.id)
            yield page

    async def _fill_hops(self, after: str, *, is_repeat: bool = False) -> None:
        async for page in ahead(self._hops(after)):
            for month, hops in groupby(page, key=lambda one: one.started_at.strftime(MONTH)):
                await self._write_hops(month, list(hops))
            if not is_repeat:
                self._filled.hops += len(page)
                for row in page:
                    self._filled.sample.hop(row)
                self._tell(len(page))

    async def _write_hops(self, month: str, hops: Sequence[IndexedHop]) -> None:
        if month not in self._made:
            self._made[month] = await self._generations.month(hops[0].started_at, self._name, is_read=False)
        index = self._made[month]
        written = await self._means.bulk.write([hop_action(row, index, is_index=True) for row in hops], PATIENT)
        self._filled.set_aside += written.set_aside

    async def _hops(self, after: str) -> AsyncIterator[Sequence[IndexedHop]]:
        async with self._means.store.survey() as tx:
            tenants = await tenants_of_hops(tx)
        for tenant in tenants:
            last = after
            while True:
                async with self._means.store.survey() as tx:
                    page = await hops_after(tx, tenant, last, PAGE)
                if not page:
                    break
                last = page[-1].id
                kept = [one for one in page if one.started_at >= self._means.oldest]
                if kept:
                    yield kept

    async def _caught_up(self, place: Place | None) -> Place | None:
        """Write what has changed since *place*; where the log then stood."""
        while place is not None:
            async with self._means.store.across() as tx:
                lines = await read_after(tx, place, PAGE)
            if not lines:
                break
            place = lines[-1].place
            keys = dict.fromkeys(
                EntityKey(tenant=one.tenant, kind=one.change.kind, id=one.change.entity_id)
                for one in lines
                if one.change.kind in LISTINGS
            )
            async with self._means.store.survey() as tx:
                rows = await entities_by_keys(tx, list(keys))
            await self._write_entities(rows)
        return place


async def ahead(pages: AsyncIterator[Page]) -> AsyncIterator[Page]:
    """The same pages; the next one is read while one is worked on."""
    following = asyncio.ensure_future(anext(pages, None))
    try:
        while (page := await following) is not None:
            following = asyncio.ensure_future(anext(pages, None))
            yield page
    finally:
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)
