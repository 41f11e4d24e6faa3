"""What the hasty shop promises: as Vendure, only sooner."""

from __future__ import annotations

from hub.model.manifest import Manifest
from sources.vendure.manifest import MANIFEST as VENDURE
from tests.crash.hurry import every_sweep, hurried


def manifest(seconds: float) -> Manifest:
    """The manifest of a shop that is swept every so many seconds."""
    return hurried(VENDURE, "hasty", every_sweep(VENDURE), seconds)


MANIFEST = manifest(60.0)
