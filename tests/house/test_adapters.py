"""An adapter is a folder: its name is its manifest's, and asking for the manifest opens no HTTP library."""

import json
import subprocess
import sys

from tests.house.tree import ROOT

ADAPTERS = sorted(path.parent.name for path in (ROOT / "sources").glob("*/manifest.py"))
PROBE = """
import importlib, json, sys
names = {name: importlib.import_module(f"sources.{name}.manifest").MANIFEST.adapter for name in sys.argv[1:]}
heavy = sorted({name.split(".")[0] for name in sys.modules} & {"httpx", "aiohttp", "requests", "starlette", "uvicorn"})
print(json.dumps([names, heavy]))
"""


def test_a_folder_bears_its_manifests_name_and_the_manifest_is_light() -> None:
    ran = subprocess.run([sys.executable, "-c", PROBE, *ADAPTERS], cwd=ROOT, check=True, capture_output=True, text=True)
    assert json.loads(ran.stdout) == [{name: name for name in ADAPTERS}, []]


def test_every_folder_but_the_kit_is_an_adapter() -> None:
    folders = [path.parent.name for path in (ROOT / "sources").glob("*/__init__.py")]
    assert sorted(folders) == sorted([*ADAPTERS, "kit"])
