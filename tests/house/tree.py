"""The house as its checks see it: files, syntax trees, functions."""

from __future__ import annotations

import ast
import statistics
import subprocess
from collections.abc import Sequence
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("hub", "resolvers", "sources", "subscriptions")
Function = ast.FunctionDef | ast.AsyncFunctionDef


def code_files() -> list[Path]:
    """Every module that ships."""
    return _python(*PACKAGES, "migrations")


def proof_files() -> list[Path]:
    """Every module that proves."""
    return _python("tests", "bench")


def tracked() -> list[Path]:
    """Every file that git knows or would take."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]  # one line a file
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout  # git as found
    return [path for path in (ROOT / line for line in listed.splitlines()) if path.is_file()]


@cache
def parsed(path: Path) -> ast.Module:
    """The syntax tree of *path*."""
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


@cache
def functions(path: Path) -> tuple[Function, ...]:
    """Every function of *path*, methods and nested ones too."""
    return tuple(node for node in ast.walk(parsed(path)) if isinstance(node, Function))


def spot(path: Path, node: ast.AST) -> str:
    """Where *node* stands, as an editor understands it."""
    return f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 1)}"


def module(path: Path) -> str:
    """The dotted name of *path*."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def figures(values: Sequence[int]) -> tuple[int, int, int]:
    """Median, 95th percentile and maximum."""
    ordered = sorted(values)
    return round(statistics.median(ordered)), ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))], ordered[-1]


def _python(*folders: str) -> list[Path]:
    return sorted(
        path for folder in folders for path in (ROOT / folder).rglob("*.py") if "__pycache__" not in path.parts
    )
