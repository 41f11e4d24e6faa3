"""A log call names its event and passes only declared fields."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from hub.telemetry import FIELDS
from tests.house.tree import code_files, parsed, spot

LEVELS = {"debug", "info", "warning", "error", "exception", "critical"}


@cache
def log_calls(path: Path) -> tuple[ast.Call, ...]:
    return tuple(_log_calls(path))


def _log_calls(path: Path) -> Iterator[ast.Call]:
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in LEVELS:
            owner = node.func.value
            if isinstance(owner, ast.Name) and owner.id.lstrip("_").lower() in ("log", "logger"):
                yield node


def test_log_calls_pass_only_declared_fields() -> None:
    strangers = [
        f"{spot(path, call)}: {word.arg} is not declared in hub/telemetry.py"
        for path in code_files()
        for call in log_calls(path)
        for word in call.keywords
        if word.arg not in FIELDS | {"exc_info"}
    ]
    assert not strangers, "\n".join(strangers)


def test_an_event_is_a_fixed_name() -> None:
    free = [
        spot(path, call)
        for path in code_files()
        for call in log_calls(path)
        if len(call.args) != 1 or not isinstance(call.args[0], ast.Constant)
    ]
    assert not free, free
