"""From a cursor to the present: one run through the log for all who stand on the way, each event painted once.

A thousand readers who come back together are told the same few hundred lines; what they share is read and painted for
all: while a run is under way, those who come too late for it gather for the next. Who reads more slowly than the others
goes on in a run of his own, so nobody waits for him.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from itertools import islice
from typing import Protocol

from hub.errors import HubError, HubFault, StoreBusy
from hub.model.changes import ChangeKind, Origin
from hub.store.changelog import LoggedChange, Place
from hub.telemetry import logger
from subscriptions.event import Event
from subscriptions.member import Member
from subscriptions.recent import Recent
from subscriptions.streams import Envelope
from subscriptions.topics import Topic

log = logger(__name__)

BATCH = 16  # lines that are painted side by side, and written to each reader in one piece
GATHER = 0.02  # seconds in which those who come together are gathered
NEAR = 2_000  # lines: who is no further behind does not wait for a run that begins further behind
FAR = 50_000  # lines: the same for who is
PACE = 0.01  # seconds between looks whether everybody keeps up
SLOWEST = 0.25  # seconds that the quick wait for the slow
AWAY = 0.25  # seconds between attempts to reach a store that is away

Snapshot = Callable[[], Awaitable[Mapping[str, int]]]
"""Ids and versions of what the subscriber's topic holds now, read after the position was taken."""


class Company(Protocol):
    """The audience whose members catch up."""

    topic: Topic
    turns_near: asyncio.Semaphore
    turns_far: asyncio.Semaphore

    def said(self, kind: ChangeKind, entity: tuple[str, int] | None = None) -> Envelope:
        """An event that is no change."""
        ...

    async def painted(self, envelope: Envelope, place: Place, line: LoggedChange | None = None) -> Event:
        """An event for the members."""
        ...

    async def told(self, lines: Sequence[LoggedChange]) -> list[Event]:
        """Lines of the log as events for the members."""
        ...

    def handed_out(self, events: Sequence[Event], members: Iterable[Member]) -> None:
        """*members* were told *events*."""
        ...

    def follow(self, line: LoggedChange) -> None:
        """Listen to what an entity of the topic has merged into, too."""
        ...

    def join(self, members: Iterable[Member]) -> None:
        """*members* are up to date."""
        ...

    def end(self, members: Iterable[Member], fate: HubError | None) -> None:
        """*members* cannot be told what follows."""
        ...

    def splits(self, run: CatchUp) -> None:
        """A part of a run goes on by itself."""
        ...

    def retire(self, run: CatchUp) -> None:
        """A run has ended."""
        ...


class CatchUp:
    """One run, from a place to the end of the log."""

    def __init__(self, audience: Company, recent: Recent, place: Place, snapshot: Snapshot | None = None) -> None:
        self._audience = audience
        self._recent = recent
        self._place = place
        self._snapshot = snapshot
        self._held: Mapping[str, int] = {}
        self._shown = 0
        self._members: dict[Member, None] = {}
        self._has_begun = False
        self._task: asyncio.Task[None] | None = None

    def admits(self, member: Member, snapshot: Snapshot | None) -> bool:
        """Whether it comes by where *member* stands, who is told the rest with all the others."""
        if (snapshot is None) != (self._snapshot is None) or not self._recent.vouches(member.place):
            return False
        ahead = member.place.position - self._place.position
        reach = NEAR if self._recent.lag(member.place) <= NEAR else FAR
        if self._has_begun:
            return snapshot is None and 0 <= ahead <= reach
        return abs(ahead) <= reach

    def admit(self, member: Member) -> None:
        """Take *member* along."""
        self._members[member] = None
        member.in_snapshot |= self._snapshot is not None
        if member.place.position < self._place.position:
            self._place = member.place

    def leave(self, member: Member) -> None:
        """Go on without *member*."""
        self._members.pop(member, None)

    def start(self) -> None:
        """Begin in a moment."""
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def _run(self) -> None:
        try:
            if not self._has_begun:
                await asyncio.sleep(GATHER)
            async with self._turns():
                self._has_begun = True
                await self._tell_snapshot()
                while self._members and not self._recent.is_reached(self._place):
                    await self._tell_page()
                self._audience.join(self._members)  # nothing was awaited since the end was seen: no seam
        except HubError as wrong:
            self._audience.end(self._members, wrong)
        except BaseException:
            self._audience.end(self._members, HubFault("a stream could not be caught up"))
            raise
        finally:
            self._audience.retire(self)

    def _turns(self) -> AbstractAsyncContextManager[object]:
        """A turn to run: who comes meanwhile gathers in the next run; the near never wait for the far."""
        if self._has_begun:  # a part that was split off goes on
            return nullcontext()
        return self._audience.turns_far if self._recent.lag(self._place) > NEAR else self._audience.turns_near

    async def _tell_snapshot(self) -> None:
        if self._snapshot is None:
            return
        if not self._held:
            self._held = await self._snapshot()
        seen_at = self._audience.said(ChangeKind.SNAPSHOT).occurred_at
        for one in islice(self._held.items(), self._shown, None):
            event = await self._audience.painted(self._audience.said(ChangeKind.SNAPSHOT, one), self._place)
            self._shown += 1
            self._hand_out([event], Member.tell)
            await self._pace()
        end = await self._audience.painted(self._audience.said(ChangeKind.SNAPSHOT_END), self._place)
        for member in self._members:
            member.hold(self._held, seen_at)
        self._snapshot = None  # not before: whoever is let in from here on is not told where the snapshot ends
        self._hand_out([end], Member.tell)
        await self._pace()

    async def _tell_page(self) -> None:
        try:
            page = await self._recent.after(self._place)
        except StoreBusy as away:
            log.warning("feed.store_away", error=away.message)
            await asyncio.sleep(AWAY)
            return
        if not page:
            await asyncio.sleep(PACE)  # the tail is a moment behind the log, or has not begun
        for first in range(0, len(page), BATCH):
            batch = page[first : first + BATCH]
            if wanted := [line for line in batch if self._is_wanted(line)]:
                self._hand_out(await self._audience.told(wanted), Member.take)
            self._place = batch[-1].place  # nothing was awaited since: who is let in now was not told the batch
            await self._pace()

    def _is_wanted(self, line: LoggedChange) -> bool:
        is_wanted = line.change.origin is Origin.LIVE and self._audience.topic.wants(line.tenant, line.change)
        if is_wanted:
            self._audience.follow(line)
        return is_wanted

    def _hand_out(self, events: Sequence[Event], tell: Callable[[Member, Event], None]) -> None:
        for member in list(self._members):
            for event in events:
                tell(member, event)
        self._audience.handed_out(events, self._members)

    async def _pace(self) -> None:
        """Wait for the slow, but let the quick go on before long."""
        waited = 0.0
        while slow := [member for member in self._members if member.is_behind]:
            await asyncio.sleep(PACE)
            waited += PACE
            if waited >= SLOWEST and len(slow) < len(self._members):
                return self._split(slow)
        return None

    def _split(self, slow: list[Member]) -> None:
        rest = CatchUp(self._audience, self._recent, self._place, self._snapshot)
        rest._held, rest._shown, rest._has_begun = self._held, self._shown, True
        for member in slow:
            self.leave(member)
            rest.admit(member)
        self._audience.splits(rest)
