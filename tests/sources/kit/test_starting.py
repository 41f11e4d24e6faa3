"""The folder of a new adapter is written whole: sound by lint and types, and yet one line short."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from hub.errors import Misconfigured
from sources.kit.starting import MODULES, Started, start

ROOT = Path(__file__).parents[3]


def judged(*command: str | Path) -> None:
    ran = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, check=False, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def inside(place: Path) -> Path:
    """A checkout, as far as it matters."""
    (place / "sources").mkdir()
    (place / "sources" / "registry.py").touch()
    return place


def test_in_a_checkout_it_is_a_folder_among_the_others(tmp_path: Path) -> None:
    made = start("acme_wms", ("vendure",), inside(tmp_path))
    folder = tmp_path / "sources" / "acme_wms"
    assert (made.folder, made.project) == (folder, None)
    assert {path.relative_to(folder).as_posix() for path in made.files} == {
        *(f"{module}.py" for module in MODULES), "samples/orders.json",
    }  # fmt: skip
    texts = [path.read_text() for path in made.files]
    assert not any("__NAME__" in text or "__PACKAGE__" in text or "__TITLE__" in text for text in texts)
    assert "from sources.acme_wms.wire import" in (folder / "client.py").read_text()


@pytest.mark.parametrize("name", ["acme_wms", "zeta", "a234567890123456789012_45"])
def test_what_is_written_needs_no_formatting_and_no_correction(tmp_path: Path, name: str) -> None:
    made = start(name, (), inside(tmp_path))
    config = ("--config", str(ROOT / "pyproject.toml"), "--no-cache")
    judged("ruff", "check", *config, made.folder)
    judged("ruff", "format", "--check", *config, made.folder)


def test_elsewhere_it_is_a_project_with_an_entry_point_and_its_types_are_right(tmp_path: Path) -> None:
    made: Started = start("acme_wms", (), tmp_path)
    assert made.project == tmp_path / "opshub-acme-wms"
    told = (made.project / "pyproject.toml").read_text()
    assert '[project.entry-points."opshub.sources"]\nacme_wms = "acme_wms"' in told
    assert "from acme_wms.wire import" in (made.folder / "client.py").read_text()
    judged("mypy", "--config-file", ROOT / "pyproject.toml", made.folder)


@pytest.mark.parametrize(
    "name", ["Acme", "9lives", "a-b", "", "x", "a" * 26, "class", "../up", "kit", "vendure", "hub"]
)
def test_a_name_that_is_none_or_taken_writes_nothing(tmp_path: Path, name: str) -> None:
    with pytest.raises(Misconfigured):
        start(name, ("vendure",), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    start("acme_wms", (), tmp_path)
    with pytest.raises(Misconfigured, match="exists already"):
        start("acme_wms", (), tmp_path)
