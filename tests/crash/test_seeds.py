"""A handful of seeds with every `make test`; the whole campaign is `make test-crash`."""

from pathlib import Path

from tests.crash.campaign import Report, campaign

SEEDS = (1, 4, 8, 17, 23, 35)
"""Between them: one worker and two, the database killed, webhooks lost, kills on every stretch of the path."""


async def test_a_handful_of_seeds_holds_every_invariant(tmp_path: Path) -> None:
    outcomes = await campaign(SEEDS, tmp_path, 2, print)
    report = Report(outcomes=outcomes, wall=0.0)
    assert [str(violation) for one in report.failed for violation in one.violations] == []
    assert sum(one.kills for one in outcomes) >= len(SEEDS)
    assert report.two_workers
    assert sum(one.store_kills for one in outcomes) == 1
