"""No source is awaited inside a database transaction (a slow ERP must not hold one)."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.tree import Function, code_files, parsed, spot

SOURCES = {"gate", "gates", "adapter", "adapters", "source_adapter", "http", "client"}


def regions(tree: ast.AST) -> Iterator[list[ast.stmt]]:
    """What runs inside a tx: the body of `async with ...shard(...) as tx`, and of any function that is handed one."""
    for node in ast.walk(tree):
        opened = isinstance(node, ast.AsyncWith) and any(opens_tx(item) for item in node.items)
        handed = isinstance(node, Function) and "tx" in [
            given.arg for given in (*node.args.args, *node.args.kwonlyargs)
        ]
        if isinstance(node, ast.AsyncWith | Function) and (opened or handed):
            yield node.body


def opens_tx(item: ast.withitem) -> bool:
    return isinstance(item.optional_vars, ast.Name) and item.optional_vars.id == "tx"


def awaits_inside_tx(tree: ast.AST) -> Iterator[ast.Await]:
    for body in regions(tree):
        for node in (inner for statement in body for inner in ast.walk(statement)):
            if isinstance(node, ast.Await) and isinstance(node.value, ast.Call) and asks_a_source(node.value.func):
                yield node


def asks_a_source(called: ast.expr) -> bool:
    if not isinstance(called, ast.Attribute):
        return False
    words = {word.id for word in ast.walk(called.value) if isinstance(word, ast.Name)}
    words |= {word.attr for word in ast.walk(called.value) if isinstance(word, ast.Attribute)}
    return bool({word.lstrip("_") for word in words} & SOURCES)


def shard_named_otherwise(path: Path) -> Iterator[ast.AST]:
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.withitem) and isinstance(node.context_expr, ast.Call):
            called = node.context_expr.func
            if isinstance(called, ast.Attribute) and called.attr == "shard" and not opens_tx(node):
                yield node.context_expr


def test_no_source_is_awaited_inside_a_tx() -> None:
    found = [spot(path, node) for path in code_files() for node in awaits_inside_tx(parsed(path))]
    assert not found, "\n".join(f"{place}: move the source call out of the tx" for place in found)


def test_a_transaction_is_always_called_tx() -> None:
    assert [spot(path, node) for path in code_files() for node in shard_named_otherwise(path)] == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("async def f():\n async with store.shard(call) as tx:\n  await self._gate.read(kind, ids)", 1),
        ("async def f():\n async with store.shard(call) as tx:\n  for x in y:\n   await gates['erp'].execute(x)", 1),
        ("async def f(tx):\n await adapter.health()", 1),
        ("async def f():\n async with store.shard(call) as tx:\n  await tx.execute(x)\n await gate.read(x)", 0),
    ],
)
def test_the_rule_sees_a_planted_call(source: str, found: int) -> None:
    assert len(list(awaits_inside_tx(ast.parse(source)))) == found
