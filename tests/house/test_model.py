"""The canonical model is frozen, slotted, keyword-only, documented, and knows only the standard library."""

import ast
import dataclasses
import importlib
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tests.house.tree import ROOT, module, parsed

FILES = sorted((ROOT / "hub" / "model").glob("*.py"))


def classes(inside: ModuleType) -> list[type]:
    return [kind for kind in vars(inside).values() if isinstance(kind, type) and kind.__module__ == inside.__name__]


@pytest.mark.parametrize("path", FILES, ids=module)
def test_every_class_says_what_it_is(path: Path) -> None:
    for node in parsed(path).body:
        if isinstance(node, ast.ClassDef):
            assert ast.get_docstring(node), f"{node.name} has no docstring"


@pytest.mark.parametrize("path", FILES, ids=module)
def test_every_value_is_frozen_slotted_and_keyword_only(path: Path) -> None:
    for kind in classes(importlib.import_module(module(path))):
        if dataclasses.is_dataclass(kind):
            made = kind.__dataclass_params__  # type: ignore[attr-defined]  # what @dataclass was told
            assert made.frozen, kind
            assert "__slots__" in vars(kind), kind
            assert all(spec.kw_only for spec in dataclasses.fields(kind)), kind


@pytest.mark.parametrize("path", FILES, ids=module)
def test_the_model_needs_no_library(path: Path) -> None:
    named = [node.module or "" for node in ast.walk(parsed(path)) if isinstance(node, ast.ImportFrom)]
    named += [alias.name for node in ast.walk(parsed(path)) if isinstance(node, ast.Import) for alias in node.names]
    ours = {"hub", *sys.stdlib_module_names}  # what of hub, the import contracts say
    strangers = [name for name in named if name.split(".")[0] not in ours]
    assert strangers == []
