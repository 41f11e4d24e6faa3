"""Adapters are found by being there."""

from pathlib import Path

import pytest

from hub.errors import Misconfigured
from sources.registry import adapters, has_rehearsal, load, stage
from sources.vendure.adapter import VendureSettings


def test_every_folder_but_the_kit_is_listed() -> None:
    assert "vendure" in adapters()
    assert "kit" not in adapters()


def test_a_folder_is_loaded_by_its_name() -> None:
    folder = load("vendure")
    assert (folder.name, folder.manifest.adapter, folder.settings) == ("vendure", "vendure", VendureSettings)


def test_an_unknown_adapter_is_refused_with_the_list_of_those_there_are() -> None:
    with pytest.raises(Misconfigured, match=r"no adapter 'vendre'; there are: .*vendure"):
        load("vendre")
    with pytest.raises(Misconfigured, match="there is no adapter"):
        stage("kit")


async def test_a_rehearsal_is_opened_by_its_adapters_name() -> None:
    async with stage("vendure") as made:
        assert made.source == "shop"
        assert await made.statuses()


def brought(place: Path, name: str, manifest: str = "", *, package: str | None = None) -> None:
    """Another distribution in *place* that brings an adapter: a whole *package* that is there, or a small one."""
    info = place / f"{name}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[opshub.sources]\n{name} = {package or name + '_package'}\n")
    if package is None:
        _small(place / f"{name}_package", manifest)


def _small(package: Path, manifest: str) -> None:
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "manifest.py").write_text(manifest)
    (package / "adapter.py").write_text("SETTINGS = int\nconnect = print\n")


MANIFEST = """
from dataclasses import replace
from sources.tracking.manifest import MANIFEST as KNOWN
MANIFEST = replace(KNOWN, adapter="{name}")
"""


def test_another_distribution_brings_an_adapter_by_its_entry_point(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    brought(tmp_path, "brought_along", MANIFEST.format(name="brought_along"))
    monkeypatch.syspath_prepend(str(tmp_path))
    assert "brought_along" in adapters()
    folder = load("brought_along")
    assert (folder.package, folder.manifest.adapter, folder.settings) == ("brought_along_package", "brought_along", int)
    assert not has_rehearsal("brought_along")
    assert has_rehearsal("vendure")
    with pytest.raises(Misconfigured, match="brought_along has no rehearsal"):
        stage("brought_along")


def test_an_adapter_that_cannot_be_loaded_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    brought(tmp_path, "half_made")
    brought(tmp_path, "misnamed", MANIFEST.format(name="other"))
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(Misconfigured, match=r"half_made \(half_made_package\) cannot be loaded: AttributeError"):
        load("half_made")
    with pytest.raises(Misconfigured, match="misnamed calls itself other"):
        load("misnamed")
