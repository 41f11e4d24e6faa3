"""Real engines, started once for all tests of this folder. One that cannot run fails the tests that need it."""

from collections.abc import Iterator

import pytest

from tests.engines.kafka.start import Kafka, running_kafka


@pytest.fixture(scope="session")
def kafka() -> Iterator[Kafka]:
    with running_kafka() as broker:
        print(f"\nreal Apache Kafka at {broker.bootstrap}, pid {broker.server.pid}: {broker.seconds} s")
        yield broker
