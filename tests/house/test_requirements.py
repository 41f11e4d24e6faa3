"""The lock is complete, hashed and anonymous; nothing installed is below its floor."""

import re
import tomllib
from importlib.metadata import PackageNotFoundError, version

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.house.lock import hashed, locked
from tests.house.tree import ROOT

FLOORS = tomllib.loads((ROOT / "requirements/floors.toml").read_text())["floors"]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def wanted() -> list[Requirement]:
    project = PROJECT["project"]
    extras = [line for lines in project["optional-dependencies"].values() for line in lines]
    return [Requirement(line) for line in (*project["dependencies"], *extras, *PROJECT["build-system"]["requires"])]


@pytest.mark.parametrize("name", ["runtime.txt", "dev.txt"])
def test_each_pin_has_hashes_and_no_line_names_a_place(name: str) -> None:
    text = (ROOT / "requirements" / name).read_text()
    assert all(hashed(name).values())
    assert re.findall(r"://|^--|find-links|index-url", text, re.MULTILINE) == []


@pytest.mark.parametrize("name", ["runtime.txt", "dev.txt"])
def test_all_that_the_project_and_its_build_want_is_locked(name: str) -> None:
    pinned = locked(name)
    assert [
        str(want) for want in wanted() if pinned.get(canonicalize_name(want.name), Version("0")) not in want.specifier
    ] == []


def test_what_runs_is_locked_alike_for_development() -> None:
    for told in (locked, hashed):
        runtime, dev = told("runtime.txt"), told("dev.txt")
        assert {name: dev.get(name) for name in runtime} == runtime


@pytest.mark.parametrize("name", FLOORS)
def test_nothing_installed_is_below_its_floor(name: str) -> None:
    try:
        installed = Version(version(name))
    except PackageNotFoundError:
        installed = None  # not brought by anything: nothing to hold
    assert installed is None or installed >= Version(FLOORS[name]["version"]), FLOORS[name]["reason"]
