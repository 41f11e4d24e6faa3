"""C1, C2 notice requests that break the contract, and a judge that sleeps."""

import pytest

from sources.kit.checks.bench import Bench
from sources.kit.checks.requests import the_judge_is_awake
from sources.vendure.rehearsal.stage import VendureStage, stage
from tests.sources.kit.checks import twisted
from tests.sources.kit.checks.twisted import Twisted, verdict_on


@pytest.mark.parametrize(
    ("number", "planted"),
    [
        ("C1", twisted.SendsFractions),
    ],
)
async def test_a_planted_fault_is_noticed(number: str, planted: Twisted) -> None:
    assert await verdict_on(planted, number) is not None


class Sleepy(VendureStage):
    async def fault_of(self, request: bytes) -> str | None:
        return None if request else "nothing"


async def test_a_judge_that_finds_nothing_wrong_is_noticed() -> None:
    async with stage() as made:
        assert isinstance(made, VendureStage)
        sleepy = Sleepy(
            proxy=made.proxy,
            hands=made.hands,
            user=made.user,
            password=made.password,
            listen=made.listen,
            postbox=made.postbox,
            canaries=made.canaries,
        )
        with pytest.raises(AssertionError, match="the judge finds nothing wrong"):
            await the_judge_is_awake(Bench(sleepy))
