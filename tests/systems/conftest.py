"""Real systems, started once for all tests of this folder. A system that cannot run fails the tests that need it."""

from collections.abc import Iterator

import pytest

from tests.systems.postgres import Postgres, running_postgres
from tests.systems.vendure.start import Vendure, running_vendure


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    with running_postgres() as server:
        yield server


@pytest.fixture(scope="session")
def vendure(postgres: Postgres) -> Iterator[Vendure]:
    with running_vendure(postgres) as server:
        print(f"\nreal Vendure, pid {server.pid}: {server.seconds} s")
        yield server
