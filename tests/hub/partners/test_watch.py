"""Endpoints hear of what they want to hear of: of their tenant, account and customer, since they were set, once."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import timedelta
from typing import Any

from hub.changes.follow import Following, Holding, Seat
from hub.changes.relay import Relay
from hub.clock import SystemClock
from hub.model.changes import Origin, Traits
from hub.model.vocabulary import Kind
from hub.partners.watch import NAME, WebhookWatch, Wishes
from hub.store.roles import Role, RoleUrls
from hub.store.store import Store, open_store
from hub.store.webhooks import all_endpoints
from tests.kit.changes import THEN, make_change, make_line, put_outbox
from tests.kit.partners import rows, set_up
from tests.kit.recorder import ListRecorder
from tests.kit.wait import until_so

LEASE = timedelta(seconds=30)


def watch(store: Store, told: list[int]) -> WebhookWatch:
    seat = Seat(name=NAME, holder="one", lease=LEASE)
    following = Following(store=store, clock=SystemClock(), seat=seat)
    return WebhookWatch(following, lambda: told.append(1))


def held() -> Holding:
    holding = Holding(SystemClock(), NAME, 1)
    holding.hold(asked_at=SystemClock().monotonic(), length=LEASE)
    return holding


async def wishes(store: Store) -> Wishes:
    async with store.across() as tx:
        return Wishes(await all_endpoints(tx))


async def test_an_endpoint_hears_of_its_kinds_events_customer_and_account_alone(store: Store) -> None:
    await set_up(store, "https://a.example/", events=("order.shipped",), customer_id="c1", account="acme")
    wish = await wishes(store)
    fits: dict[str, Any] = {"event": "order.shipped", "customer_id": "c1", "account": "acme/west"}
    assert len(wish.of(make_line(1, **fits))) == 1
    assert len(wish.of(make_line(1, **fits | {"event": "order.invoiced", "passed": ("order.shipped",)}))) == 1
    for other in (
        {"event": "order.updated"}, {"customer_id": "c2"}, {"account": "acmex"}, {"account": None},
        {"kind": Kind.SHIPMENT}, {"origin": Origin.BASELINE}, {"recorded_at": THEN - timedelta(days=999)},
    ):  # fmt: skip
        assert wish.of(make_line(1, **fits | other)) == []
    assert wish.of(make_line(1, tenant="beta", **fits)) == []


async def test_what_leaves_an_endpoints_scope_is_told_as_gone(store: Store) -> None:
    await set_up(store, "https://a.example/", account="acme")
    line = make_line(1, account="gamma", was=Traits(account="acme"))
    assert [one.seen_as for one in (await wishes(store)).of(line)] == ["DELETED"]


async def test_a_page_is_queued_once_however_often_it_is_read(store: Store) -> None:
    told: list[int] = []
    await set_up(store, "https://a.example/")
    page = [make_line(1), make_line(2, kind=Kind.PAYMENT), make_line(3)]
    await watch(store, told).queue(page, held())
    await watch(store, told).queue(page, held())
    assert [event for event, _ in await rows(store)] == [page[0].change.event_id, page[2].change.event_id]
    assert told == [1, 1]


async def test_the_log_is_read_once_somebody_wants_to_hear_of_it(store: Store, database: RoleUrls) -> None:
    async with open_store(database, Role.WORK, size=1) as own:
        relay = Relay(own, "left", ListRecorder())
        await relay.turn()
        task = asyncio.create_task(watch(store, []).run())
        await set_up(store, "https://a.example/")
        async with store.across() as tx:
            await put_outbox(tx, make_change(event_id="0190f3a0-0000-7000-8000-000000000001"))
        await relay.turn()

        async def is_queued() -> bool:
            return await rows(store) == [("0190f3a0-0000-7000-8000-000000000001", "PENDING")]

        await until_so(is_queued)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
