"""Who is behind is told what he missed, once, with all who are about as far behind, and then what is new."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import cast

import pytest

from hub.clock import SystemClock
from hub.errors import Denied
from hub.model.changes import ChangeKind
from hub.model.vocabulary import Kind
from hub.store.changelog import Place
from hub.store.store import Store
from subscriptions.audience import Audience
from subscriptions.broker import Broker
from subscriptions.catchup import BATCH, NEAR, Snapshot
from subscriptions.event import Painted
from subscriptions.member import CATCHING_UP, Member
from subscriptions.recent import Recent
from subscriptions.streams import Envelope
from subscriptions.topics import Topic
from tests.kit.changes import TERM, make_line
from tests.kit.reading import START, Painter, Reader, member_of
from tests.kit.wait import until

pytestmark = pytest.mark.anyio
ORDERS = Topic(tenant="acme", kind=Kind.ORDER)
PAST = 200


class Room:
    """An audience over a log that already has lines."""

    def __init__(self, painter: Painter | None = None) -> None:
        self.painter = painter or Painter()
        recent = Recent(cast("Store", None))
        recent.begin(START)
        self.broker = Broker(recent)
        self.audience = self.broker.audience(
            "key", lambda empty: Audience(ORDERS, self.painter, recent, SystemClock(), empty)
        )
        self.tell(*range(1, PAST + 1))

    def tell(self, *versions: int) -> None:
        """Lines whose versions are their positions."""
        self.broker.publish([make_line(version, version=version) for version in versions])

    def enter(self, position: int, snapshot: Snapshot | None = None) -> tuple[Reader, Member]:
        """One who stands behind so many lines."""
        reader = Reader()
        member = member_of(ORDERS, reader, place=Place(term=TERM, position=position))
        self.audience.enter(member, snapshot)
        return reader, member


def had(reader: Reader, last: int) -> bool:
    return bool(reader.versions) and reader.versions[-1] == last


async def test_those_who_come_together_are_told_by_one_run() -> None:
    room = Room()
    readers = [room.enter(PAST - 1 - number % 100)[0] for number in range(300)]
    await until(lambda: all(had(reader, PAST) for reader in readers))
    room.tell(PAST + 1)
    await until(lambda: all(had(reader, PAST + 1) for reader in readers))
    for number, reader in enumerate(readers):
        assert reader.versions == list(range(PAST - number % 100, PAST + 2))
    assert len(room.painter.painted) == 101


async def test_who_is_far_behind_waits_for_a_run_that_begins_further_behind_and_who_is_near_does_not() -> None:
    room = Room()
    room.tell(*range(PAST + 1, 3 * NEAR + 1))
    farthest, far, near = (room.enter(place)[0] for place in (0, NEAR + 500, 3 * NEAR - 10))
    await until(lambda: had(near, 3 * NEAR))
    assert not had(farthest, 3 * NEAR)
    await until(lambda: had(far, 3 * NEAR) and had(farthest, 3 * NEAR))
    assert (len(farthest.versions), len(far.versions), len(near.versions)) == (3 * NEAR, 2 * NEAR - 500, 10)
    assert len(room.painter.painted) == 3 * NEAR + 10


async def test_what_happens_during_a_run_is_not_missed_and_not_told_twice() -> None:
    room = Room()
    reader, _ = room.enter(0)
    for version in range(PAST + 1, PAST + 50):
        room.tell(version)
        await asyncio.sleep(0.001)
    await until(lambda: had(reader, PAST + 49))
    assert reader.versions == list(range(1, PAST + 50))


async def test_the_slow_go_on_alone_and_the_quick_do_not_wait_for_them() -> None:
    room = Room()
    quick, _ = room.enter(0)
    slow, member = room.enter(0)
    slow.is_ready = False
    await until(lambda: had(quick, PAST))
    assert CATCHING_UP < member.waiting <= CATCHING_UP + 2 * BATCH
    slow.is_ready = True
    member.flush()
    await until(lambda: had(slow, PAST))
    assert slow.versions == quick.versions == list(range(1, PAST + 1))


async def test_who_comes_while_the_quick_wait_for_the_slow_is_told_what_was_just_handed_out() -> None:
    room = Room()
    quick, _ = room.enter(0)
    slow, member = room.enter(0)
    slow.is_ready = False
    await until(lambda: member.is_behind)
    stands_at = len(quick.versions) - BATCH // 2
    late, _ = room.enter(stands_at)
    await until(lambda: had(late, PAST))
    assert late.versions == list(range(stands_at + 1, PAST + 1))


async def test_a_snapshot_is_shared_and_what_it_holds_is_not_repeated() -> None:
    room = Room()
    asked: list[int] = []

    async def snapshot() -> Mapping[str, int]:
        asked.append(1)
        room.tell(PAST + 1)
        return {"order-1": PAST + 1}

    readers = [room.enter(PAST, snapshot)[0] for _ in range(3)]
    await until(lambda: all(len(reader.kinds) == 2 for reader in readers))
    room.tell(PAST + 2)
    await until(lambda: all(had(reader, PAST + 2) for reader in readers))
    assert [reader.kinds for reader in readers] == [["SNAPSHOT", "SNAPSHOT_END", "UPDATED"]] * 3
    assert len(asked) == 1


class Halting(Painter):
    """Paints the end of a snapshot only when it may."""

    def __init__(self) -> None:
        super().__init__()
        self.halted, self.may = asyncio.Event(), asyncio.Event()

    async def __call__(self, envelope: Envelope) -> Painted:
        """One event as bytes."""
        if envelope.kind is ChangeKind.SNAPSHOT_END:
            self.halted.set()
            await self.may.wait()
        return await super().__call__(envelope)


async def test_who_resumes_while_a_snapshot_ends_for_others_is_not_set_back_to_where_it_began() -> None:
    painter = Halting()
    room = Room(painter)

    async def snapshot() -> Mapping[str, int]:
        return {"order-1": 1}

    begins, _ = room.enter(PAST - 10, snapshot)
    await painter.halted.wait()
    resumes, _ = room.enter(PAST - 5)
    painter.may.set()
    await until(lambda: had(begins, PAST) and had(resumes, PAST))
    assert begins.kinds == ["SNAPSHOT", "SNAPSHOT_END"] + ["UPDATED"] * 10
    assert resumes.versions == list(range(PAST - 4, PAST + 1))


async def test_a_snapshot_that_is_refused_ends_those_who_asked_for_it() -> None:
    room = Room()

    async def refused() -> Mapping[str, int]:
        message = "not for you"
        raise Denied(message)

    reader, _ = room.enter(PAST, refused)
    await until(lambda: len(reader.fates) == 1)
    assert isinstance(reader.fates[0], Denied)
    assert room.audience.size == 0


async def test_who_leaves_is_told_nothing_more() -> None:
    room = Room()
    gone, member = room.enter(0)
    stays, _ = room.enter(0)
    room.audience.leave(member)
    await until(lambda: had(stays, PAST))
    assert gone.events == []
