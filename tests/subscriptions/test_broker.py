"""A listener gets every line in order or is let go; it never gets a line after one that was left out."""

from __future__ import annotations

import pytest

from hub.errors import CursorExpired, Lagged
from hub.model.vocabulary import Kind
from subscriptions.broker import QUEUE_LIMIT, Broker
from subscriptions.topics import Topic
from tests.kit.changes import make_line

pytestmark = pytest.mark.anyio
ORDERS = Topic(tenant="acme", kind=Kind.ORDER)


async def test_lines_arrive_in_order() -> None:
    broker = Broker()
    with broker.listening(ORDERS) as listener:
        broker.publish([make_line(1), make_line(2)])
        broker.publish([make_line(3)])
        taken = [await listener.take(1) for _ in range(3)]
    assert [line.place.position for line in taken if line is not None] == [1, 2, 3]


async def test_silence_is_said_after_the_patience() -> None:
    with Broker().listening(ORDERS) as listener:
        assert await listener.take(0.01) is None


async def test_another_tenants_line_is_not_heard() -> None:
    broker = Broker()
    with broker.listening(ORDERS) as listener:
        assert [count for _, count in broker.publish([make_line(1, tenant="beta")])] == [0]
        assert await listener.take(0.01) is None


async def test_a_listener_that_does_not_read_is_let_go_without_a_gap() -> None:
    broker = Broker()
    with broker.listening(ORDERS) as listener:
        broker.publish([make_line(n) for n in range(1, QUEUE_LIMIT + 2)])
        read = [await listener.take(1) for _ in range(QUEUE_LIMIT)]
        broker.publish([make_line(QUEUE_LIMIT + 2)])
        with pytest.raises(Lagged):
            await listener.take(1)
    assert [line.place.position for line in read if line is not None] == list(range(1, QUEUE_LIMIT + 1))


async def test_a_replaced_log_ends_every_listener() -> None:
    broker = Broker()
    with broker.listening(ORDERS) as listener:
        broker.expire(CursorExpired("begin again"))
        with pytest.raises(CursorExpired):
            await listener.take(1)


async def test_who_left_is_forgotten() -> None:
    broker = Broker()
    with broker.listening(ORDERS):
        assert broker.size == 1
    assert broker.size == 0
    assert [count for _, count in broker.publish([make_line(1)])] == [0]
