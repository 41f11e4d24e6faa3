"""What was given, before it is judged: a tree of values that remember where each came from."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

PREFIX = "HUB__"
_NAMED = ("keys", "sources", "channels", "approvals", "routing", "returns")


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """One value and the name its giver knows it by."""

    value: object
    name: str
    text: bool
    """True where everything is a string, as in the environment: `"5"` may then stand for 5."""


Tree = dict[str, "Tree | Given"]


def planted(values: Mapping[str, object], name: str, *, text: bool = False) -> Tree:
    """The tree of *values*, each named after its path under *name*."""
    return {
        key: planted(value, f"{name}.{key}", text=text)
        if isinstance(value, Mapping)
        else Given(value=value, name=f"{name}.{key}", text=text)
        for key, value in values.items()
    }


def from_file(file: Path, mistakes: list[str]) -> Tree:
    """The tree of a TOML file; an unreadable or malformed file is a mistake."""
    try:
        values = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as wrong:
        mistakes.append(f"{file}: cannot be read ({wrong.strerror})")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as wrong:
        mistakes.append(f"{file}: is not TOML ({wrong})")
    else:
        return {
            key: planted(value, f"{file}: {key}")
            if isinstance(value, dict)
            else Given(value=value, name=f"{file}: {key}", text=False)
            for key, value in values.items()
        }
    return {}


def overlay(tree: Tree, environ: Mapping[str, str], mistakes: list[str]) -> None:
    """Lay every `HUB__SECTION__KEY` over *tree*; `HUB__SOURCES__ERP_MAIN__URL` means `sources.erp-main.url`.

    A value for a whole section is a mistake; a value over `{ file = "..." }` wins.
    """
    for variable in sorted(environ):
        if variable.startswith(PREFIX):
            steps = variable.removeprefix(PREFIX).lower().split("__")
            if len(steps) < (3 if steps[0] in _NAMED else 2):
                mistakes.append(f"{variable} is not known: a variable is {PREFIX}SECTION__KEY")
            else:
                _put(tree, steps, Given(value=environ[variable], name=variable, text=True))


def _put(tree: Tree, steps: list[str], given: Given) -> None:
    at = tree
    for depth, step in enumerate(steps[:-1]):
        key = _known(at, step, named=depth == 1 and steps[0] in _NAMED)
        below = at.get(key)
        if not isinstance(below, dict):
            below = at[key] = {}
        at = below
    at[_known(at, steps[-1], named=False)] = given


def _known(at: Tree, step: str, *, named: bool) -> str:
    for key in at:
        if key.lower().replace("-", "_") == step:
            return key
    return step.replace("_", "-") if named else step
