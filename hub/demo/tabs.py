"""The demo's tabs: the documents of the surface that run today, on identifiers of the demo's own scene."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files

from hub.demo.scene import Scenery

OPERATIONS = "operations.graphql"


def documents(scenery: Scenery) -> str:
    """The documents, each literal identifier replaced by one that the rehearsed shop gave out."""
    text = files("hub.demo").joinpath(OPERATIONS).read_text(encoding="utf-8")
    for literal, meant in replacements(scenery).items():
        text = text.replace(f'"{literal}"', f'"{meant}"')
    return text


def replacements(scenery: Scenery) -> Mapping[str, str]:
    """Literal of the surface -> identifier of the scene: systems that are not connected yet lend theirs to the shop."""
    return {
        "317": scenery.shipped,
        "1Z999AA10123456784": scenery.tracking,
        "PO-ACME-7781": scenery.shipped,
        "SO-10063": scenery.cancellable,
        "cancel-so-10063": f"cancel-{scenery.cancellable}",
        "INV-20017": scenery.cancellable,
        "ACME": scenery.account,
    }
