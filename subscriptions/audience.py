"""Who asked for the same and may see the same: an event is painted once for all of them (design section 12)."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Sequence

from hub.clock import Clock
from hub.errors import HubError, Lagged
from hub.failpoint import reached
from hub.model.changes import ChangeKind, Origin
from hub.store.changelog import LoggedChange, Place
from subscriptions.catchup import BATCH, CatchUp, Snapshot
from subscriptions.event import MARK, Event, Paint
from subscriptions.member import Member
from subscriptions.recent import Recent
from subscriptions.streams import Envelope, envelope_of
from subscriptions.topics import Topic

QUEUED = 1024  # lines that may wait to be painted; further behind, they are read from the log again
RUNS = 2  # that catch up at a time, of each sort
TURN = 500  # members served before others on the loop get theirs
LAGGED = "you read too slowly: resume with your last cursor"


class Audience:
    """The members of one topic and one way of painting."""

    def __init__(
        self, topic: Topic, paint: Paint, recent: Recent, clock: Clock, on_empty: Callable[[Audience], None]
    ) -> None:
        self.topic = topic
        self._paint = paint
        self._recent = recent
        self._clock = clock
        self._on_empty = on_empty
        self.on_wider: Callable[[Audience], None] | None = None
        """Called once its topic has become wider."""
        self._members: dict[Member, None] = {}
        self._live: dict[Member, None] = {}
        self._behind: list[CatchUp] = []
        self._lines: deque[LoggedChange | None] = deque()
        self._work: asyncio.Task[None] | None = None
        self._partings: set[asyncio.Task[None]] = set()
        self.turns_near, self.turns_far = asyncio.Semaphore(RUNS), asyncio.Semaphore(RUNS)
        """Of runs that begin near the end of the log, and far from it."""
        self.quiet_since = clock.monotonic()
        """When its members were last told anything."""

    @property
    def size(self) -> int:
        """How many members it has."""
        return len(self._members)

    def enter(self, member: Member, snapshot: Snapshot | None = None) -> None:
        """Let *member* in where it stands: it is told what follows, with *snapshot* first what there is."""
        member.on_full = self._let_go
        self._members[member] = None
        if snapshot is None and self._recent.is_reached(member.place):
            self._live[member] = None
        else:
            self._catch_up(member, snapshot)

    def leave(self, member: Member) -> None:
        """Let *member* out; twice does no harm."""
        if member not in self._members:
            return
        del self._members[member]
        self._live.pop(member, None)
        for one in self._behind:
            one.leave(member)
        member.leave()
        if not self._members:
            self._on_empty(self)

    def offer(self, line: LoggedChange) -> None:
        """Tell those who are up to date."""
        if self._live and line.change.origin is Origin.LIVE:
            self._put(line)

    def follow(self, line: LoggedChange) -> None:
        """Listen to what an entity of the topic has just merged into, too (Id-3)."""
        wider = self.topic.following(line.change)
        if wider is not self.topic:
            self.topic = wider
            if self.on_wider is not None:
                self.on_wider(self)

    def refresh(self) -> None:
        """Give those who are up to date a fresh cursor, once what waits has been told."""
        self.quiet_since = self._clock.monotonic()
        if self._live:
            self._put(None)

    def end(self, members: Iterable[Member], fate: HubError | None) -> None:
        """*members* cannot be told what follows; None: what they were told last says why."""
        for member in list(members):
            self.leave(member)
            member.outlet.end(fate)

    def end_all(self, fate: HubError) -> None:
        """Nobody can be told what follows."""
        self.end(self._members, fate)

    async def farewell(self) -> None:
        """A last cursor for each that keeps up."""
        if self._members:
            event = await self.painted(self.said(ChangeKind.CHECKPOINT), next(iter(self._members)).told)
            for member in list(self._members):
                if not member.waiting:
                    member.last_word(event)

    def join(self, members: Iterable[Member]) -> None:
        """*members* are up to date."""
        self._live |= dict.fromkeys(members)

    def retire(self, run: CatchUp) -> None:
        """A run has ended."""
        self._behind.remove(run)

    def splits(self, run: CatchUp) -> None:
        """A part of a run goes on by itself."""
        self._behind.append(run)
        run.start()

    def said(self, kind: ChangeKind, entity: tuple[str, int] | None = None) -> Envelope:
        """An event that is no change."""
        entity_id, version = entity or (None, None)
        return Envelope(cursor=MARK, kind=kind, occurred_at=self._clock.now(), entity_id=entity_id, version=version)

    async def painted(self, envelope: Envelope, place: Place, line: LoggedChange | None = None) -> Event:
        """An event for the members."""
        return Event(envelope, place, await self._paint(envelope), line)

    async def told(self, lines: Sequence[LoggedChange]) -> list[Event]:
        """Lines of the log as events for the members, painted side by side, up to one after which nothing follows."""
        painting = (self.painted(envelope_of(line, self.topic, MARK), line.place, line) for line in lines)
        events = await asyncio.gather(*painting)
        last = next((number for number, event in enumerate(events, 1) if event.painted.ends), len(events))
        return events[:last]

    def handed_out(self, events: Sequence[Event], members: Iterable[Member]) -> None:
        """*members* were told *events*."""
        reached("p3")
        for event in events:
            event.forget()
        if events and events[-1].painted.ends:
            self.end(members, None)

    def _catch_up(self, member: Member, snapshot: Snapshot | None) -> None:
        for run in self._behind:
            if run.admits(member, snapshot):
                return run.admit(member)
        run = CatchUp(self, self._recent, member.place, snapshot)
        run.admit(member)
        self._behind.append(run)
        return run.start()

    def _put(self, line: LoggedChange | None) -> None:
        if len(self._lines) >= QUEUED:
            self._fall_behind()
            return
        self._lines.append(line)
        if self._work is None:
            self._work = asyncio.get_running_loop().create_task(self._tell())

    def _fall_behind(self) -> None:
        """Painting is slower than what happens: read on from the log, where lines wait without being held."""
        self._lines.clear()
        behind = sorted(self._live, key=lambda member: member.place.position)
        self._live.clear()
        for member in behind:
            self._catch_up(member, None)

    async def _tell(self) -> None:
        try:
            while self._lines:
                lines = self._next_lines()
                if lines:
                    await self._hand_out(await self.told(lines), Member.take)
                elif not self._lines and self._recent.place is not None:
                    event = await self.painted(self.said(ChangeKind.CHECKPOINT), self._recent.place)
                    await self._hand_out([event], Member.assure)
        finally:
            self._work = None

    def _next_lines(self) -> list[LoggedChange]:
        """The lines that wait, up to a batch or a checkpoint; none where a checkpoint is next."""
        found: list[LoggedChange] = []
        while self._lines and len(found) < BATCH:
            line = self._lines[0]
            if line is not None:
                found.append(line)
            elif found:
                break
            self._lines.popleft()
            if line is None:
                break
        return found

    async def _hand_out(self, events: Sequence[Event], tell: Callable[[Member, Event], None]) -> None:
        for number, member in enumerate(list(self._live), 1):
            for event in events:
                tell(member, event)
            if number % TURN == 0:
                await asyncio.sleep(0)
        self.quiet_since = self._clock.monotonic()
        self.handed_out(events, self._live)

    def _let_go(self, member: Member) -> None:
        """More waits for it than may."""
        self.leave(member)
        task = asyncio.get_running_loop().create_task(self._part(member))
        self._partings.add(task)
        task.add_done_callback(self._partings.discard)

    async def _part(self, member: Member) -> None:
        member.last_word(await self.painted(self.said(ChangeKind.CHECKPOINT), member.told))
        member.outlet.end(Lagged(LAGGED))
