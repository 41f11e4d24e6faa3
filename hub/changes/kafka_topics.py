"""Topics of a Kafka: what is there, and what `opshub topics apply` does about it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaError, for_code

from hub.changes.kafka import away, connection
from hub.changes.topics import Plan, Topic
from hub.errors import BusRefused
from hub.settings.kafka import KafkaSettings

SET_FOR_TOPIC = 1
"""As Kafka numbers where a setting comes from: said for this topic alone."""


class KafkaTopics:
    """The topics of one Kafka."""

    def __init__(self, client: AIOKafkaAdminClient) -> None:
        self._client = client

    async def found(self, names: Sequence[str]) -> Mapping[str, Topic]:
        """Those of *names* that exist. Raises BusAway."""
        with away():
            there = [name for name in await self._client.list_topics() if name in set(names)]
            if not there:
                return {}
            told = await self._client.describe_topics(there)
            settings = await self._settings(there)
        return {
            one["topic"]: Topic(
                name=one["topic"],
                partitions=len(one["partitions"]),
                replicas=max(len(part["replicas"]) for part in one["partitions"]),
                settings=settings[one["topic"]],
            )
            for one in told
        }

    async def carry_out(self, plan: Plan) -> None:
        """Create and change what *plan* says. Raises BusAway, BusRefused with the brokers' words."""
        with away():
            if plan.create:
                new = [
                    NewTopic(one.name, one.partitions, one.replicas, topic_configs=one.settings) for one in plan.create
                ]
                _refuse((error[:2] for error in (await self._client.create_topics(new)).topic_errors), "create")
            for one in plan.change:
                wanted = ConfigResource(ConfigResourceType.TOPIC, one.name, configs=dict(one.settings))
                for answer in await self._client.alter_configs([wanted]):
                    _refuse(((told[3], told[0]) for told in answer.resources), "change")

    async def _settings(self, names: Sequence[str]) -> dict[str, dict[str, str]]:
        """What was set for each topic alone."""
        asked = [ConfigResource(ConfigResourceType.TOPIC, name) for name in names]
        return {
            resource[3]: {entry[0]: entry[1] for entry in resource[4] if _is_own(entry)}
            for answer in await self._client.describe_configs(asked)
            for resource in answer.resources
        }


@asynccontextmanager
async def topics_of(settings: KafkaSettings) -> AsyncIterator[KafkaTopics]:
    """The topics while the block runs. Raises BusAway."""
    client = AIOKafkaAdminClient(**connection(settings))
    try:
        with away():
            await client.start()
        yield KafkaTopics(client)
    finally:
        await client.close()


def _is_own(entry: Sequence[Any]) -> bool:  # Any: the wire's (name, value, read only, source or is default, ...)
    source = entry[3]
    return source is False or (not isinstance(source, bool) and source == SET_FOR_TOPIC)


def _refuse(errors: Any, verb: str) -> None:  # Any: pairs of a topic and a code, in either order
    for pair in errors:
        topic, code = sorted(pair, key=lambda part: isinstance(part, int))
        if code:
            error: type[KafkaError] = for_code(code)
            message = f"Kafka would not {verb} {topic}: {error.__name__}"
            raise BusRefused(message)
