"""Streams that never lose one: replay from the log, then live, without a seam (design D5, section 11 rule 3)."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Hashable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, timedelta

from hub.call import Call
from hub.changes.follow import last_place, tail
from hub.clock import Clock
from hub.errors import CursorExpired, HubError
from hub.failpoint import reached
from hub.model.ids import mint
from hub.model.trace import HopKind, HopOutcome
from hub.model.vocabulary import SystemKind
from hub.ports import Hop, Recorder
from hub.seal import Seal
from hub.store.changelog import LoggedChange, Place
from hub.store.store import Store
from hub.telemetry import logger
from subscriptions.audience import Audience
from subscriptions.broker import Broker
from subscriptions.catchup import Snapshot as Snapshot
from subscriptions.event import Event, Paint, Painted
from subscriptions.member import Member, Outlet
from subscriptions.recent import Recent
from subscriptions.streams import Envelope, Marker
from subscriptions.topics import Topic

log = logger(__name__)

CHECKPOINT_EVERY = 30.0  # seconds of silence after which a subscriber gets a fresh cursor
LOOKS = 30  # how often in that time the feed looks for who has heard nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What one subscriber asked for."""

    principal: str
    """Whom its cursors are bound to."""
    topic: Topic
    after: str | None = None
    """Go on behind this cursor; else from now."""
    snapshot: Snapshot | None = None
    """Begin with what there is."""


class Feed:
    """All streams of one process. `store` is of role TAIL: it reads the log across tenants and nothing else."""

    def __init__(
        self, store: Store, seal: Seal, clock: Clock, recorder: Recorder, *, checkpoint_every: float = CHECKPOINT_EVERY
    ) -> None:
        self._store = store
        self._seal = seal
        self._clock = clock
        self._recorder = recorder
        self._checkpoint_every = checkpoint_every
        self._recent = Recent(store)
        self._broker = Broker(self._recent)

    async def run(self) -> None:
        """Tail the log for everybody until cancelled; a log that was replaced ends every stream with CURSOR_EXPIRED."""
        refreshing = asyncio.create_task(self._refresh())
        try:
            while True:
                place = await last_place(self._store)
                self.begin(place)
                try:
                    async for lines in tail(self._store, place):
                        self.push(lines)
                except CursorExpired as expired:
                    log.warning("feed.expired", term=place.term)
                    self.expire(expired)
        finally:
            refreshing.cancel()

    @property
    def subscribers(self) -> int:
        """How many streams this process serves."""
        return self._broker.size

    async def enter(self, wish: Wish, alike: Hashable, paint: Paint, outlet: Outlet) -> Seat:
        """Begin the stream that *wish* asks for; for all of one topic who are *alike*, one *paint* paints.

        Given both, `after` wins over `snapshot`; a cursor from within a snapshot begins it again. First loads are left
        out. Raises CursorInvalid, CursorExpired; what ends the stream later, Lagged among it, is told to the outlet.
        """
        marker = Marker(self._seal, wish.principal, wish.topic)
        mark = marker.read(wish.after) if wish.after is not None else None
        snapshot = wish.snapshot if mark is None or mark.in_snapshot else None
        if mark is not None and snapshot is None:
            place = mark.place
            await self._recent.judge(place)
        else:
            place = self._recent.place or await last_place(self._store)
        audience = self._broker.audience(
            (marker.topic, alike), lambda on_empty: Audience(wish.topic, paint, self._recent, self._clock, on_empty)
        )
        member = Member(marker, outlet, place, wish.topic.coalesce_by)
        audience.enter(member, snapshot)
        return Seat(audience, member)

    async def listen(
        self, call: Call, topic: Topic, *, after: str | None = None, snapshot: Snapshot | None = None
    ) -> AsyncGenerator[Envelope, None]:
        """The same for one listener alone. Raises CursorInvalid, CursorExpired, and Lagged for a slow reader."""
        ear = _Ear()
        wish = Wish(principal=call.principal, topic=topic, after=after, snapshot=snapshot)
        seat = await self.enter(wish, ear, _unpainted, ear)
        try:
            while True:
                yield await ear.next(seat)
        finally:
            seat.leave()

    async def farewell(self) -> None:
        """Give a last cursor to each stream that keeps up: the process is about to end."""
        for audience in list(self._broker):
            await audience.farewell()

    async def _refresh(self) -> None:
        while True:
            await asyncio.sleep(self._checkpoint_every / LOOKS)
            quiet = self._clock.monotonic() - self._checkpoint_every
            for audience in self._broker:
                if audience.quiet_since <= quiet:
                    audience.refresh()

    def begin(self, place: Place) -> None:
        """The lines pushed from here on follow *place*; the tail says so."""
        self._recent.begin(place)

    def expire(self, why: CursorExpired) -> None:
        """The log was replaced: every stream ends, and nothing that was read of it counts."""
        self._broker.expire(why)

    def push(self, lines: Sequence[LoggedChange]) -> None:
        """Hand lines of the log to everybody who wants them; the tail calls it, in order."""
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


class Seat:
    """A subscriber's place in its audience."""

    __slots__ = ("_audience", "_member")

    def __init__(self, audience: Audience, member: Member) -> None:
        self._audience = audience
        self._member = member

    @property
    def pushed(self) -> int:
        """How many events were pushed."""
        return self._member.pushed

    def flush(self) -> None:
        """The reader takes more: push what waits."""
        self._member.flush()

    def leave(self) -> None:
        """Nothing more is wanted."""
        self._audience.leave(self._member)


class _Ear:
    """The outlet of a listener that takes one event after the other."""

    def __init__(self) -> None:
        self._events: deque[Envelope] = deque()
        self._fate: HubError | None = None
        self._moved = asyncio.Event()

    @property
    def is_ready(self) -> bool:
        return not self._events

    def push(self, member: Member, event: Event, merged: int) -> None:
        self._events.append(replace(event.envelope, cursor=event.cursor(member.marker), merged=merged))
        self._moved.set()

    def end(self, fate: HubError | None) -> None:
        self._fate = fate
        self._moved.set()

    async def next(self, seat: Seat) -> Envelope:
        while not self._events:
            if self._fate is not None:
                raise self._fate
            self._moved.clear()
            await self._moved.wait()
        event = self._events.popleft()
        seat.flush()
        return event


async def _unpainted(_: Envelope) -> Painted:
    return Painted()
