"""Apache Kafka behind `hub.changes.bus`, by aiokafka. Loaded only where `[kafka]` names servers."""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from itertools import chain
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import KafkaError, MessageSizeTooLargeError, RecordListTooLargeError

from hub.changes.bus import Inlet, Received, Record, Wanted
from hub.errors import BusAway, BusRefused
from hub.settings.kafka import KafkaSettings
from hub.telemetry import logger

log = logger(__name__)
logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # what goes wrong is raised, and said once by who meets it

PATIENCE = 10.0  # seconds for the acknowledgements of one batch
FAREWELL = 5.0  # seconds for what matters to nobody any more
CALL_PATIENCE = 5_000  # milliseconds for one request
BATCH_BYTES = 64 * 1024
REFRESH = 30_000  # milliseconds after which partitions are asked for again
LOT = 500  # records taken at a time


class Kafka:
    """A Kafka by its settings."""

    def __init__(self, settings: KafkaSettings) -> None:
        self._settings = settings

    def outlet(self) -> KafkaOutlet:
        """Where changes leave."""
        return KafkaOutlet(self._settings)

    @asynccontextmanager
    async def inlet(self, wanted: Wanted) -> AsyncIterator[Inlet]:
        """Read a topic while the block runs. Raises BusAway.

        No group hands out partitions: the source's lease says who reads, so nothing is ever rebalanced.
        """
        consumer = AIOKafkaConsumer(
            **connection(self._settings),
            group_id=wanted.group,
            enable_auto_commit=False,
            auto_offset_reset="none",
            metadata_max_age_ms=REFRESH,
        )
        try:
            with away():
                await consumer.start()
                inlet = KafkaInlet(consumer, wanted)
                await inlet.begin()
            yield inlet
        finally:
            await _stopped(consumer)


class KafkaOutlet:
    """One idempotent producer at a time: after any failure it is given up, and with it what it had not yet sent."""

    def __init__(self, settings: KafkaSettings) -> None:
        self._settings = settings
        self._producer: AIOKafkaProducer | None = None

    async def send(self, records: Sequence[Record]) -> None:
        """As `Outlet` says: within a partition Kafka refuses what follows a batch that it did not take."""
        futures: list[asyncio.Future[object]] = []
        try:
            with away():
                async with asyncio.timeout(PATIENCE):
                    producer = await self._connected()
                    for record in records:
                        futures.append(await _sent(producer, record))  # noqa: PERF401  those sent so far are awaited
                    await asyncio.gather(*futures)
        except BaseException:
            await self._abandon(futures)
            raise

    async def close(self) -> None:
        """Give connections back; nothing is on its way then."""
        await self._abandon([])

    async def _connected(self) -> AIOKafkaProducer:
        if self._producer is None:
            settings = self._settings
            self._producer = AIOKafkaProducer(
                **connection(settings),
                acks="all",
                enable_idempotence=True,
                max_request_size=settings.max_message,
                max_batch_size=BATCH_BYTES,
                compression_type=None if settings.compression == "none" else settings.compression,
            )
            await self._producer.start()
        return self._producer

    async def _abandon(self, futures: Sequence[asyncio.Future[object]]) -> None:
        producer, self._producer = self._producer, None
        if producer is None:
            return
        await _ended(producer._sender.sender_task)  # noqa: SLF001  stop() alone waits for ever for a dead broker
        _forget_unsent(producer)
        await _stopped(producer)
        await asyncio.gather(*futures, return_exceptions=True)


def _forget_unsent(producer: AIOKafkaProducer) -> None:
    """Let nothing wait for what is not sent any more; who sent it learns so by what is raised."""
    unsent = producer._message_accumulator  # noqa: SLF001  stop() waits for it
    batches = {*chain.from_iterable(unsent._batches.values()), *unsent._pending_batches}  # noqa: SLF001  as above
    unsent._pending_batches.update(batches)  # noqa: SLF001  where each looks for itself once it is done
    for batch in batches:
        batch.done_noack()


async def _ended(sender: asyncio.Task[None] | None) -> None:
    """Let what is on its way come back, for a while; then no more of it. While the client is open this ends soon."""
    while sender is not None and not sender.done():
        sender.cancel()
        await asyncio.wait({sender}, timeout=FAREWELL)


async def _stopped(client: AIOKafkaProducer | AIOKafkaConsumer) -> None:
    """Give connections back, also those that hang on a dead broker."""
    try:
        async with asyncio.timeout(FAREWELL):
            await client.stop()
    except (TimeoutError, KafkaError, OSError) as wrong:
        log.warning("kafka.not_closed", error=type(wrong).__name__)


async def _sent(producer: AIOKafkaProducer, record: Record) -> asyncio.Future[object]:
    headers = [(name, value.encode()) for name, value in record.headers.items()]
    future: asyncio.Future[object] = await producer.send(record.topic, record.value, key=record.key, headers=headers)
    return future


