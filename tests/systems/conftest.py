"""Real systems, started once for all tests of this folder. A system that cannot run fails the tests that need it."""

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.systems.hub import RunningHub, running_hub
from tests.systems.plugs import HOOK_SECRET, SHOP, shop
from tests.systems.postgres import Postgres, running_postgres
from tests.systems.tryton_erp.start import TrytonErp, running_tryton_erp
from tests.systems.tryton_wms.start import TrytonWms, running_tryton_wms
from tests.systems.vendure.desk import Desk, desk_of
from tests.systems.vendure.start import Vendure, running_vendure


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    with running_postgres() as server:
        yield server


@pytest.fixture(scope="session")
def vendure(postgres: Postgres) -> Iterator[Vendure]:
    with running_vendure(postgres) as server:
        print(f"\nreal Vendure, pid {server.server.pid}: {server.seconds} s")
        yield server


@pytest.fixture(scope="session")
def tryton_erp(postgres: Postgres) -> Iterator[TrytonErp]:
    with running_tryton_erp(postgres) as server:
        print(f"\nreal Tryton 8.2 (ERP), pid {server.server.pid}: {server.seconds} s")
        yield server


@pytest.fixture(scope="session")
def tryton_wms(postgres: Postgres) -> Iterator[TrytonWms]:
    with running_tryton_wms(postgres) as server:
        print(f"\nreal Tryton 6.0 (warehouse), pid {server.server.pid}: {server.seconds} s")
        yield server


@pytest.fixture(scope="session")
async def hub_over_vendure(vendure: Vendure) -> AsyncIterator[RunningHub]:
    async with running_hub({SHOP: shop(vendure)}) as running:
        yield running


@pytest.fixture(scope="module")
def hub(hub_over_vendure: RunningHub, vendure: Vendure) -> Iterator[RunningHub]:
    """The hub, and nobody else, is told of every event of the shop."""
    vendure.tell((hub_over_vendure.hook, HOOK_SECRET))
    yield hub_over_vendure
    vendure.tell()


@pytest.fixture(scope="session")
async def desk(vendure: Vendure) -> AsyncIterator[Desk]:
    async with desk_of(vendure) as opened:
        yield opened
