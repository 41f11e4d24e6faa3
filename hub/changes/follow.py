"""The one loop by which followers read the change log: a saved place, then pages, each judged (section 11 rule 3)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from anyio import CancelScope, move_on_after

from hub.clock import Clock, around
from hub.errors import BusAway, CursorExpired, Overtaken, SearchAway, StoreBusy
from hub.failpoint import reached
from hub.store.changelog import LoggedChange, Place, end_of_log, read_after
from hub.store.followers import place_of, release_follower, renew_follower, save_follower, say_why, take_follower
from hub.store.store import Store
from hub.telemetry import logger

log = logger(__name__)

PAGE = 500
BUSY = 0.02  # seconds between reads while there is something to read
IDLE = 0.25  # seconds between reads when there is nothing
SHORTEST, LONGEST = 0.25, 5.0  # seconds until a page that could not be handed on is tried again
FAREWELL = 2.0  # seconds for giving a seat up
REPLACED = "the log is not the one this follower read, or has dropped what it did not; `opshub topics republish`"


async def last_place(store: Store) -> Place:
    """The end of the log; waits for the first leadership ever."""
    while True:
        async with store.across() as tx:
            place = await end_of_log(tx)
        if place is not None:
            return place
        await asyncio.sleep(IDLE)


async def page_after(store: Store, place: Place, size: int = PAGE) -> list[LoggedChange]:
    """The next lines after *place*. Raises CursorExpired where it no longer means what it did."""
    async with store.survey() as tx:
        page = await read_after(tx, place, size)
    if page:
        reached("p1")
    return page


async def tail(store: Store, place: Place) -> AsyncIterator[Sequence[LoggedChange]]:
    """Pages after *place*, for ever; a store that is away is waited for. Raises CursorExpired."""
    while True:
        try:
            page = await page_after(store, place)
        except StoreBusy as away:
            log.warning("follow.store_away", error=away.message)
            await asyncio.sleep(IDLE)
            continue
        if page:
            place = page[-1].place
            yield page
        await asyncio.sleep(BUSY if page else IDLE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """A follower that several processes could run, and one does."""

    name: str
    holder: str
    """One word that names this process."""
    lease: timedelta
    """A holder that dies is succeeded after that."""


class Holding:
    """One holding of a seat, as its holder counts it: from the monotonic reading taken *before* it asked."""

    def __init__(self, clock: Clock, name: str, epoch: int) -> None:
        self._clock = clock
        self._name = name
        self._until = float("-inf")
        self.epoch = epoch
        """Greater than that of every holder before."""

    def hold(self, *, asked_at: float, length: timedelta) -> None:
        """The database granted *length* to a request that was sent at *asked_at*."""
        self._until = asked_at + length.total_seconds()

    def check(self) -> None:
        """Return if something may be handed on now. Raises Overtaken."""
        if self._clock.monotonic() >= self._until:
            raise overtaken(self._name, self.epoch)


Apply = Callable[[Sequence[LoggedChange], Holding], Awaitable[None]]
"""Hands a page on; asks `Holding.check` before each step that another holder must not repeat at the same time.

Raises BusAway, SearchAway or StoreBusy where it cannot now: it is then given the same page again, ever later.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Following:
    """What a follower reads, and as whom. `store` is of role WORK."""

    store: Store
    clock: Clock
    seat: Seat


async def follow(following: Following, apply: Apply) -> None:
    """Give every page after the saved place to *apply*, then save: at least once, in order, by one holder, for ever.

    A new follower begins at the first line that is kept. One that stands still says why in its row: where what it would
    be given cannot be handed on, and where its place no longer means what it did; it never goes past either by itself.
    """
    seat = following.seat
    while True:
        held = await _taken(following)
        if held is None:
            await asyncio.sleep(around(seat.lease.total_seconds() / 3))
            continue
        log.info("follow.taken", follower=seat.name, epoch=held.epoch)
        await _Follower(following, held).run(apply)


