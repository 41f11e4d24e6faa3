"""A line reaches the audiences that want it, and only those."""

from __future__ import annotations

from typing import cast

import pytest

from hub.clock import SystemClock
from hub.model.vocabulary import Kind
from hub.store.store import Store
from subscriptions.audience import Audience
from subscriptions.broker import Broker
from subscriptions.recent import Recent
from subscriptions.topics import Topic
from tests.kit.changes import make_line
from tests.kit.reading import START, Painter, Reader, member_of

pytestmark = pytest.mark.anyio
ORDERS = Topic(tenant="acme", kind=Kind.ORDER)


async def test_lines_are_counted_by_whom_they_reach_and_remembered() -> None:
    recent = Recent(cast("Store", None))
    recent.begin(START)
    broker = Broker(recent)
    audience = broker.audience("key", lambda empty: Audience(ORDERS, Painter(), recent, SystemClock(), empty))
    for _ in range(2):
        audience.enter(member_of(ORDERS, Reader()))
    reached = broker.publish([make_line(1), make_line(2, tenant="beta")])
    assert [count for _, count in reached] == [2, 0]
    assert broker.size == 2
    assert [line.place.position for line in await recent.after(START)] == [1, 2]


async def test_who_follows_an_order_by_its_id_hears_of_the_one_it_merged_into() -> None:
    recent = Recent(cast("Store", None))
    recent.begin(START)
    broker = Broker(recent)
    one = Topic(tenant="acme", kind=Kind.ORDER, ids=frozenset({"loser"}))
    audience = broker.audience("key", lambda empty: Audience(one, Painter(), recent, SystemClock(), empty))
    audience.enter(member_of(one, Reader()))
    lines = [
        make_line(1, entity_id="survivor"),
        make_line(2, entity_id="loser", event="entity.merged", survivor_id="survivor"),
        make_line(3, entity_id="survivor"),
    ]
    assert [count for _, count in broker.publish(lines)] == [0, 1, 1]


async def test_those_of_one_key_share_an_audience() -> None:
    recent = Recent(cast("Store", None))
    recent.begin(START)
    broker = Broker(recent)
    made = [
        broker.audience(key, lambda empty: Audience(ORDERS, Painter(), recent, SystemClock(), empty)) for key in "aab"
    ]
    assert made[0] is made[1]
    assert made[0] is not made[2]
