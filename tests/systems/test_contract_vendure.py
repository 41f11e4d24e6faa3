"""The very suite that judges the rehearsal, on a real Vendure; and the table of check x {rehearsal, real}."""

from collections.abc import AsyncIterator

import pytest

from hub.settings import Secret
from sources.kit.contract import CHECKS, Check, Verdict, judge
from sources.kit.stage import Stage
from sources.registry import stage
from sources.vendure.rehearsal.stage import vendure_stage
from tests.systems.vendure.start import Vendure

VERDICTS: dict[tuple[str, str], Verdict] = {}


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
    for name, where in {"rehearsal": rehearsed, "real": real}.items():
        VERDICTS[check.number, name] = await judge(where, check)
    failures = {name: VERDICTS[check.number, name].failure for name in ("rehearsal", "real")}
    assert failures == {"rehearsal": None, "real": None}


def test_the_table_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    numbers = [check.number for check in CHECKS if (check.number, "real") in VERDICTS]
    assert numbers, "no check ran before the table"
    with capsys.disabled():
        print(f"\n{'check':6}{'rehearsal':>12}{'real':>12}")
        for number in sorted(numbers, key=lambda one: (int(one.strip("Cabc")), one)):
            print(f"{number:6}" + "".join(f"{_cell(VERDICTS[number, where]):>12}" for where in ("rehearsal", "real")))


def _cell(verdict: Verdict) -> str:
    return f"{'ok' if verdict.passed else 'FAILED'} {verdict.seconds:.1f} s"
