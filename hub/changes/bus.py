"""What the hub asks of a message bus: an outlet for its changes, inlets for what sources publish (design D5)."""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Protocol

from hub.changes.topics import Plan, Topic
from hub.errors import Misconfigured
from hub.settings.kafka import KafkaSettings

CLIENT = "aiokafka"


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What is sent: records of one key stay in order."""

    topic: str
    key: bytes
    value: bytes
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """What a source published; `value` is empty where there was none."""

    partition: int
    offset: int
    value: bytes
    key: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    """By their names in lower case; what is no text is left out."""


class Outlet(Protocol):
    """Where changes leave."""

    async def send(self, records: Sequence[Record]) -> None:
        """Return once every record is held by all replicas that must, in the given order per key.

        Raises BusRefused where one will never be taken, BusAway where nothing is certain; then any part of them may
        have arrived, and no later one of a key without the earlier.
        """
        ...

    async def close(self) -> None:
        """Give connections back."""
        ...


class Inlet(Protocol):
    """One topic, read by its source's owner alone."""

    async def take(self, seconds: float) -> Sequence[Received]:
        """What came, each partition in its order; empty after *seconds* without any. Raises BusAway."""
        ...

    async def confirm(self, places: Mapping[int, int]) -> None:
        """Tell the bus the next offset of each partition, for its own tools; what it makes of it does not matter."""
        ...

    @property
    def ends(self) -> Mapping[int, int]:
        """The offset after the last record of each partition, as last heard."""
        ...

    @property
    def is_outdated(self) -> bool:
        """The topic has got partitions that are not read: open it anew."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What to read, and from where."""

    topic: str
    group: str
    places: Mapping[int, int]
    """The next offset of each partition; one without begins at the first record that is kept."""


class Bus(Protocol):
    """The configured bus; opens nothing by itself."""

    def outlet(self) -> Outlet:
        """An outlet; it connects when first used."""
        ...

    def inlet(self, wanted: Wanted) -> AbstractAsyncContextManager[Inlet]:
        """Read a topic while the block runs. Raises BusAway."""
        ...


class Topics(Protocol):
    """The topics of the configured bus."""

    async def found(self, names: Sequence[str]) -> Mapping[str, Topic]:
        """Those of *names* that exist. Raises BusAway."""
        ...

    async def carry_out(self, plan: Plan) -> None:
        """Create and change what *plan* says. Raises BusAway, BusRefused with the brokers' words."""
        ...


def topics_of(settings: KafkaSettings) -> AbstractAsyncContextManager[Topics]:
    """The topics while the block runs. Raises Misconfigured without a bus, BusAway."""
    if bus_of(settings) is None:
        message = "no Kafka is configured: [kafka] servers (HUB__KAFKA__SERVERS)"
        raise Misconfigured(message)
    module = importlib.import_module("hub.changes.kafka_topics")
    opened: AbstractAsyncContextManager[Topics] = module.topics_of(settings)
    return opened


def bus_of(settings: KafkaSettings) -> Bus | None:
    """The configured bus, None without one. Raises Misconfigured where its client is not installed."""
    if not settings.servers:
        return None
    if find_spec(CLIENT) is None:
        message = "kafka.servers is set, but the client is not installed: pip install 'opshub[kafka]'"
        raise Misconfigured(message)
    bus: Bus = importlib.import_module("hub.changes.kafka").Kafka(settings)  # loaded by those who need it
    return bus
