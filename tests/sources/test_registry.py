"""Adapters are found by being there."""

import pytest

from hub.errors import Misconfigured
from sources.registry import adapters, load, stage
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
