"""An event is painted once for all who asked alike; who does not read is let go, who reads is undisturbed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, cast

import pytest

from hub.clock import SystemClock
from hub.errors import CursorExpired, Lagged
from hub.model.changes import Origin
from hub.model.vocabulary import Kind
from hub.store.changelog import LoggedChange
from hub.store.store import Store
from subscriptions.audience import Audience
from subscriptions.broker import Broker
from subscriptions.member import WAITING
from subscriptions.recent import Recent
from subscriptions.topics import Topic
from tests.kit.changes import make_line
from tests.kit.reading import START, Painter, Reader, member_of

pytestmark = pytest.mark.anyio
ORDERS = Topic(tenant="acme", kind=Kind.ORDER)
STOCK = Topic(tenant="acme", kind=Kind.INVENTORY)


class Room:
    """One audience over a log that is told by hand."""

    def __init__(self, topic: Topic = ORDERS) -> None:
        self.topic = topic
        self.painter = Painter()
        self.recent = Recent(cast("Store", None))
        self.recent.begin(START)
        self.broker = Broker(self.recent)
        self.audience = self.broker.audience("alike", self._made)
        self._told = 0

    def enter(self, principal: str = "rep") -> Reader:
        """One more reader, from now."""
        reader = Reader()
        self.audience.enter(member_of(self.topic, reader, principal, self.recent.place or START))
        return reader

    async def tell(self, count: int = 1, **said: object) -> None:
        """So many lines at once."""
        lines = [self._line(**said) for _ in range(count)]
        self.broker.publish(lines)
        await settled()

    def _line(self, **said: Any) -> LoggedChange:
        self._told += 1
        told: dict[str, Any] = {"kind": self.topic.kind, "version": self._told} | said
        return make_line(self._told, **told)

    def _made(self, on_empty: Callable[[Audience], None]) -> Audience:
        return Audience(self.topic, self.painter, self.recent, SystemClock(), on_empty)


async def settled() -> None:
    """Let the audience do all it can."""
    for _ in range(300):
        await asyncio.sleep(0)


async def test_an_event_is_painted_once_for_all() -> None:
    room = Room()
    readers = [room.enter(f"rep-{number % 3}") for number in range(600)]
    await room.tell(2)
    assert room.painter.painted == [1, 2]
    assert all(reader.versions == [1, 2] for reader in readers)


async def test_bytes_are_the_same_but_for_the_cursor_of_each_principal() -> None:
    room = Room()
    one, same, other = room.enter("a"), room.enter("a"), room.enter("b")
    await room.tell()
    assert one.bodies[0] is same.bodies[0]
    assert one.bodies != other.bodies
    marker = member_of(ORDERS, other, "b").marker
    cursor = other.bodies[0].split(b'"')[3].decode()
    assert marker.read(cursor).position == 1


async def test_first_loads_are_left_out() -> None:
    room = Room()
    reader = room.enter()
    await room.tell(origin=Origin.BASELINE)
    await room.tell()
    assert reader.versions == [2]


async def test_who_comes_later_gets_what_follows() -> None:
    room = Room()
    first = room.enter()
    await room.tell(2)
    later = room.enter()
    await room.tell()
    assert (first.versions, later.versions) == ([1, 2, 3], [3])


async def test_who_does_not_read_is_let_go_with_his_last_cursor_and_nobody_else_notices() -> None:
    room = Room()
    slow, quick = room.enter(), room.enter()
    await room.tell(3)
    slow.is_ready = False
    await room.tell(WAITING)
    assert slow.fates == []
    await room.tell(2)
    assert slow.kinds == ["UPDATED"] * 3 + ["CHECKPOINT"]
    assert isinstance(slow.fates[0], Lagged)
    cursor = slow.bodies[-1].split(b'"')[3].decode()
    assert member_of(ORDERS, slow).marker.read(cursor).position == 3
    assert quick.versions == list(range(1, WAITING + 6))
    assert room.audience.size == 1


async def test_who_reads_again_gets_all_that_waited_in_order() -> None:
    room = Room()
    reader = Reader()
    member = member_of(ORDERS, reader)
    room.audience.enter(member)
    reader.is_ready = False
    await room.tell(5)
    reader.is_ready = True
    member.flush()
    await room.tell()
    assert (reader.versions, reader.merged) == ([1, 2, 3, 4, 5, 6], [0] * 6)


async def test_stock_coalesces_by_what_it_is_about_and_says_how_much() -> None:
    room = Room(STOCK)
    reader = Reader()
    member = member_of(STOCK, reader)
    room.audience.enter(member)
    reader.is_ready = False
    for number in range(2 * WAITING):
        await room.tell(entity_id=f"sku-{number % 2}")
    reader.is_ready = True
    member.flush()
    assert reader.versions == [2 * WAITING - 1, 2 * WAITING]
    assert reader.merged == [WAITING - 1, WAITING - 1]
    assert reader.bodies[0].endswith(f'"merged":{WAITING - 1}}}'.encode())
    assert reader.fates == []


async def test_a_checkpoint_follows_what_waits() -> None:
    room = Room()
    reader = room.enter()
    room.broker.publish([make_line(1, version=1)])
    room.audience.refresh()
    await settled()
    assert reader.kinds == ["UPDATED", "CHECKPOINT"]


async def test_a_last_cursor_is_given_to_each_before_the_end() -> None:
    room = Room()
    readers = [room.enter(name) for name in "ab"]
    await room.tell()
    await room.audience.farewell()
    assert [reader.kinds for reader in readers] == [["UPDATED", "CHECKPOINT"]] * 2


async def test_a_replaced_log_ends_everybody_and_an_empty_audience_is_forgotten() -> None:
    room = Room()
    readers = [room.enter(), room.enter()]
    room.broker.expire(CursorExpired("begin again"))
    assert all(isinstance(reader.fates[0], CursorExpired) for reader in readers)
    assert (room.broker.size, list(room.broker), room.recent.place) == (0, [], None)
