"""The test tree mirrors the code: `hub/merge/assemble.py` is proven by `tests/hub/merge/test_assemble.py`."""

import ast
from pathlib import Path

from tests.house.tree import PACKAGES, ROOT, code_files, functions

EXEMPT = {
    "hub/__main__.py": "two lines; run by the wheel test",
}


def says_something(path: Path) -> bool:
    """Whether a module holds a function with a body. Declarations and re-exports have nothing to prove."""
    return any(not all(map(_is_empty, function.body)) for function in functions(path))


def _is_empty(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Pass) or (
        isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    )


def proofs(path: Path) -> list[Path]:
    """The test files of a module: `test_name.py` or `test_name_topic.py` in the mirrored folder."""
    relative = path.relative_to(ROOT)
    stem = relative.parent.name if path.stem == "__init__" else path.stem
    return sorted((ROOT / "tests" / relative.parent).glob(f"test_{stem}*.py"))


def test_each_module_has_its_test_file() -> None:
    modules = [path for path in code_files() if path.relative_to(ROOT).parts[0] in PACKAGES and says_something(path)]
    missing = [
        name
        for path in modules
        if (name := str(path.relative_to(ROOT))) not in EXEMPT and "samples" not in path.parts and not proofs(path)
    ]
    assert not missing, "no test file mirrors:\n" + "\n".join(missing)


def test_each_folder_of_tests_mirrors_a_folder_of_code() -> None:
    folders = {
        path.parent.relative_to(ROOT / "tests")
        for name in PACKAGES
        for path in (ROOT / "tests" / name).rglob("test_*.py")
    }
    strangers = [str(folder) for folder in folders if not (ROOT / folder).is_dir()]
    assert not strangers, strangers


def test_each_test_file_holds_a_test() -> None:
    files = [path for path in (ROOT / "tests").rglob("test_*.py") if "__pycache__" not in path.parts]
    empty = [str(path) for path in files if not any(function.name.startswith("test_") for function in functions(path))]
    assert not empty, empty


def test_exemptions_name_files_that_exist() -> None:
    assert [name for name in EXEMPT if not (ROOT / name).is_file()] == []
