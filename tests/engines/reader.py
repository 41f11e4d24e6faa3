"""A consumer of the hub's topics as others write one: it knows Kafka and JSON, and nothing of the hub's code."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from aiokafka import AIOKafkaConsumer

Entity: TypeAlias = tuple[str, str, str]
"""Tenant, kind and id."""
SILENCE = 500  # milliseconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One record as it was read."""

    topic: str
    partition: int
    key: str
    headers: Mapping[str, str]
    value: Mapping[str, Any]  # Any: JSON

    @property
    def id(self) -> str:
        """What a repetition has too."""
        return self.headers["ce_id"]

    @property
    def position(self) -> int:
        """Its place in the hub's one order."""
        return int(self.headers["ce_position"])


async def everything(bootstrap: str, prefix: str) -> list[Event]:
    """All records of all topics under *prefix*, from the beginning to the present end, each partition in its order."""
    looking = AIOKafkaConsumer(bootstrap_servers=bootstrap)
    await looking.start()
    topics = sorted(topic for topic in await looking.topics() if topic.startswith(prefix))
    await looking.stop()
    consumer = AIOKafkaConsumer(*topics, bootstrap_servers=bootstrap, auto_offset_reset="earliest")
    await consumer.start()
    try:
        parts = consumer.assignment()
        ends = await consumer.end_offsets(parts)
        found: list[Event] = []
        while any([await consumer.position(part) < ends[part] for part in parts]):
            for lot in (await consumer.getmany(timeout_ms=SILENCE)).values():
                found += [_event(one) for one in lot]
    finally:
        await consumer.stop()
    return found


def once(events: Sequence[Event]) -> list[Event]:
    """Without repetitions: the first of each id."""
    return list({event.id: event for event in reversed(events)}.values())[::-1]


def rebuilt(events: Sequence[Event]) -> dict[Entity, int]:
    """Which entities there are, and at which version: repetitions and older versions dropped, merged ones gone."""
    versions: dict[Entity, int] = {}
    gone: set[Entity] = set()
    for event in once(events):
        told, entity = event.value, (event.headers["ce_tenantid"], event.value["kind"], event.value["entity_id"])
        versions[entity] = max(versions.get(entity, 0), int(event.headers["ce_entityversion"]))
        survivor = told.get("survivor_id")
        if survivor not in (None, told["entity_id"]):
            gone.add(entity)
    return {entity: version for entity, version in versions.items() if entity not in gone}


def inversions(events: Sequence[Event]) -> int:
    """How many events, repetitions dropped, came after a later one of their own key."""
    last: dict[tuple[str, str], int] = {}
    found = 0
    for event in once(events):
        key = (event.topic, event.key)
        found += event.position < last.get(key, 0)
        last[key] = max(last.get(key, 0), event.position)
    return found


def _event(one: Any) -> Event:  # Any: aiokafka ships no types
    headers = {name: value.decode() for name, value in one.headers}
    return Event(
        topic=one.topic, partition=one.partition, key=one.key.decode(), headers=headers, value=json.loads(one.value)
    )
