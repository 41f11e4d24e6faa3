"""Streams that never lose one: replay from the log, then live, without a seam (design D5, section 11 rule 3)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from datetime import UTC, timedelta

from hub.call import Call
from hub.changes.follow import last_place, page_after, tail
from hub.clock import Clock
from hub.errors import CursorExpired
from hub.failpoint import reached
from hub.model.changes import ChangeKind, Origin
from hub.model.ids import mint
from hub.model.trace import HopKind, HopOutcome
from hub.model.vocabulary import SystemKind
from hub.ports import Hop, Recorder
from hub.seal import Seal
from hub.store.changelog import LoggedChange, Place
from hub.store.store import Store
from hub.telemetry import logger
from subscriptions.broker import Broker
from subscriptions.streams import Envelope, Marker
from subscriptions.topics import Topic

log = logger(__name__)

CHECKPOINT_EVERY = 30.0  # seconds of silence after which a subscriber gets a fresh cursor

Snapshot = Callable[[], Awaitable[Mapping[str, int]]]
"""Ids and versions of what the subscriber's topic holds now, read after the position was taken."""


class Feed:
    """All streams of one process. `store` is of role TAIL: it reads the log across tenants and nothing else."""

    def __init__(self, store: Store, seal: Seal, clock: Clock, recorder: Recorder) -> None:
        self._store = store
        self._seal = seal
        self._clock = clock
        self._recorder = recorder
        self._broker = Broker()

    async def run(self) -> None:
        """Tail the log for everybody until cancelled; a log that was replaced ends every stream with CURSOR_EXPIRED."""
        while True:
            place = await last_place(self._store)
            self._broker.place = place
            try:
                async for lines in tail(self._store, place):
                    self._pushed(lines)
            except CursorExpired as expired:
                log.warning("feed.expired", term=place.term)
                self._broker.place = None
                self._broker.expire(expired)

    @property
    def subscribers(self) -> int:
        """How many streams this process serves."""
        return self._broker.size

    async def listen(
        self, call: Call, topic: Topic, *, after: str | None = None, snapshot: Snapshot | None = None
    ) -> AsyncIterator[Envelope]:
        """The stream of *topic* from the cursor *after* (exclusive), or from now; with *snapshot*, what is there first.

        Given both, `after` wins; one from within a snapshot begins the snapshot again. Baseline loads are left out.
        Raises CursorInvalid, CursorExpired, and Lagged for a listener that reads too slowly.
        """
        marker = Marker(self._seal, call.principal, topic)
        mark = marker.read(after) if after is not None else None
        place = mark.place if mark is not None and not mark.in_snapshot else await last_place(self._store)
        held: Mapping[str, int] = {}
        if snapshot is not None and (mark is None or mark.in_snapshot):
            held = await snapshot()
            for envelope in self._snapshot(marker, place, held):
                yield envelope
        async for envelope in self._changes(marker, topic, place, held):
            yield envelope

    def _snapshot(self, marker: Marker, place: Place, held: Mapping[str, int]) -> Sequence[Envelope]:
        now = self._clock.now()
        unfinished = marker.cursor(place, in_snapshot=True)
        seen = [
            Envelope(cursor=unfinished, kind=ChangeKind.SNAPSHOT, occurred_at=now, entity_id=one, version=version)
            for one, version in held.items()
        ]
        end = Envelope(cursor=marker.cursor(place), kind=ChangeKind.SNAPSHOT_END, occurred_at=now)
        return [*seen, end]

    async def _changes(
        self, marker: Marker, topic: Topic, place: Place, held: Mapping[str, int]
    ) -> AsyncIterator[Envelope]:
        def meant(line: LoggedChange) -> bool:
            change = line.change
            is_new = change.version > held.get(change.entity_id, 0)
            return is_new and change.origin is Origin.LIVE and topic.wants(line.tenant, change)

        while not self._caught_up(place):
            page = await page_after(self._store, place)
            for line in filter(meant, page):
                yield marker.event(line)
            if page:
                place = page[-1].place
            else:
                await asyncio.sleep(0.01)  # the tail is a moment behind the log, or has not begun
        with self._broker.listening(topic) as listener:  # nothing was awaited since: no seam
            while True:
                new = await listener.take(CHECKPOINT_EVERY)
                if new is None:
                    place = self._latest(place)
                    cursor = marker.cursor(place)
                    yield Envelope(cursor=cursor, kind=ChangeKind.CHECKPOINT, occurred_at=self._clock.now())
                elif new.place.position > place.position and meant(new):
                    yield marker.event(new)

    def _caught_up(self, place: Place) -> bool:
        there = self._broker.place
        return there is not None and place.position >= there.position

    def _latest(self, place: Place) -> Place:
        there = self._broker.place
        return there if there is not None and there.position > place.position else place

    def _pushed(self, lines: Sequence[LoggedChange]) -> None:
        for line, subscribers in self._broker.publish(lines):
            if subscribers:
                reached("p2")
                self._recorder.record(self._hop(line))

    def _hop(self, line: LoggedChange) -> Hop:
        now = self._clock.now()
        waited = max(0, int((now - line.change.recorded_at.astimezone(UTC)) / timedelta(milliseconds=1)))
        return Hop(
            id=mint(),
            tenant=line.tenant,
            correlation_id=line.change.correlation_id,
            kind=HopKind.PUSH,
            system=SystemKind.HUB,
            operation=line.change.event,
            outcome=HopOutcome.OK,
            started_at=now,
            duration_ms=0,
            waiting_ms=waited,
            roots=(line.change.root_id,),
        )
