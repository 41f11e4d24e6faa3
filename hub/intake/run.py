"""One run of one sweep: page by page from where the last page left off, coverage only at the end (design D3, D8)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from hub.call import Call
from hub.clock import Clock
from hub.errors import CursorExpired, HubFault, Overtaken, SourceGarbled, StoreBusy
from hub.failpoint import reached
from hub.gate.errand import Errand, Urgency
from hub.gate.feed import Feed
from hub.gate.gate import Gate
from hub.gate.owner import Held
from hub.intake.applying import BatchSize, apply_each, cut, write_seen
from hub.intake.plan import Planned
from hub.merge.work import Fence, HintRaise, Work
from hub.merge.writer import Writer
from hub.model.changes import Origin
from hub.model.observation import Observation, Seen
from hub.model.sweeping import SweepMark
from hub.model.vocabulary import Kind
from hub.ports import ChangePage
from hub.store.cursors import begin_run
from hub.store.store import Store

DIRTY_PRIORITY = 8
"""Of the hint for an object that a sweep could not apply: it is tried again, after everything else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """What the runs of one source share."""

    store: Store
    writer: Writer
    gate: Gate
    clock: Clock
    batches: defaultdict[Kind, BatchSize] = field(default_factory=lambda: defaultdict(BatchSize))
    """How many objects of a kind go into one transaction: an order weighs more than a product."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run. `is_over` tells it to stop after a page: the next run goes on from there."""

    route: Route
    held: Held
    call: Call
    """With a correlation id of its own."""
    planned: Planned
    is_over: Callable[[], bool]

    async def go(self) -> None:
        """Run to the end. Raises what the gate raises, StoreBusy and Overtaken; what was applied stays applied."""
        stand = self.planned.stand
        cursor = None if stand is None else stand.cursor
        started = None if stand is None else stand.run_started_at  # of a run that was left in the middle
        try:
            await self._from(cursor, started or await self._begin(restart=False))
        except CursorExpired:
            await self._from(None, await self._begin(restart=True))

    async def _from(self, cursor: Mapping[str, Any] | None, started: datetime) -> None:
        feed = self.route.gate.feed(self._errand(), (self.planned.kind, self.planned.sweep.name), cursor)
        try:
            await self._pages(feed, started)
        finally:
            await feed.close()

    async def _begin(self, *, restart: bool) -> datetime:
        where = (self.held.source, self.planned.kind, self.planned.sweep.name)
        async with self.route.store.shard(self.call) as tx:
            return await begin_run(tx, self.call.tenant, where, restart=restart)

    async def _pages(self, feed: Feed, run_started: datetime) -> None:
        while True:
            asked = await self._now()
            page = await feed.next()
            if page is None:
                message = "the sweep ended without its last page"
                raise SourceGarbled(message, source=self.held.source)
            answered = await self._now()
            reached("w4")
            await self._apply(page, (asked, answered), run_started)
            if page.is_last or self.is_over():
                return

    async def _apply(self, page: ChangePage, asked: tuple[datetime, datetime], run_started: datetime) -> None:
        """Apply a page in transactions of bearable length; the cursor moves with the last of them."""
        rest, spoilt = list(page.found), list[Seen]()
        while len(rest) > (size := self._batch.size):
            part, rest = cut(rest, size)
            spoilt += await apply_each(part, lambda seen: self._write(self._told(seen, asked)))
        ending = self._told(rest, asked)
        try:
            await self._write(self._marked(ending, page, run_started, spoilt))
        except (StoreBusy, Overtaken):
            raise
        except HubFault:
            spoilt += await apply_each(rest, lambda seen: self._write(self._told(seen, asked)))
            await self._write(self._marked(self._told((), asked), page, run_started, spoilt))

    async def _write(self, work: Work) -> None:
        began = self.route.clock.monotonic()
        await write_seen(self.route.writer, self.call, work)
        if work.observations:
            self._batch.took(len(work.observations), self.route.clock.monotonic() - began)

    def _told(self, seen: Sequence[Seen], asked: tuple[datetime, datetime]) -> Work:
        started, finished = asked
        version = self.route.gate.binding.manifest.mapping_version
        return Work(
            observations=tuple(
                Observation(
                    source=self.held.source,
                    seen=one,
                    started=started,
                    finished=finished,
                    mapping_version=version,
                    correlation_id=self.call.correlation_id,
                )
                for one in seen
            ),
            fence=Fence(source=self.held.source, epoch=self.held.epoch),
            origin=Origin.BASELINE if self.planned.is_load else Origin.LIVE,
        )

    def _marked(self, work: Work, page: ChangePage, run_started: datetime, spoilt: Sequence[Seen]) -> Work:
        """The work with the cursor after the page, and a hint for each object that could not be applied."""
        covers = page.is_last and self.planned.sweep.covers and self.planned.completes
        mark = SweepMark(
            source=self.held.source,
            kind=self.planned.kind,
            sweep=self.planned.sweep.name,
            cursor=page.cursor,
            covered_through=run_started if covers else None,
            seen=len(page.found),
            total=page.total,
            ends=page.is_last,
        )
        hints = tuple(
            HintRaise(
                source=self.held.source,
                kind=one.kind,
                source_id=one.source_id,
                reason="dirty",
                priority=DIRTY_PRIORITY,
            )
            for one in spoilt
        )
        return replace(work, marks=(mark,), hints=hints)

    @property
    def _batch(self) -> BatchSize:
        return self.route.batches[self.planned.kind]

    async def _now(self) -> datetime:
        async with self.route.store.glance(self.call) as tx:
            return await tx.now()

    def _errand(self) -> Errand:
        urgency = Urgency.LOAD if self.planned.is_load else Urgency.SWEEP
        return Errand(call=self.call, urgency=urgency, epoch=self.held.epoch)
