"""What a campaign amounts to: kills by point, totals, and whether it passes."""

from __future__ import annotations

import signal

from tests.crash.campaign import Report
from tests.crash.chance import POINTS
from tests.crash.fleet import End
from tests.crash.judge.evidence import Evidence
from tests.crash.judge.verdict import Violation
from tests.crash.seed import Outcome


def outcome(seed: int, *rules: str, points: tuple[str, ...] = ()) -> Outcome:
    return Outcome(
        seed=seed,
        violations=tuple(Violation(invariant=rule, words="...") for rule in rules),
        evidence=Evidence(),
        seconds=1.0,
        ends=tuple(End(name="serve", pid=1, signal=signal.SIGKILL, status=None, point=point) for point in points),
        hits=dict.fromkeys(points, 3),
    )


def test_what_an_owner_asks_is_counted_and_the_rest_beside() -> None:
    report = Report(outcomes=[outcome(1, "I1", "I2", "I4", "I5"), outcome(2, "I7", "I8", "I13")], wall=1.0)
    assert report.totals == {"lost": 1, "duplicated": 2, "oversold": 1, "gaps": 1, "untraceable": 1, "other": 1}
    assert not report.passes


def test_a_seed_that_does_not_hold_is_told_again_at_the_end() -> None:
    lines = Report(outcomes=[outcome(1), outcome(2, "R1")], wall=1.0).lines()
    assert lines[-2] == "seed 2: 1.0 s, 0 kills (), 0 pauses, 1 VIOLATIONS\n    R1: ..."
    assert not any(line.startswith("seed 1:") for line in lines)


def test_every_point_must_be_struck_twenty_times_in_three_hundred_seeds() -> None:
    enough = Report(outcomes=[outcome(seed, points=POINTS) for seed in range(20)], wall=1.0)
    assert enough.rare == []  # too few seeds to be judged
    many = [outcome(seed, points=POINTS if seed < 19 else POINTS[1:]) for seed in range(300)]
    assert Report(outcomes=many, wall=1.0).rare == [POINTS[0]]
    assert Report(outcomes=many[:150], wall=1.0).rare == []  # too few as well


def test_the_table_names_every_point_with_its_kills_and_passes() -> None:
    lines = Report(outcomes=[outcome(1, points=("a1", "a1", "r2"))], wall=1.0).lines()
    table = " ".join(" ".join(lines).split())
    assert "a1 2 3" in table
    assert "r2 1 3" in table
    assert all(f" {point} " in table for point in POINTS)
    assert lines[-1] == "lost 0, duplicated 0, oversold 0, gaps 0, untraceable 0, other 0"
