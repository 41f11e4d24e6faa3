"""The first checks say in words what a new adapter lacks, and turn green one by one."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sources.kit.first import Finding, Newborn, look
from sources.kit.starting import Started, start
from sources.registry import load
from tests.sources.test_registry import brought


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Started]:
    """A project outside the distribution, installed as pip would: found by its entry point."""
    made = start("acme_wms", (), tmp_path)
    brought(tmp_path, "acme_wms", package="acme_wms")
    assert made.project is not None
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.syspath_prepend(str(made.project))
    yield made
    for name in [name for name in sys.modules if name.split(".")[0] == "acme_wms"]:
        del sys.modules[name]


async def found(made: Started) -> dict[str, Finding]:
    for name in [name for name in sys.modules if name.split(".")[0] == "acme_wms"]:
        del sys.modules[name]
    folder = load("acme_wms")
    new = Newborn(
        name="acme_wms",
        package=folder.package,
        manifest=folder.manifest,
        settings=folder.settings,
        connect=folder.connect,
    )
    return {one.number: one for one in await look(new)}


def edited(made: Started, name: str, change: Callable[[str], str]) -> None:
    path = made.folder / name
    before = path.read_text()
    assert change(before) != before
    path.write_text(change(before))


async def test_as_written_one_line_is_missing_and_that_line_turns_it_green(made: Started) -> None:
    before = await found(made)
    assert [number for number, one in before.items() if one.failure] == ["F4"]
    assert before["F4"].failure == (
        "samples/orders.json: ORDER 1003 has the status 'cancelled', which STATUSES in manifest.py does not map: "
        'add a line such as "cancelled": OrderStatus.CANCELLED,'
    )
    line = '    "cancelled": OrderStatus.CANCELLED,\n}\n"""The system'
    edited(made, "manifest.py", lambda text: text.replace('}\n"""The system', line))
    assert [one.failure for one in (await found(made)).values()] == [None] * 6


@pytest.mark.parametrize(
    ("number", "file", "change", "said"),
    [
        ("F1", "manifest.py", ('"order.deletes"', '"deletes"'), "absent['order.deletes']"),
        ("F1", "manifest.py", ('"writes":', '"write":'), "absent['writes']"),
        ("F2", "samples/orders.json", ('"id": "1001"', '"id": 1001'), "$.orders[0].id"),
        ("F2", "mapping.py", ("def sampled", "def sampling"), "sampled(body, source) is needed"),
        ("F3", "mapping.py", ("number=order.number,", ""), "set Content.number"),
        ("F3", "mapping.py", ("placed_at=instant(order.placed_at),", ""), "no placed_at"),
        ("F3", "mapping.py", ("ordered=exact(line.quantity)", ""), "how many units were ordered"),
        ("F5", "mapping.py", ("exact(order.total)", "float(order.total)"), "a float"),
        ("F6", "adapter.py", ("if kind is not Kind.ORDER:", "if not kind:"), "adapter.py: reading"),
    ],
)
async def test_what_is_missing_is_said_in_words(
    made: Started, number: str, file: str, change: tuple[str, str], said: str
) -> None:
    edited(made, file, lambda text: text.replace(*change))
    failure = (await found(made))[number].failure
    assert failure is not None
    assert said in failure
