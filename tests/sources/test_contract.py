"""The contract suite over every adapter folder, each on its own rehearsal."""

from collections.abc import AsyncIterator

import pytest

from sources.kit.contract import CHECKS, Check, judge
from sources.kit.stage import Stage
from sources.registry import adapters, stage


@pytest.fixture(scope="module", params=adapters())
async def rehearsed(request: pytest.FixtureRequest) -> AsyncIterator[Stage]:
    async with stage(request.param) as made:
        yield made


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
async def test_the_adapter_passes_on_its_rehearsal(rehearsed: Stage, check: Check) -> None:
    verdict = await judge(rehearsed, check)
    said = f"not offered: {verdict.absent}" if verdict.absent else check.title
    print(f"{check.number:4} rehearsal {verdict.seconds:6.2f} s  {said}")
    assert verdict.failure is None, verdict.failure
