"""The publisher into a real Kafka: how fast, and what becomes of a change that the brokers do not take."""

from __future__ import annotations

import asyncio
import io
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from uuid import uuid4

import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from rich.console import Console

from hub.changes.bus import Record
from hub.changes.follow import Following, Holding, Seat
from hub.changes.kafka import Kafka
from hub.changes.publisher import NAME, Publisher
from hub.changes.relay import Relay
from hub.changes.topics import STREAMS
from hub.clock import SystemClock
from hub.errors import BusAway, BusRefused
from hub.publishing import show
from hub.settings import KafkaSettings, Secret, Settings, StoreSettings
from hub.store.followers import park, parked, stands, take_follower
from hub.store.roles import Role, RoleUrls
from hub.store.store import Store, open_store
from tests.engines.kafka.start import Kafka as Broker
from tests.engines.loss import make_topics
from tests.engines.reader import everything, inversions, once
from tests.kit.changes import make_change, make_line, put_outbox
from tests.kit.recorder import ListRecorder
from tests.systems.patience import eventually

CHANGES, ROOTS, LOT = 10_000, 500, 500
LARGE = ("x" * 3_000,)


@pytest.fixture
def prefix() -> str:
    return f"p{uuid4().hex[:8]}."


@asynccontextmanager
async def publishing(store: Store, broker: Broker, prefix: str) -> AsyncIterator[Publisher]:
    settings = KafkaSettings(servers=(broker.bootstrap,), prefix=prefix, replicas=1)
    seat = Seat(name=NAME, holder="one", lease=timedelta(seconds=30))
    following = Following(store=store, clock=SystemClock(), seat=seat)
    outlet = Kafka(settings).outlet()
    try:
        yield Publisher(following, outlet, ListRecorder(), prefix)
    finally:
        await outlet.close()


async def logged(store: Store, database: RoleUrls, count: int) -> None:
    """So many changes in the log."""
    async with open_store(database, Role.WORK, size=1) as own:
        relay = Relay(own, "left", ListRecorder())
        for first in range(0, count, LOT):
            async with store.across() as tx:
                roots = [f"order-{number % ROOTS}" for number in range(first, first + LOT)]
                await put_outbox(tx, *(make_change(root_id=root, entity_id=root) for root in roots))
            await relay.turn()
        while await relay.turn():
            pass


async def test_figures_of_publishing_are_printed(
    kafka: Broker, prefix: str, store: Store, database: RoleUrls, capsys: pytest.CaptureFixture[str]
) -> None:
    await logged(store, database, CHANGES)
    await make_topics(kafka, prefix)

    async def is_done() -> bool:
        async with store.across() as tx:
            return [one.position for one in await stands(tx)] == [CHANGES]

    async with publishing(store, kafka, prefix) as publisher:
        began, busy = time.monotonic(), time.process_time()
        loop = asyncio.create_task(publisher.run())
        await eventually(is_done, "all is published")
        took, busy = time.monotonic() - began, time.process_time() - busy
        loop.cancel()
        with suppress(asyncio.CancelledError):
            await loop
    events = await everything(kafka.bootstrap, prefix)
    with capsys.disabled():
        print(
            f"\n{CHANGES} changes of {ROOTS} roots published in {took:.1f} s: {CHANGES / took:,.0f} events/s, "
            f"{CHANGES / busy:,.0f} per CPU second of the publisher"
        )
    assert sorted(event.position for event in events) == list(range(1, CHANGES + 1))
    assert inversions(events) == 0


async def test_an_operator_sees_topics_progress_and_what_is_parked(
    kafka: Broker, prefix: str, store: Store, database: RoleUrls
) -> None:
    bus = KafkaSettings(servers=(kafka.bootstrap,), prefix=prefix, replicas=1)
    whole = StoreSettings(
        url=Secret(database.owner),
        serve_url=Secret(database.serve),
        work_url=Secret(database.work),
        tail_url=Secret(database.tail),
    )
    settings = Settings(kafka=bus, store=whole)
    async with store.across() as tx:
        await take_follower(tx, NAME, "one", timedelta(seconds=30))
        await park(tx, NAME, make_line(4, root_id="a"), "too large")
    for there in ("missing", "yes"):
        out = Console(file=io.StringIO(), width=200)
        await show(settings, out)
        assert isinstance(out.file, io.StringIO)
        said = out.file.getvalue()
        assert said.count(there) == len(STREAMS)
        assert "Published up to position 0; 0 changes behind." in said
        assert "parked: position 4, order.updated of acme/a: too large" in said
        if there == "missing":
            await make_topics(kafka, prefix)


async def test_what_the_brokers_never_take_is_parked_with_what_follows(
    kafka: Broker, prefix: str, store: Store
) -> None:
    """The brokers allow less than the hub would send: it learns so by their refusal, in the middle of a page."""
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap)
    await admin.start()
    await admin.create_topics([NewTopic(f"{prefix}order.v1", 1, 1, topic_configs={"max.message.bytes": "2000"})])
    await admin.close()
    page = [make_line(n, root_id="ab"[n % 2], changed_fields=LARGE if n == 4 else ("status",)) for n in range(1, 9)]
    held = Holding(SystemClock(), NAME, 1)
    held.hold(asked_at=SystemClock().monotonic(), length=timedelta(seconds=60))
    async with publishing(store, kafka, prefix) as publisher:
        await publisher.publish(page, held)
    events = await everything(kafka.bootstrap, prefix)
    assert [event.position for event in once(events)] == [1, 2, 3, 5, 7]
    async with store.across() as tx:
        letters = await parked(tx, NAME)
    assert [(one.position, one.error is None) for one in letters] == [(4, False), (6, True), (8, True)]


async def test_a_record_too_large_for_the_client_is_refused_before_it_leaves(kafka: Broker, prefix: str) -> None:
    await make_topics(kafka, prefix)
    outlet = Kafka(KafkaSettings(servers=(kafka.bootstrap,), max_message=1024)).outlet()
    record = Record(topic=f"{prefix}order.v1", key=b"k", value=b"x" * 2_000, headers={})
    with pytest.raises(BusRefused):
        await outlet.send([record])
    await outlet.close()
    assert await everything(kafka.bootstrap, prefix) == []


async def test_a_topic_that_is_missing_is_waited_for(kafka: Broker, prefix: str) -> None:
    outlet = Kafka(KafkaSettings(servers=(kafka.bootstrap,))).outlet()
    with pytest.raises(BusAway, match=r"UnknownTopic|acknowledge"):
        await outlet.send([Record(topic=f"{prefix}order.v1", key=b"k", value=b"x", headers={})])
    await outlet.close()


async def test_an_outlet_outlives_its_broker_and_leaves_nothing_behind(kafka: Broker, prefix: str) -> None:
    await make_topics(kafka, prefix)
    outlet = Kafka(KafkaSettings(servers=(kafka.bootstrap,), prefix=prefix)).outlet()
    records = [
        Record(topic=f"{prefix}order.v1", key=b"%d" % (n % 50), value=b"x" * 600, headers={}) for n in range(LOT)
    ]
    before = asyncio.all_tasks()
    await outlet.send(records)
    sending = asyncio.create_task(outlet.send(records))
    await asyncio.sleep(0)
    kafka.server.kill()
    with pytest.raises(BusAway):
        await sending
    with pytest.raises(BusAway):
        await outlet.send(records)
    await asyncio.to_thread(kafka.server.start)
    await outlet.send(records)
    await outlet.close()
    assert asyncio.all_tasks() <= before
