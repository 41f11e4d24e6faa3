"""The demo's tabs: the documents of the surface that run today, letter by letter; their literals are of its stories."""

from __future__ import annotations

from importlib.resources import files

OPERATIONS = "operations.graphql"


def documents() -> str:
    """The documents."""
    return files("hub.demo").joinpath(OPERATIONS).read_text(encoding="utf-8")
