"""A bus is there when it is configured, and only then."""

from __future__ import annotations

from hub.changes.bus import bus_of
from hub.settings import KafkaSettings


def test_without_servers_there_is_none() -> None:
    assert bus_of(KafkaSettings()) is None


def test_with_servers_it_is_kafka_and_nothing_is_opened() -> None:
    assert type(bus_of(KafkaSettings(servers=("127.0.0.1:1",)))).__name__ == "Kafka"
