"""A carrier publishes to a real Kafka: every record comes in once, whoever dies; poison is a dead letter."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from uuid import uuid4

from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from tests.engines.kafka.start import Kafka
from tests.engines.load import event
from tests.engines.settings import CARRIER, hub_over
from tests.systems.hub import RunningHub
from tests.systems.patience import eventually

PARTITIONS = 3
LOT = 150
POISON = (b"{", b"", b'{"trackingNumber": null}', b"\xff\x00")
STATES = "select state, count(*) as count from hub.inbox where source = $1 group by state"
PARCELS = "select count(distinct source_id) as count from hub.record where source = $1"
TAKEN = "select coalesce(sum(next), 0)::int as taken from hub.bus_place where source = $1"
HEALTH = "{ sources { source openDeadLetters } }"


async def test_every_record_comes_in_once_whoever_dies(kafka: Kafka) -> None:
    topic = f"carrier-{uuid4().hex[:8]}"
    await make(kafka, topic)
    first, second, again = range(LOT), range(LOT, 2 * LOT), range(LOT, 3 * LOT)
    async with hub_over(kafka, f"hub-{topic}.", orders=0, topic=topic) as hub:
        await publish(kafka, topic, [*(event(number).body for number in first), *POISON])
        await until_taken(hub, LOT + len(POISON))
        await publish(kafka, topic, (event(number).body for number in second))
        hub.kill("records were coming in")
        await hub.start()
        kafka.server.kill()
        await asyncio.to_thread(kafka.server.start)
        await publish(kafka, topic, (event(number).body for number in again))
        await until_taken(hub, 4 * LOT + len(POISON))

        async def is_digested() -> bool:
            found = {row["state"]: row["count"] for row in await hub.rows(STATES, CARRIER)}
            return found == {"DONE": 3 * LOT, "DEAD": len(POISON)}

        await eventually(is_digested, "each event is digested once, and the poison is dead")
        ((parcels,),) = await hub.rows(PARCELS, CARRIER)
        assert parcels == len({json.loads(event(number).body)["trackingNumber"] for number in range(3 * LOT)})
        sources = (await hub.rep.data(HEALTH))["sources"]
        assert [one["openDeadLetters"] for one in sources if one["source"] == CARRIER] == [len(POISON)]
        assert hub.faults == []


async def make(kafka: Kafka, topic: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap)
    await admin.start()
    try:
        await admin.create_topics([NewTopic(topic, PARTITIONS, 1)])
    finally:
        await admin.close()


async def publish(kafka: Kafka, topic: str, bodies: Iterable[bytes]) -> None:
    """As a system of somebody else's does: no key, any partition."""
    async with _producing(kafka) as producer:
        for future in [await producer.send(topic, body) for body in bodies]:
            await future


async def until_taken(hub: RunningHub, count: int) -> None:
    async def is_so() -> bool:
        ((taken,),) = await hub.rows(TAKEN, CARRIER)
        return bool(taken == count)

    await eventually(is_so, f"{count} records are taken in")


@asynccontextmanager
async def _producing(kafka: Kafka) -> AsyncIterator[AIOKafkaProducer]:
    producer = AIOKafkaProducer(bootstrap_servers=kafka.bootstrap, enable_idempotence=True)
    await producer.start()
    try:
        yield producer
    finally:
        await producer.stop()
