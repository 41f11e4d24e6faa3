"""Files and functions stay short; the figures are printed (`pytest -s`)."""

import ast

import pytest

from tests.house.tree import Function, code_files, figures, functions, proof_files, spot

FILE, FILE_P95 = 450, 350
FUNCTION, FUNCTION_P95 = 60, 35
ARGUMENTS, ARGUMENTS_P95 = 5, 4


def lines(function: Function) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


def arguments(function: Function) -> int:
    given = function.args
    named = [given.arg for given in (*given.posonlyargs, *given.args, *given.kwonlyargs)]
    return len([name for name in named if name not in ("self", "cls")])


def test_no_file_is_longer_than_450_lines() -> None:
    sizes = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in (*code_files(), *proof_files())}
    long = [f"{path}: {size} lines" for path, size in sizes.items() if size > FILE]
    assert not long, "\n".join(long)
    median, p95, most = figures([sizes[path] for path in code_files()])
    print(f"\ncode: {len(code_files())} files, {sum(sizes[path] for path in code_files())} lines", end="; ")
    print(f"lines per file median {median}, p95 {p95}, max {most}")
    assert p95 <= FILE_P95


def test_no_function_is_longer_than_60_lines() -> None:
    long = [
        f"{spot(path, function)}: {function.name} has {lines(function)} lines"
        for path in (*code_files(), *proof_files())
        for function in functions(path)
        if lines(function) > FUNCTION
    ]
    assert not long, "\n".join(long)
    median, p95, most = figures([lines(function) for path in code_files() for function in functions(path)])
    print(f"\nlines per function median {median}, p95 {p95}, max {most}")
    assert p95 <= FUNCTION_P95


def test_no_function_takes_more_than_five_arguments() -> None:
    many = [
        f"{spot(path, function)}: {function.name} takes {arguments(function)} arguments"
        for path in (*code_files(), *proof_files())
        for function in functions(path)
        if arguments(function) > ARGUMENTS
    ]
    assert not many, "\n".join(many)
    _, p95, _ = figures([arguments(function) for path in code_files() for function in functions(path)])
    assert p95 <= ARGUMENTS_P95


@pytest.mark.parametrize(("source", "count"), [("def f(self, a, *, b): ...", 2), ("async def f(a, /, b): ...", 2)])
def test_self_is_not_counted(source: str, count: int) -> None:
    (function,) = ast.parse(source).body
    assert isinstance(function, Function)
    assert arguments(function) == count
