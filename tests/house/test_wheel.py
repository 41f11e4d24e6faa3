"""The wheel holds exactly the product, and works clean and alone in a fresh environment."""

import json
import subprocess
import sys
import venv
import zipfile
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest

from tests.house.lock import locked
from tests.house.tree import PACKAGES, ROOT, code_files

PROBE = """
import importlib, importlib.metadata, importlib.util, json, pkgutil
from hub.resources import resource
owners = importlib.metadata.packages_distributions()
packages = [importlib.import_module(name) for name in ("hub", "resolvers", "sources", "subscriptions")]
for package in packages:
    for found in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        if not found.name.endswith("__main__"):
            importlib.import_module(found.name)
print(json.dumps({
    "owners": {package.__name__: owners[package.__name__] for package in packages},
    "strangers": [name for name in ("pytest", "mypy", "hypothesis", "pip") if importlib.util.find_spec(name)],
    "resources": [str(resource(name)) for name in ("schema.graphql", "migrations")],
}))
"""


SITE = "import sysconfig; print(sysconfig.get_path('purelib'))"


def run(*command: str | Path, cwd: Path) -> str:
    ran = subprocess.run(command, cwd=cwd, check=False, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr[-3000:]
    return ran.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", place, cwd=ROOT)
    (made,) = place.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def alone(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `bin` of an environment that holds the runtime lock and the wheel, nothing else.

    What the lock names is lent from our own environment, where `make setup` installed the same pins by their hashes.
    """
    place = tmp_path_factory.mktemp("alone")
    venv.create(place, symlinks=True)
    site = Path(run(place / "bin" / "python", "-c", SITE, cwd=place).strip())
    lend(site)
    run(sys.executable, "-m", "pip", "--python", place / "bin" / "python", "install", "--quiet", "--no-compile",
        "--no-deps", wheel, cwd=place)  # fmt: skip
    return place / "bin"


def lend(site: Path) -> None:
    """Link into *site* what the runtime lock names."""
    for name in locked("runtime.txt"):
        try:
            lent = distribution(name)
        except PackageNotFoundError:
            continue  # for another platform
        for top in {file.parts[0] for file in lent.files or () if file.suffix != ".pth"} - {"..", "__pycache__"}:
            if not (site / top).exists():
                (site / top).symlink_to(Path(str(lent.locate_file(top))))


def test_the_wheel_holds_the_packages_the_migrations_and_the_schema_alone(wheel: Path) -> None:
    held = set(zipfile.ZipFile(wheel).namelist())
    tops = {name.split("/")[0] for name in held}
    assert {name for name in tops if not name.endswith(".dist-info")} == set(PACKAGES)
    assert {"hub/schema.graphql", *(f"{name}/py.typed" for name in PACKAGES)} <= held
    modules = {str(path.relative_to(ROOT)) for path in code_files()}
    shipped = {name.removeprefix("hub/") if name.startswith("hub/migrations/") else name for name in held}
    assert {name for name in shipped if name.endswith(".py")} == modules


def test_the_wheel_works_alone_from_another_folder(alone: Path, tmp_path: Path) -> None:
    said = json.loads(run(alone / "python", "-c", PROBE, cwd=tmp_path))
    assert said["owners"] == {name: ["opshub"] for name in PACKAGES}
    assert said["strangers"] == []
    assert all("site-packages/hub/" in place for place in said["resources"])


def test_the_console_script_is_the_module(alone: Path, tmp_path: Path) -> None:
    shown = run(alone / "opshub", "--help", cwd=tmp_path)
    assert shown == run(alone / "python", "-m", "hub", "--help", cwd=tmp_path)
