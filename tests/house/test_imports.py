"""No module is in a cycle, and the contracts bite; that they are kept is what `make lint` looks at."""

import graphlib
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import grimp

from tests.house.tree import PACKAGES, ROOT

TOOL = Path(sys.executable).parent / "lint-imports"
PLANTED = {
    "imports point inward": ("hub/model/planted.py", "import hub.store.planted\n"),
    "sources are strangers to each other": ("sources/one/planted.py", "import sources.two.planted\n"),
    "GraphQL stays in resolvers": ("subscriptions/planted.py", "import graphql\n"),
    "SQL stays in the store": ("resolvers/planted.py", "import asyncpg\n"),
    "HTTP serving stays at the edges": ("hub/planted.py", "import starlette.routing\n"),
}


def test_every_room_has_its_place_on_the_ladder() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    placed = {name.strip(" ()") for layer in contracts[0]["layers"] for name in layer.split("|")}
    rooms = {
        f"hub.{path.stem}"
        for path in (ROOT / "hub").iterdir()
        if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    assert rooms - {"hub.__init__"} <= placed


def test_no_module_is_in_a_cycle() -> None:
    graph = grimp.build_graph(*PACKAGES, cache_dir=None)
    imports = {name: graph.find_modules_directly_imported_by(name) for name in graph.modules}
    graphlib.TopologicalSorter(imports).prepare()  # raises CycleError, naming the cycle


def test_each_contract_reports_a_planted_import(tmp_path: Path) -> None:
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    plants = [*PLANTED.values(), ("hub/store/planted.py", ""), ("sources/two/planted.py", "")]
    for name, text in plants:
        file = tmp_path / name
        for folder in reversed(file.relative_to(tmp_path).parents):
            (tmp_path / folder).mkdir(exist_ok=True)
            if str(folder) != ".":
                (tmp_path / folder / "__init__.py").touch()
        file.write_text(text)
    ran = subprocess.run([TOOL, "--no-cache", "--no-logo"], cwd=tmp_path, check=False, capture_output=True, text=True)
    broken = {line.removesuffix(" BROKEN") for line in ran.stdout.splitlines() if line.endswith(" BROKEN")}
    assert broken == set(PLANTED), ran.stdout + ran.stderr
