"""A rehearsed ERP, its stage, and an adapter before it."""

from collections.abc import AsyncIterator

import pytest

from hub.ports import Adapter, SourceCall
from sources.kit.checks.bench import Bench
from sources.kit.stage import Stage
from sources.registry import stage

CALL = SourceCall(tenant="t", source="erp", correlation_id="test-correlation", patience=10.0)


@pytest.fixture(scope="module")
async def erp() -> AsyncIterator[Stage]:
    async with stage("tryton_erp") as made:
        yield made


@pytest.fixture
async def adapter(erp: Stage) -> AsyncIterator[Adapter]:
    async with Bench(erp).adapter(page=3) as made:
        yield made
