"""Real engines, started once for all tests of this folder. One that cannot run fails the tests that need it."""

from collections.abc import Iterator

import pytest

from tests.engines.kafka.start import Kafka, running_kafka
from tests.engines.opensearch.start import Engine, running_opensearch


@pytest.fixture(scope="session")
def kafka() -> Iterator[Kafka]:
    with running_kafka() as broker:
        print(f"\nreal Apache Kafka at {broker.bootstrap}, pid {broker.server.pid}: {broker.seconds} s")
        yield broker


@pytest.fixture(scope="session")
def opensearch() -> Iterator[Engine]:
    with running_opensearch() as engine:
        said = f"{engine.url}, pid {engine.server.pid}, on JDK {engine.jdk}"
        print(f"\nreal OpenSearch {engine.release} at {said}: {engine.seconds} s")
        yield engine
