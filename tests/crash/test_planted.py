"""The planted bugs fit the code as it is, and between them need every invariant."""

import shutil
from pathlib import Path

from tests.crash.judge.evidence import Evidence
from tests.crash.judge.verdict import INVARIANTS, Violation
from tests.crash.planted import Bug, bugs, caught, necessary, spoil, touched
from tests.crash.processes import ROOT
from tests.crash.seed import Outcome

LEAST = 8


def outcome(seed: int, *rules: str) -> Outcome:
    violations = tuple(Violation(invariant=rule, words="...") for rule in rules)
    return Outcome(seed=seed, violations=violations, evidence=Evidence(), seconds=1.0)


def bug(name: str) -> Bug:
    return Bug(name=name, patch=Path(name), words="", breaks=frozenset(), seeds=(1, 2))


def test_there_are_enough_of_them_and_each_changes_the_hub_alone() -> None:
    assert len(bugs()) >= LEAST
    for one in bugs():
        files = touched(one)
        assert files, one.name
        assert all(file.startswith("hub/") for file in files), one.name


def test_each_applies_to_a_copy_and_leaves_the_product_alone(tmp_path: Path) -> None:
    for one in bugs():
        place = tmp_path / one.name
        for file in touched(one):
            (place / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / file, place / file)
        spoil(one, place)
        for file in touched(one):
            assert (place / file).read_text(encoding="utf-8") != (ROOT / file).read_text(encoding="utf-8"), one.name


def test_every_invariant_is_said_to_be_alone_in_noticing_some_bug() -> None:
    alone = {rule for one in bugs() if len(one.breaks) == 1 for rule in one.breaks}
    assert alone == set(INVARIANTS)


def test_after_the_seeds_that_showed_a_bug_the_next_ones_are_tried_up_to_a_hundred() -> None:
    tried = Bug(name="a", patch=Path("a"), words="", breaks=frozenset(), seeds=(200_007, 200_002)).tried
    assert tried == (200_007, 200_002, *range(200_008, 200_106))


def test_a_bug_is_caught_by_the_first_seed_that_does_not_hold() -> None:
    found = caught(bug("a"), [outcome(1), outcome(2, "I2", "I2"), outcome(3, "I14")])
    assert (found.first, found.rules) == (2, frozenset({"I2", "I14"}))
    assert caught(bug("b"), [outcome(1)]).first is None


def test_an_invariant_is_necessary_where_a_seed_with_a_bug_would_hold_without_it() -> None:
    found = [
        caught(bug("a"), [outcome(1, "I2", "I2"), outcome(2)]),
        caught(bug("b"), [outcome(1, "I2"), outcome(2, "I14")]),
        caught(bug("c"), [outcome(1, "I1", "I2"), outcome(2)]),
    ]
    needed = necessary(found)
    assert (needed["I2"], needed["I14"], needed["I1"]) == (("a", "b"), ("b",), ())
