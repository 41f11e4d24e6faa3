"""A rehearsed ERP on a clock that tests move."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import httpx
import pytest

from hub.settings import Secret
from sources.tryton_erp.rehearsal.books import Sequence, Sequences
from sources.tryton_erp.rehearsal.door import Door
from sources.tryton_erp.rehearsal.erp import Erp
from sources.tryton_erp.rehearsal.stand import Stand, make_stand
from tests.kit.clock import StoppedClock

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock(NOW)


@pytest.fixture
def stand(clock: StoppedClock) -> Stand:
    sequences = Sequences(sale=Sequence(prefix="SO-", next=10051), invoice=Sequence(prefix="INV-", next=20017))
    made = make_stand(clock, door=Door("hub", Secret("pw"), Secret("key")), sequences=sequences)
    made.scene.seed_masters()
    return made


@pytest.fixture
def erp(stand: Stand) -> Erp:
    return stand.erp


@pytest.fixture
async def http(stand: Stand) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(stand.app), base_url="http://erp") as client:
        yield client