class KafkaInlet:
    """All partitions of one topic, each from its own place."""

    def __init__(self, consumer: AIOKafkaConsumer, wanted: Wanted) -> None:
        self._consumer = consumer
        self._wanted = wanted
        self._mine: tuple[TopicPartition, ...] = ()
        self._ends: dict[int, int] = {}

    async def begin(self) -> None:
        """Stand at the wanted places; what the topic no longer holds is said aloud. Raises KafkaError."""
        consumer, topic = self._consumer, self._wanted.topic
        self._mine = tuple(TopicPartition(topic, number) for number in sorted(await self._partitions()))
        consumer.assign(self._mine)
        firsts, ends = await consumer.beginning_offsets(self._mine), await consumer.end_offsets(self._mine)
        for part in self._mine:
            place = self._wanted.places.get(part.partition)
            if place is not None and not firsts[part] <= place <= ends[part]:
                why = f"partition {part.partition} was read up to {place} and now holds {firsts[part]} to {ends[part]}"
                log.error("inlet.gap", topic=topic, error=f"{why}: records are lost, or the topic is another")
                place = None
            consumer.seek(part, firsts[part] if place is None else place)
            self._ends[part.partition] = ends[part]

    async def take(self, seconds: float) -> Sequence[Received]:
        """What came."""
        with away():
            lots = await self._consumer.getmany(timeout_ms=int(seconds * 1000), max_records=LOT)
        for part in self._mine:
            self._ends[part.partition] = self._consumer.highwater(part) or self._ends[part.partition]
        return [_received(one) for lot in lots.values() for one in lot]

    async def confirm(self, places: Mapping[int, int]) -> None:
        """Commit to the group."""
        topic = self._wanted.topic
        nexts = {TopicPartition(topic, number): place for number, place in places.items()}
        try:
            async with asyncio.timeout(FAREWELL):
                await self._consumer.commit(nexts)
        except (KafkaError, TimeoutError) as wrong:
            log.warning("inlet.not_confirmed", topic=topic, error=type(wrong).__name__)

    @property
    def ends(self) -> Mapping[int, int]:
        """As last heard."""
        return self._ends

    @property
    def is_outdated(self) -> bool:
        """The topic has other partitions than when it was opened."""
        now = self._consumer.partitions_for_topic(self._wanted.topic)
        return now is not None and now != {part.partition for part in self._mine}

    async def _partitions(self) -> set[int]:
        first = TopicPartition(self._wanted.topic, 0)
        if first.topic not in await self._consumer.topics():
            message = f"there is no topic {first.topic}"
            raise KafkaError(message)
        self._consumer.assign([first])  # only of what is assigned does a consumer learn the other partitions
        await self._consumer.end_offsets([first])
        return self._consumer.partitions_for_topic(first.topic) or {0}


def _received(one: Any) -> Received:  # Any: aiokafka ships no types
    headers = {}
    for name, value in one.headers:
        try:
            headers[name.lower()] = value.decode()
        except (UnicodeDecodeError, AttributeError):  # no text, or nothing at all
            continue
    return Received(
        partition=one.partition, offset=one.offset, value=one.value or b"", key=one.key or b"", headers=headers
    )


def connection(settings: KafkaSettings) -> dict[str, Any]:  # Any: what aiokafka's clients take
    """How any client of aiokafka is to connect."""
    made: dict[str, Any] = {
        "bootstrap_servers": list(settings.servers),
        "client_id": settings.client_id,
        "security_protocol": settings.protocol,
        "request_timeout_ms": CALL_PATIENCE,
    }
    if settings.protocol.endswith("SSL"):
        made["ssl_context"] = ssl.create_default_context(cafile=settings.authorities)
        if settings.certificate is not None:
            made["ssl_context"].load_cert_chain(settings.certificate)
    if settings.password is not None:
        made |= {
            "sasl_mechanism": settings.mechanism,
            "sasl_plain_username": settings.user,
            "sasl_plain_password": settings.password.reveal(),
        }
    return made


@contextmanager
def away() -> Iterator[None]:
    """Raise BusAway, or BusRefused for what is too large, instead of the client's errors."""
    try:
        yield
    except (MessageSizeTooLargeError, RecordListTooLargeError) as wrong:
        message = "Kafka takes no record of this size"
        raise BusRefused(message) from wrong
    except TimeoutError as wrong:
        message = f"Kafka did not acknowledge within {PATIENCE:.0f} s"
        raise BusAway(message) from wrong
    except (KafkaError, OSError) as wrong:
        message = f"Kafka: {type(wrong).__name__}: {wrong}"[:300]
        raise BusAway(message) from wrong
