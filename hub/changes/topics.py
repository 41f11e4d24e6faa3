"""The hub's own topics: which changes each bears, its partitions and retention (engines.md 4.1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from hub.model.vocabulary import Kind
from hub.settings.kafka import KafkaSettings

ENVELOPE = 64 * 1024
"""Bytes a broker must take beyond the greatest message: headers, keys, framing of a batch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """One topic: all kinds whose changes must keep one order per root."""

    name: str
    """Without the prefix; the number moves when key or meaning do."""
    kinds: tuple[Kind, ...]
    partitions: int
    """Chosen once: more of them later would move keys and break their order."""
    retention: timedelta
    """A buffer for consumers, no archive: what is older comes from the hub."""


STREAMS: tuple[Stream, ...] = (
    Stream(
        name="order.v1",
        kinds=(Kind.ORDER, Kind.FULFILLMENT_ORDER, Kind.OPERATION, Kind.EXCEPTION_CASE),
        partitions=12,
        retention=timedelta(days=14),
    ),
    Stream(name="shipment.v1", kinds=(Kind.SHIPMENT,), partitions=12, retention=timedelta(days=14)),
    Stream(name="inventory.v1", kinds=(Kind.INVENTORY, Kind.TRANSFER), partitions=24, retention=timedelta(days=7)),
    Stream(name="return.v1", kinds=(Kind.RETURN,), partitions=12, retention=timedelta(days=30)),
    Stream(
        name="invoice.v1",
        kinds=(Kind.INVOICE, Kind.CREDIT_MEMO, Kind.PAYMENT),
        partitions=12,
        retention=timedelta(days=30),
    ),
    Stream(
        name="master.v1",
        kinds=(Kind.CUSTOMER, Kind.PRODUCT, Kind.WAREHOUSE, Kind.PRICE_REFERENCE, Kind.SOURCE),
        partitions=6,
        retention=timedelta(days=30),
    ),
)
STREAM_OF: Mapping[Kind, str] = {kind: stream.name for stream in STREAMS for kind in stream.kinds}
"""Every kind has its stream."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A topic as it should be, or as it was found."""

    name: str
    partitions: int
    replicas: int
    settings: Mapping[str, str]
    """That it should have; of one that was found, all that were set for it alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What `opshub topics apply` would do."""

    create: tuple[Topic, ...] = ()
    change: tuple[Topic, ...] = ()
    """Settings only."""
    said: tuple[str, ...] = ()
    """Each step in words."""
    refused: tuple[str, ...] = ()
    """What is otherwise than it should be and is not changed, in words: somebody must decide."""


def wanted_topics(settings: KafkaSettings) -> tuple[Topic, ...]:
    """The topics as they should be."""
    return tuple(
        Topic(
            name=settings.prefix + stream.name,
            partitions=stream.partitions,
            replicas=settings.replicas,
            settings={
                "cleanup.policy": "delete",
                "max.message.bytes": str(settings.max_message + ENVELOPE),
                "min.insync.replicas": str(max(1, settings.replicas - 1)),
                "retention.ms": str(int(stream.retention / timedelta(milliseconds=1))),
            },
        )
        for stream in STREAMS
    )


def planned(wanted: Sequence[Topic], found: Mapping[str, Topic]) -> Plan:
    """What brings *found* to *wanted*, as far as it can be done without moving a key."""
    create = tuple(topic for topic in wanted if topic.name not in found)
    change: list[Topic] = []
    said = [f"create {one.name}: {one.partitions} partitions, {one.replicas} replicas" for one in create]
    refused: list[str] = []
    for topic in wanted:
        there = found.get(topic.name)
        if there is None:
            continue
        refused += _unchangeable(topic, there)
        differing = {name: value for name, value in topic.settings.items() if there.settings.get(name) != value}
        if differing:
            change.append(replace(topic, settings={**there.settings, **topic.settings}))  # others stay as they are
            said += [f"set {topic.name}: {name} = {value}" for name, value in sorted(differing.items())]
    return Plan(create=create, change=tuple(change), said=tuple(said), refused=tuple(refused))


def _unchangeable(topic: Topic, there: Topic) -> list[str]:
    refused = []
    if there.partitions != topic.partitions:
        refused.append(
            f"{topic.name} has {there.partitions} partitions, not {topic.partitions}: that is never changed, keys "
            "would move and lose their order; make it anew, then `opshub topics republish`"
        )
    if there.replicas != topic.replicas:
        refused.append(
            f"{topic.name} has {there.replicas} replicas, not {topic.replicas}: reassign them on the brokers"
        )
    return refused
