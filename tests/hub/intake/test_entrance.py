"""Records of a topic become inbox rows, each once, and how far it was read is kept with them (engines.md 4.4; F14)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from sqlalchemy import select

from hub.call import worker_call
from hub.clock import SystemClock
from hub.errors import BusAway, Overtaken
from hub.gate.crew import Crew
from hub.gate.owner import Held
from hub.intake.entrance import Entrance, Entry
from hub.model.vocabulary import SystemKind
from hub.store.bus_places import bus_places
from hub.store.leases import Claimant, take_lease
from hub.store.store import Store
from hub.store.tables import inbox
from tests.kit.bus import ListTopic
from tests.kit.recorder import ListRecorder
from tests.kit.shop import hook_body, unreachable_shop
from tests.kit.wait import until_so

ACME = worker_call("acme")
ENTRY = Entry(
    source="shop", system=SystemKind.COMMERCE, adapter=unreachable_shop(), topic="shop.events", group="opshub-shop"
)


async def taken(store: Store, holder: str) -> Held:
    lasting = timedelta(seconds=30)
    claimant = Claimant(tenant="acme", source="shop", holder=holder, length=lasting, longest=lasting)
    async with store.shard(ACME) as tx:
        lease = await take_lease(tx, claimant)
    assert lease is not None
    return Held(call=ACME, source="shop", epoch=lease.epoch, lanes_from=lease.lanes_from)


@pytest.fixture
async def held(store: Store) -> Held:
    return await taken(store, "one")


@asynccontextmanager
async def reading(
    store: Store, topic: ListTopic, held: Held, recorder: ListRecorder | None = None
) -> AsyncIterator[None]:
    """An owner that reads as long as the block lasts."""
    entrance = Entrance(store, topic, ENTRY, recorder or ListRecorder(), SystemClock())
    async with asyncio.TaskGroup() as group:
        crew = Crew(group, entrance.size)

        async def turns() -> None:
            await entrance.begin(held)
            while not crew.is_closing:
                await crew.sleep(await entrance.turn(held, crew))

        group.create_task(turns())
        yield
        crew.close()


async def until_read(store: Store, end: int) -> None:
    async def is_there() -> bool:
        async with store.shard(ACME) as tx:
            return await bus_places(tx, "acme", "shop", "shop.events") == {0: end}

    await until_so(is_there)


async def kept(store: Store) -> list[tuple[str, bytes]]:
    async with store.across() as tx:
        rows = await tx.execute(select(inbox.c.delivery_id, inbox.c.body).order_by(inbox.c.received_at))
        return [(row.delivery_id, row.body) for row in rows]


async def test_each_record_is_kept_once_in_order_with_how_far_was_read(store: Store, held: Held) -> None:
    topic, recorder = ListTopic(), ListRecorder()
    bodies = [hook_body(f"event-{n}", n) for n in range(5)]
    topic.publish(*bodies, bodies[1], ce_correlationid="correlation-7")
    async with reading(store, topic, held, recorder):
        await until_read(store, 6)
    assert await kept(store) == [(f"event-{n}", body) for n, body in enumerate(bodies)]
    assert topic.confirmed[-1] == {0: 6}
    assert [(hop.operation, hop.correlation_id) for hop in recorder.hops] == [("shop.events", "correlation-7")] * 5


async def test_a_successor_goes_on_where_rows_were_kept(store: Store, held: Held) -> None:
    topic = ListTopic()
    topic.publish(hook_body("event-1", 1))
    for end in (1, 2):
        async with reading(store, topic, held):
            await until_read(store, end)
        topic.publish(hook_body(f"event-{end + 1}", 1))
    assert topic.opened == [{}, {0: 1}]
    assert [name for name, _ in await kept(store)] == ["event-1", "event-2"]


async def test_what_nobody_can_read_is_kept_by_its_place(store: Store, held: Held) -> None:
    topic = ListTopic()
    strange = hook_body("nul\0", 1)
    topic.publish(b"", b"{", hook_body("event-1", 1), strange, **{"x-nul": "\0"})
    async with reading(store, topic, held):
        await until_read(store, 4)
    assert await kept(store) == [
        ("shop.events/0/0", b""),
        ("shop.events/0/1", b"{"),
        ("event-1", topic.records[2].value),
        ("shop.events/0/3", strange),
    ]


async def test_a_bus_that_was_away_is_asked_again(store: Store, held: Held) -> None:
    topic = ListTopic(failures=[BusAway("no broker answers")])
    topic.publish(hook_body("event-1", 1))
    async with reading(store, topic, held):
        await until_read(store, 1)
    assert topic.opened == [{}]


async def test_a_topic_that_has_grown_is_opened_anew(store: Store, held: Held) -> None:
    topic = ListTopic(is_outdated=True)
    async with reading(store, topic, held):

        async def again() -> bool:
            return len(topic.opened) > 1

        await until_so(again)


async def test_an_owner_of_an_older_epoch_keeps_nothing(store: Store, held: Held) -> None:
    topic = ListTopic()
    topic.publish(hook_body("event-1", 1))
    older = Held(call=ACME, source="shop", epoch=held.epoch - 1, lanes_from=held.lanes_from)
    with pytest.raises(ExceptionGroup) as stopped:
        async with reading(store, topic, older):
            await asyncio.sleep(60)
    assert stopped.group_contains(Overtaken)
    assert await kept(store) == []
