"""Planted bugs: patches to a copy of the hub, run under the unchanged judge, to show that the judge would see them."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.crash.judge.verdict import INVARIANTS
from tests.crash.processes import ROOT
from tests.crash.seed import Outcome

BUGS = Path(__file__).parent / "bugs"
MOST = 100  # seeds
CODE = ("hub", "resolvers", "sources", "subscriptions", "migrations")
_FIELD = re.compile(r"^(?P<name>Bug|Breaks|Seeds): (?P<value>.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bug:
    """One patch, and what its head says of it."""

    name: str
    patch: Path
    words: str
    """What is wrong with the hub once it is applied."""
    breaks: frozenset[str]
    """Invariants that may notice."""
    seeds: tuple[int, ...]
    """Seeds that showed it soonest."""

    @property
    def tried(self) -> Sequence[int]:
        """Seeds within which it must be caught (bar B2 of reliability.md): those that showed it, and the next ones."""
        after = max(self.seeds) + 1
        return (*self.seeds, *range(after, after + MOST - len(self.seeds)))


def bugs(folder: Path = BUGS) -> Sequence[Bug]:
    """All of them, by name."""
    return [read(patch) for patch in sorted(folder.glob("*.patch"))]


def read(patch: Path) -> Bug:
    """A bug from the head of its patch. Raises KeyError where a field is missing."""
    head = patch.read_text(encoding="utf-8").partition("--- a/")[0]
    fields = {found["name"]: found["value"] for found in _FIELD.finditer(head)}
    return Bug(
        name=patch.stem,
        patch=patch,
        words=fields["Bug"],
        breaks=frozenset(fields["Breaks"].split()),
        seeds=tuple(int(seed) for seed in fields["Seeds"].split()),
    )


def planted(bug: Bug, home: Path) -> Path:
    """A copy of the product in which the bug is. Raises CalledProcessError where the patch does not fit."""
    place = home / bug.name
    for name in CODE:
        shutil.copytree(ROOT / name, place / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "schema.graphql", place)
    spoil(bug, place)
    return place


def spoil(bug: Bug, place: Path) -> None:
    """Let the bug into a copy of what it touches. Raises CalledProcessError where the patch does not fit."""
    command = ["patch", "--strip=1", "--fuzz=3", "--forward", "--batch", "--silent", f"--input={bug.patch}"]
    subprocess.run(command, cwd=place, check=True, capture_output=True)


def touched(bug: Bug) -> Sequence[str]:
    """Files that the patch changes."""
    return re.findall(r"^\+\+\+ b/(\S+)", bug.patch.read_text(encoding="utf-8"), re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Caught:
    """What the judge said of a bug."""

    bug: Bug
    noticed: tuple[tuple[int, frozenset[str]], ...]
    """Of each seed that was run: what was violated."""

    @property
    def first(self) -> int | None:
        """How many seeds it took; None: not caught."""
        for count, (_, rules) in enumerate(self.noticed, 1):
            if rules:
                return count
        return None

    @property
    def rules(self) -> frozenset[str]:
        """Everything that noticed."""
        return frozenset().union(*(rules for _, rules in self.noticed))


def caught(bug: Bug, outcomes: Iterable[Outcome]) -> Caught:
    """The bug as seen by the judge."""
    noticed = ((one.seed, frozenset(each.invariant for each in one.violations)) for one in outcomes)
    return Caught(bug=bug, noticed=tuple(noticed))


def necessary(found: Iterable[Caught]) -> Mapping[str, tuple[str, ...]]:
    """For each invariant, the bugs of which some seed was noticed by nothing else: without it that seed would hold."""
    alone = {(one.bug.name, rule) for one in found for _, rules in one.noticed if len(rules) == 1 for rule in rules}
    return {rule: tuple(sorted(name for name, only in alone if only == rule)) for rule in INVARIANTS}
