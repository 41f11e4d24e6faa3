"""Turns given values into a frozen section, value by value, and collects every mistake by its giver's name."""

from __future__ import annotations

import difflib
from collections.abc import Hashable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeVar, cast, get_args, get_origin, get_type_hints

import msgspec

from hub.errors import Misconfigured
from hub.settings.given import PREFIX, Given, Tree, planted
from hub.settings.secret import Secret

T = TypeVar("T")
REST = "options"
"""A field of this name takes every key that no other field takes."""


def convert(kind: type[T], values: Mapping[str, object], name: str) -> T:
    """A *kind* (a dataclass, such as an adapter's settings) out of *values* given under *name*.

    Raises Misconfigured with all mistakes at once.
    """
    mistakes: list[str] = []
    made = fill(kind, planted(values, name, text=True), name, mistakes)
    if made is None:
        raise Misconfigured("\n".join(mistakes))
    return made


def fill(kind: type[T], tree: Tree, path: str, mistakes: list[str]) -> T | None:
    """A *kind* out of *tree*, or None with at least one more mistake."""
    before = len(mistakes)
    hints = _hints(cast(Hashable, kind))
    specs: dict[str, Field[Any]] = {spec.name: spec for spec in fields(kind)}  # type: ignore[arg-type]  # T is a dataclass
    extra = {key: tree[key] for key in tree if key not in specs}
    values: dict[str, object] = {}
    if REST in specs:
        values[REST] = {key: _loose(part, mistakes) for key, part in extra.items()}
    else:
        mistakes.extend(_unknown(path, key, part, list(specs)) for key, part in extra.items())
    for key, spec in specs.items():
        if key in tree and key != REST:
            values[key] = _value(hints[key], tree[key], f"{path}.{key}".lstrip("."), mistakes)
        elif spec.default is MISSING and spec.default_factory is MISSING:
            mistakes.append(f"{path}.{key} is missing ({_variable(f'{path}.{key}')})")
    return kind(**values) if len(mistakes) == before else None


@cache
def _hints(kind: Any) -> Mapping[str, Any]:
    return get_type_hints(kind, include_extras=True)


def _value(hint: Any, part: Tree | Given, path: str, mistakes: list[str]) -> object:  # Any: a type hint
    section, named = is_dataclass(hint), get_origin(hint) is Mapping
    if isinstance(part, Given):
        if section or named:
            mistakes.append(f"{part.name} is a section and takes no value itself")
            return None
        return _leaf(hint, part, mistakes)
    if named:
        names, inner = get_args(hint)
        if get_origin(names) is Literal:
            known = list(get_args(names))
            mistakes.extend(_unknown(path, name, part[name], known) for name in part if name not in known)
        return {name: _value(inner, below, f"{path}.{name}", mistakes) for name, below in part.items()}
    kind: type[Any] = hint
    return fill(kind, part, path, mistakes) if section else _elsewhere(part, path, mistakes)


def _leaf(hint: Any, given: Given, mistakes: list[str]) -> object:  # Any: a type hint
    value = given.value
    if given.text and isinstance(value, str) and get_origin(hint) in (tuple, frozenset):
        value = [item.strip() for item in value.split(",") if item.strip()]
    try:
        return msgspec.convert(value, type=hint, strict=not given.text, dec_hook=_own_types)
    except (msgspec.ValidationError, ValueError) as wrong:
        mistakes.append(f"{given.name}: {wrong}")
        return None


def _own_types(kind: type[Any], value: object) -> object:
    if isinstance(value, kind):  # a secret that lay in a file
        return value
    if not isinstance(value, str):
        message = f"Expected `str`, got `{type(value).__name__}`"
        raise ValueError(message)  # msgspec expects this class of a hook
    return Path(value).expanduser() if kind is Path else kind(value)


def _elsewhere(part: Tree, path: str, mistakes: list[str]) -> Secret | None:
    given = part.get("file")
    if set(part) != {"file"} or not isinstance(given, Given):
        mistakes.append(f'{path} must be a value, or {{ file = "..." }} for a secret')
        return None
    try:
        return Secret(Path(str(given.value)).read_text(encoding="utf-8").strip())
    except (OSError, UnicodeDecodeError) as wrong:
        mistakes.append(f"{given.name}: {given.value} cannot be read ({type(wrong).__name__})")
        return None


def _loose(part: Tree | Given, mistakes: list[str]) -> object:
    if isinstance(part, Given):
        return part.value
    if set(part) == {"file"}:
        return _elsewhere(part, "", mistakes)
    return {key: _loose(below, mistakes) for key, below in part.items()}


def _unknown(path: str, key: str, part: Tree | Given, known: list[str]) -> str:
    name = part.name if isinstance(part, Given) else f"{path}.{key}".lstrip(".")
    near = difflib.get_close_matches(key, known, n=1)
    return f"{name} is not known" + (f"; did you mean {near[0]}?" if near else "")


def _variable(path: str) -> str:
    return PREFIX + path.replace(".", "__").replace("-", "_").upper()
