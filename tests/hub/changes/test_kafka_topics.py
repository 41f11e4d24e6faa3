"""Topics of a Kafka that is not there; the real one is in tests/engines."""

from __future__ import annotations

import pytest

from hub.changes.kafka_topics import topics_of
from hub.errors import BusAway
from hub.settings import KafkaSettings


async def test_without_a_broker_it_is_said() -> None:
    with pytest.raises(BusAway, match="Kafka"):
        async with topics_of(KafkaSettings(servers=("127.0.0.1:1",))):
            pass
