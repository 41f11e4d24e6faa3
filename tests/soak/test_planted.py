"""The planted bugs fit the code as it is, and say what the judge will call them."""

from __future__ import annotations

import subprocess

from tests.crash.planted import bugs, touched
from tests.crash.processes import ROOT
from tests.soak.__main__ import BUGS
from tests.soak.judge import Verdict

LEAST = 4


def test_each_fits_and_changes_how_changes_are_told() -> None:
    assert len(bugs(BUGS)) >= LEAST
    for bug in bugs(BUGS):
        assert all(file.startswith("subscriptions/") for file in touched(bug)), bug.name
        command = ["patch", "--strip=1", "--fuzz=0", "--forward", "--batch", "--dry-run", f"--input={bug.patch}"]
        fits = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
        assert fits.returncode == 0, f"{bug.name}: {fits.stdout}"


def test_each_is_of_a_sort_that_the_judge_names() -> None:
    names = Verdict().sorts
    assert all(bug.breaks <= names.keys() for bug in bugs(BUGS))
