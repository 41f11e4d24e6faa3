"""One run of one sweep: page by page from where the last page left off, coverage only at the end (design D3, D8)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from hub.call import Call
from hub.clock import Clock
from hub.codec import digest
from hub.errors import CursorExpired, HubFault, Overtaken, SourceGarbled, StoreBusy
from hub.failpoint import reached
from hub.gate.errand import Errand, Urgency
from hub.gate.feed import Feed
from hub.gate.gate import Gate
from hub.gate.owner import Held
from hub.intake.applying import BatchSize, apply_each, cut, spoilt_hint, write_seen
from hub.intake.muster import PATIENCE, STAGED, ties
from hub.intake.plan import Planned
from hub.merge.work import Applied, Fence, HintRaise, Work
from hub.merge.writer import Writer
from hub.model.changes import Origin
from hub.model.observation import Observation, Seen
from hub.model.sweeping import SweepMark
from hub.model.vocabulary import Kind
from hub.ports import ChangePage
from hub.store.cursors import begin_run
from hub.store.cursors import mark as write_mark
from hub.store.leases import fence
from hub.store.source_states import note_untold
from hub.store.staged import stage, waits
from hub.store.store import Store

HEARD = 4096  # objects that came with others lately
LOADED = 100
"""Objects of a first load in one transaction, whatever the clock says: nobody has asked for them yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """What the runs of one source share."""

    store: Store
    writer: Writer
    gate: Gate
    clock: Clock
    stages: bool = False
    """Whether first loads put aside what belongs to orders."""
    heard: dict[tuple[Kind, str], str] = field(default_factory=dict)
    """What else came with it lately, by its digest: the same customer comes with each of his orders."""
    batches: defaultdict[Kind, BatchSize] = field(default_factory=lambda: defaultdict(BatchSize))
    """How many objects of a kind go into one transaction: an order weighs more than a product."""

    def is_news(self, seen: Seen) -> bool:
        """Whether this was not just told with something else; it is remembered."""
        at, said = (seen.kind, seen.source_id), digest(seen.content)
        is_news = self.heard.pop(at, None) != said
        self.heard[at] = said
        if len(self.heard) > HEARD:
            del self.heard[next(iter(self.heard))]
        return is_news


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
        left = None if stand is None else stand.run_started_at  # of a run that was left in the middle
        began = await self._begin(restart=False) if left is None else await self._now()
        try:
            await self._from(cursor, left or began, began)
        except CursorExpired:
            again = await self._begin(restart=True)
            await self._from(None, again, again)

    async def _from(self, cursor: Mapping[str, Any] | None, started: datetime, now: datetime) -> None:
        feed = self.route.gate.feed(self._errand(), (self.planned.kind, self.planned.sweep.name), cursor)
        try:
            await self._pages(feed, started, now)
        finally:
            await feed.close()

    async def _begin(self, *, restart: bool) -> datetime:
        where = (self.held.source, self.planned.kind, self.planned.sweep.name)
        async with self.route.store.alone(self.call) as tx:
            return await begin_run(tx, self.call.tenant, where, restart=restart)

    async def _pages(self, feed: Feed, run_started: datetime, asked: datetime) -> None:
        """*asked*: an instant before the first page is."""
        while True:
            page = await feed.next()
            if page is None:
                message = "the sweep ended without its last page"
                raise SourceGarbled(message, source=self.held.source)
            answered = await self._now() if page.found else asked
            reached("w4")
            await self._apply(page, (asked, answered), run_started)
            if page.is_last or self.is_over():
                return
            asked = await self._now()

    async def _apply(self, page: ChangePage, asked: tuple[datetime, datetime], run_started: datetime) -> None:
        """Apply a page in transactions of bearable length; the cursor moves with the last of them."""
        if self.route.stages and self.planned.is_staged:
            return await self._stage(page, asked, run_started)
        rest, spoilt = list(page.found), list[Seen]()
        while len(rest) > (size := self._size):
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
        applied = await write_seen(self.route.writer, self.call, work)
        if work.origin is Origin.LIVE and self._should_be_told(applied):
            async with self.route.store.shard(self.call) as tx:
                await fence(tx, self.call.tenant, self.held.source, self.held.epoch)
                await note_untold(tx, self.call.tenant, self.held.source)
        if work.observations:
            self._batch.took(len(work.observations), self.route.clock.monotonic() - began)

    def _should_be_told(self, applied: Applied) -> bool:
        """Whether this run has found something that the source should have posted."""
        binding = self.route.gate.binding
        return binding.listens and not binding.manifest.pushes.isdisjoint(applied.kinds)

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
        """The work with the cursor after the page, and a hint for each object that could not be read or applied."""
        covers = page.is_last and self.planned.sweep.covers and self.planned.completes
        mark = SweepMark(
            source=self.held.source,
            kind=self.planned.kind,
            sweep=self.planned.sweep.name,
            cursor=page.cursor,
            covered_through=run_started if covers else None,
            seen=sum(one.kind is self.planned.kind for one in page.found),
            total=page.total,
            ends=page.is_last,
        )
        hints = tuple(spoilt_hint(self.held.source, one.kind, one.source_id) for one in spoilt)
        return replace(work, marks=(mark,), hints=(*hints, *self._unread(page)))

    def _unread(self, page: ChangePage) -> Iterator[HintRaise]:
        """A hint for each object that the adapter could not read: nothing that a source lists is passed over."""
        return (spoilt_hint(self.held.source, self.planned.kind, one) for one in page.failed)

    async def _stage(self, page: ChangePage, asked: tuple[datetime, datetime], run_started: datetime) -> None:
        """Put a page of a first load aside, and the cursor after it; the run ends here only if nothing waits."""
        others = [one for one in page.found if one.kind not in STAGED and self.route.is_news(one)]
        if others:
            await apply_each(others, lambda seen: self._write(self._told(seen, asked)))
        if page.failed:
            await self._write(replace(self._told((), asked), hints=tuple(self._unread(page))))
        tenant = self.call.tenant
        told = self._told([one for one in page.found if one.kind in STAGED], asked).observations
        kinds = self.planned.kinds(self.route.gate.binding.manifest)
        (mark,) = self._marked(Work(), page, run_started, ()).marks
        async with self.route.store.shard(self.call) as tx:
            await fence(tx, tenant, self.held.source, self.held.epoch)
            await stage(tx, tenant, [(one, ties(tenant, one)) for one in told], PATIENCE)
            if page.is_last and await waits(tx, tenant, self.held.source, kinds):
                mark = replace(mark, is_read=True, ends=False, covered_through=None)
            await write_mark(tx, tenant, mark)

    @property
    def _size(self) -> int:
        return LOADED if self.route.stages and self.planned.is_load else self._batch.size

    @property
    def _batch(self) -> BatchSize:
        return self.route.batches[self.planned.kind]

    async def _now(self) -> datetime:
        async with self.route.store.glance(self.call) as tx:
            return await tx.now()

    def _errand(self) -> Errand:
        urgency = Urgency.LOAD if self.planned.is_load else Urgency.SWEEP
        return Errand(call=self.call, urgency=urgency, epoch=self.held.epoch)
