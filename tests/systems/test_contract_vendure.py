"""The very suite that judges the rehearsal, on a real Vendure; and the table of check x {rehearsal, real}."""

from collections.abc import AsyncIterator

import pytest

from hub.settings import Secret
from sources.kit.contract import CHECKS, Check
from sources.kit.stage import Stage
from sources.registry import stage
from sources.vendure.rehearsal.stage import vendure_stage
from tests.systems.vendure.start import Vendure
from tests.systems.verdicts import Verdicts

VERDICTS = Verdicts()


@pytest.fixture(scope="module")
async def rehearsed() -> AsyncIterator[Stage]:
    async with stage("vendure") as made:
        yield made


@pytest.fixture(scope="module")
async def real(vendure: Vendure) -> AsyncIterator[Stage]:
    user, password = vendure.seeded.user, Secret(vendure.seeded.password)

    def listen(url: str, secret: str) -> None:
        vendure.tell((url, secret))

    async with vendure_stage(vendure.url, user=user, password=password, listen=listen) as made:
        yield made


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
async def test_the_adapter_passes_on_both(rehearsed: Stage, real: Stage, check: Check) -> None:
    assert await VERDICTS.of(check, rehearsed, real) == {"rehearsal": None, "real": None}


def test_the_table_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert VERDICTS.found, "no check ran before the table"
    with capsys.disabled():
        print(f"\n{VERDICTS.table()}")