async def _taken(following: Following) -> Holding | None:
    seat, clock = following.seat, following.clock
    asked_at = clock.monotonic()
    try:
        async with following.store.across() as tx:
            epoch = await take_follower(tx, seat.name, seat.holder, seat.lease)
    except StoreBusy as away:
        log.warning("follow.store_away", error=away.message)
        return None
    if epoch is None:
        return None
    held = Holding(clock, seat.name, epoch)
    held.hold(asked_at=asked_at, length=seat.lease)
    return held


class _Follower:
    """One holding from its begin to its end."""

    def __init__(self, following: Following, held: Holding) -> None:
        self._store = following.store
        self._clock = following.clock
        self._seat = following.seat
        self._held = held

    async def run(self, apply: Apply) -> None:
        """Until overtaken or cancelled; given up at the end, so that a successor need not wait."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._keep())
                group.create_task(self._read(apply))
        except* Overtaken:
            log.warning("follow.overtaken", follower=self._seat.name, epoch=self._held.epoch)
        finally:
            with CancelScope(shield=True), move_on_after(FAREWELL):
                await self._release()

    async def _keep(self) -> None:
        while True:
            await asyncio.sleep(self._seat.lease.total_seconds() / 3)
            asked_at = self._clock.monotonic()
            try:
                async with self._store.across() as tx:
                    is_ours = await renew_follower(tx, self._seat.name, self._held.epoch, self._seat.lease)
            except StoreBusy as away:
                log.warning("follow.store_away", error=away.message)
                continue
            if not is_ours:
                raise overtaken(self._seat.name, self._held.epoch)
            self._held.hold(asked_at=asked_at, length=self._seat.lease)

    async def _read(self, apply: Apply) -> None:
        while True:
            place = await self._place()
            try:
                async for page in tail(self._store, place):
                    await self._hand_on(page, apply)
            except CursorExpired as expired:
                log.error("follow.expired", follower=self._seat.name, position=place.position, error=expired.message)
                await self._say(f"{REPLACED} ({expired.message})")
                await asyncio.sleep(LONGEST)

    async def _place(self) -> Place:
        while True:
            try:
                async with self._store.across() as tx:
                    place = await place_of(tx, self._seat.name)
            except StoreBusy as away:
                log.warning("follow.store_away", error=away.message)
                place = None
            if place is not None:
                return place
            await asyncio.sleep(IDLE)

    async def _hand_on(self, page: Sequence[LoggedChange], apply: Apply) -> None:
        wait = SHORTEST
        while True:
            try:
                self._held.check()
                await apply(page, self._held)
                reached("p3")
                await self._save(page[-1].place)
                reached("p4")
            except (BusAway, SearchAway, StoreBusy) as away:
                first = page[0].place.position
                log.warning("follow.stands", follower=self._seat.name, position=first, error=away.message)
                await self._say(away.message)
                await asyncio.sleep(around(wait))
                wait = min(LONGEST, wait * 2)
            else:
                return

    async def _save(self, place: Place) -> None:
        async with self._store.across() as tx:
            is_ours = await save_follower(tx, self._seat.name, self._held.epoch, place)
        if not is_ours:
            raise overtaken(self._seat.name, self._held.epoch)

    async def _say(self, error: str) -> None:
        try:
            async with self._store.across() as tx:
                await say_why(tx, self._seat.name, self._held.epoch, error)
        except StoreBusy as away:
            log.warning("follow.store_away", error=away.message)

    async def _release(self) -> None:
        try:
            async with self._store.across() as tx:
                await release_follower(tx, self._seat.name, self._held.epoch)
        except StoreBusy as away:  # then the lease runs out by itself
            log.warning("follow.store_away", error=away.message)


def overtaken(name: str, epoch: int) -> Overtaken:
    """What a holder is told whose lease is over."""
    return Overtaken("the lease of this follower is over: nothing is handed on", source=name, epoch=epoch)
