"""Writes the folder of a new adapter from the template beside this file; it passes lint and types as it is."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from itertools import groupby
from pathlib import Path

from hub.errors import Misconfigured

NAME = re.compile(r"[a-z][a-z0-9_]{1,24}")
CHECKOUT = Path("sources")
"""Where a checkout of the hub keeps its adapters, seen from its top."""
MODULES = ("__init__", "manifest", "wire", "client", "mapping", "sweeps", "adapter")


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """A folder that was written."""

    folder: Path
    project: Path | None
    """The project around it, to be installed; None inside a checkout, where it is found by being there."""
    files: tuple[Path, ...]


def start(name: str, taken: tuple[str, ...], place: Path) -> Started:
    """Write the adapter *name*: inside a checkout under `sources/`, elsewhere as a project of its own in *place*.

    Raises Misconfigured for a name that is none or is *taken*, and where the folder exists already.
    """
    if not NAME.fullmatch(name) or keyword.iskeyword(name):
        message = f"{name!r} is no name for an adapter: small letters, digits and _, such as acme_wms"
        raise Misconfigured(message)
    if name in {*taken, "kit", "hub", "resolvers", "subscriptions", "sources"}:
        message = f"there is an adapter {name} already; there are: {', '.join(taken)}"
        raise Misconfigured(message)
    is_inside = (place / CHECKOUT / "registry.py").exists()
    project = None if is_inside else place / f"opshub-{name.replace('_', '-')}"
    folder = place / CHECKOUT / name if project is None else project / name
    if folder.exists() or (project is not None and project.exists()):
        message = f"{project or folder} exists already"
        raise Misconfigured(message)
    return Started(folder=folder, project=project, files=tuple(_written(name, folder, project)))


def _written(name: str, folder: Path, project: Path | None) -> Iterator[Path]:
    package = name if project is not None else f"sources.{name}"
    words = {
        "__NAME__": name,
        "__DIST__": name.replace("_", "-"),
        "__PACKAGE__": package,
        "__TITLE__": name.replace("_", " ").title(),
    }
    for module in MODULES:
        yield _put(folder / f"{module}.py", _sorted_imports(_filled(f"{module}.py.txt", words)))
    yield _put(folder / "samples" / "orders.json", _filled("sample.json.txt", words))
    if project is not None:
        yield _put(folder / "py.typed", "")
        yield _put(project / "pyproject.toml", _filled("project.toml.txt", words))


def _filled(template: str, words: dict[str, str]) -> str:
    text = files("sources.kit").joinpath("template", template).read_text(encoding="utf-8")
    for token, word in words.items():
        text = text.replace(token, word)
    return text


def _sorted_imports(text: str) -> str:
    """The text, its blocks of imports in order: where the new package stands among them depends on its name."""
    lines: list[str] = []
    for is_import, found in groupby(text.splitlines(), key=lambda line: line.startswith("from ")):
        block = list(found)
        lines += sorted(block, key=lambda line: line.split()[1]) if is_import else block
    return "\n".join(lines) + "\n"


def _put(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path
