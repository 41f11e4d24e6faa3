"""The very suite that judges the rehearsal, on a real Tryton 6.0; and the table of check x {rehearsal, real}."""

from collections.abc import AsyncIterator

import pytest

from hub.settings import Secret
from sources.kit.contract import CHECKS, Check
from sources.kit.stage import Stage
from sources.registry import stage
from sources.tryton_wms.rehearsal.stage import wms_stage
from tests.systems.tryton_wms.start import TrytonWms
from tests.systems.verdicts import Verdicts

VERDICTS = Verdicts()


@pytest.fixture(scope="module")
async def rehearsed() -> AsyncIterator[Stage]:
    async with stage("tryton_wms") as made:
        yield made


@pytest.fixture(scope="module")
async def real(tryton_wms: TrytonWms) -> AsyncIterator[Stage]:
    server = tryton_wms
    password = Secret(server.password)
    async with wms_stage(server.url, database=server.database, user=server.user, password=password) as made:
        yield made


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
async def test_the_adapter_passes_on_both(rehearsed: Stage, real: Stage, check: Check) -> None:
    assert await VERDICTS.of(check, rehearsed, real) == {"rehearsal": None, "real": None}


def test_the_table_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert VERDICTS.found, "no check ran before the table"
    with capsys.disabled():
        print(f"\n{VERDICTS.table()}")
