"""Only `merge` reaches the modules of the store that write what entities are made of (design section 5)."""

import ast
import re

import grimp
import pytest

from tests.house.tree import PACKAGES, ROOT, module, parsed

TABLES = (
    "record", "entity", "identity", "identifier", "link", "milestone", "stock", "movement", "reservation", "hold",
    "exception_case", "outbox",
)  # fmt: skip
VERBS = ("insert", "update", "delete")
STATEMENT = re.compile(rf"\b(insert\s+into|update|delete\s+from)\s+({'|'.join(TABLES)})\b", re.IGNORECASE)
TAKEN_AWAY = {"hub.store.changelog"}  # the relay moves outbox rows into the log; it writes none


def writes(tree: ast.AST) -> bool:
    """Whether a module writes one of the tables, by Core or by text."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and STATEMENT.search(node.value):
            return True
        if isinstance(node, ast.Call) and node.args and isinstance(table := node.args[0], ast.Name):
            verb = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            if verb in VERBS and table.id in TABLES:
                return True
    return False


def test_only_merge_reaches_what_writes_entities() -> None:
    files = (path for path in (ROOT / "hub" / "store").rglob("*.py") if writes(parsed(path)))
    writers = {module(path) for path in files} - TAKEN_AWAY
    graph = grimp.build_graph(*PACKAGES, cache_dir=None)
    trespassers = [
        f"{importer} imports {writer}"
        for writer in sorted(writers & graph.modules)
        for importer in sorted(graph.find_modules_that_directly_import(writer))
        if not importer.startswith(("hub.merge", "hub.store"))
    ]
    assert not trespassers, "\n".join(trespassers)


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("tx.execute(insert(entity), rows)", True),
        ("tx.execute(postgresql.insert(record).values(x))", True),
        ('SQL = text("""\nupdate identity set entity_id = :id""")', True),
        ("select(entity).where(entity.c.id == x)", False),
        ('text("update hint set attempts = 1")', False),
    ],
)
def test_the_rule_sees_a_planted_write(source: str, found: bool) -> None:  # noqa: FBT001  # a table of cases
    assert writes(ast.parse(source)) is found
