"""The suite itself: its list, its verdicts."""

import re

from sources.kit.checks.bench import Bench, expect
from sources.kit.contract import CHECKS, Check, judge, run
from sources.registry import stage


async def passes(bench: Bench) -> None:
    """Pass."""
    expect(bench.stage.source, "a stage")


async def fails(bench: Bench) -> None:
    """Fail in words."""
    expect(not bench.stage.source, "it should not")


async def stumbles(_bench: Bench) -> None:
    """Stumble."""
    raise KeyError("lines")  # noqa: EM101 - planted


def test_every_check_has_a_number_and_says_what_it_demands() -> None:
    assert len({check.number for check in CHECKS}) == len(CHECKS)
    assert all(re.fullmatch(r"C\d+[a-gp]?", check.number) for check in CHECKS)
    assert all(check.title.endswith(".") for check in CHECKS)
    covered = {re.sub(r"[a-gp]$", "", check.number) for check in CHECKS}
    assert covered == {f"C{number}" for number in (*range(1, 18), 21)}


async def test_verdicts_fall_in_order_and_are_told_as_they_fall() -> None:
    told: list[str] = []
    checks = [Check(number=f"C{place}", run=one) for place, one in enumerate((passes, fails, stumbles))]
    async with stage("vendure") as made:
        verdicts = await run(made, checks=checks, tell=lambda verdict: told.append(verdict.check.name))
        again = await judge(made, checks[0])
    assert [verdict.failure for verdict in verdicts] == [None, "it should not", "KeyError: 'lines'"]
    assert [verdict.passed for verdict in (*verdicts, again)] == [True, False, False, True]
    assert told == ["C0-passes", "C1-fails", "C2-stumbles"]


async def test_what_is_not_offered_is_not_checked_if_the_manifest_says_why() -> None:
    checks = [Check(number=f"C{place}", run=fails, needs=need) for place, need in enumerate(("order.refund", "magic"))]
    async with stage("vendure") as made:
        said, silent = await run(made, checks=checks)
    assert (said.passed, said.absent) == (
        True,
        "A cancel in Vendure does not refund; what is owed shows as CREDIT_OWED.",
    )
    assert (silent.failure, silent.absent) == ("magic is not offered, and `absent` does not say why", None)
