"""Milestones are queued once per channel, of tenants whose customers are told anything, and while they are news."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

from hub.call import Call
from hub.changes.follow import Following, Holding, Seat
from hub.clock import SystemClock
from hub.model.changes import Origin
from hub.model.shipment import Shipment, ShipmentExceptionKind, ShipmentMilestone
from hub.model.vocabulary import Kind
from hub.notices.watch import NAME, NoticeWatch
from hub.notices.words import Key
from hub.settings import NoticeSettings
from hub.store.store import Store
from tests.kit.changes import THEN, make_line
from tests.kit.clock import StoppedClock
from tests.kit.partners import rows

LEASE = timedelta(seconds=30)
TENANTS = {"acme": NoticeSettings(tenant="acme", channels=("EMAIL", "WEBHOOK"))}
ALL = "select milestone, entity_id, channel from notice order by entity_id, milestone, channel"


class Late:
    """Every shipment is late, and bears some orders."""

    def __init__(self, *orders: str) -> None:
        self.orders = orders

    async def current(self, call: Call, keys: Sequence[Key]) -> Mapping[Key, str]:
        return {key: key[1] for key in keys}

    async def documents(self, call: Call, keys: Sequence[Key]) -> Mapping[Key, Any]:
        late = Shipment(id="", version=1, status=ShipmentMilestone.SHIPPED, exceptions=(ShipmentExceptionKind.DELAYED,))
        return {key: replace(late, id=key[1], order_ids=self.orders) for key in keys}


def watch(store: Store, *orders: str) -> NoticeWatch:
    """Every shipment bears these orders."""
    seat = Seat(name=NAME, holder="one", lease=LEASE)
    return NoticeWatch(Following(store=store, clock=StoppedClock(THEN), seat=seat), Late(*orders), TENANTS)


def held() -> Holding:
    holding = Holding(SystemClock(), NAME, 1)
    holding.hold(asked_at=SystemClock().monotonic(), length=LEASE)
    return holding


async def test_a_page_is_queued_once_per_channel_however_often_it_is_read(store: Store) -> None:
    accepted = {"event": "order.accepted"}
    page = [
        make_line(1, **accepted),
        make_line(2, **accepted),
        make_line(3, kind=Kind.SHIPMENT, entity_id="s1", event="shipment.updated"),
        make_line(4, entity_id="o2", origin=Origin.BASELINE, **accepted),
        make_line(5, entity_id="o3", recorded_at=THEN - timedelta(days=2), **accepted),
        make_line(6, tenant="beta", **accepted),
        make_line(7, kind=Kind.INVOICE, event="invoice.posted"),
    ]
    for _ in range(2):
        await watch(store).queue(page, held())
    assert await rows(store, ALL) == [
        ("ORDER_ACCEPTED", "order-1", "EMAIL"),
        ("ORDER_ACCEPTED", "order-1", "WEBHOOK"),
        ("DELAYED", "s1", "EMAIL"),
        ("DELAYED", "s1", "WEBHOOK"),
    ]


async def test_a_shipment_of_several_orders_is_told_to_each_once(store: Store) -> None:
    page = [make_line(1, kind=Kind.SHIPMENT, entity_id="s1", root_id="o1", event="shipment.updated", customer_id="c1")]
    for _ in range(2):
        await watch(store, "o1", "o2").queue(page, held())
    told = "select entity_id, root_id, customer_id from notice where channel = 'EMAIL' order by entity_id"
    assert await rows(store, told) == [("s1/o1", "o1", None), ("s1/o2", "o2", None)]


async def test_a_shipment_that_bears_more_orders_than_when_it_was_told_is_not_told_again(store: Store) -> None:
    page = [make_line(1, kind=Kind.SHIPMENT, entity_id="s1", event="shipment.updated")]
    for orders in (("o1",), ("o1", "o2"), ("o2",)):
        await watch(store, *orders).queue(page, held())
    assert [row[1] for row in await rows(store, ALL)] == ["s1", "s1"]


async def test_it_runs_until_it_is_cancelled(store: Store) -> None:
    task = asyncio.create_task(watch(store).run())
    await asyncio.sleep(0)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    assert task.done()
