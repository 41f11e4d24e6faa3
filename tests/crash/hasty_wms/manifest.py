"""What a warehouse in a hurry promises: as Tryton, only sooner, and only what orders and stock are made of."""

from __future__ import annotations

from hub.model.manifest import Manifest
from hub.model.vocabulary import Kind
from sources.tryton_wms.manifest import ALL, CHANGED, OPEN
from sources.tryton_wms.manifest import MANIFEST as TRYTON
from tests.crash.hurry import hurried

SWEPT = {Kind.SHIPMENT: (OPEN, CHANGED), Kind.INVENTORY: (ALL,)}


BACK = {Kind.RETURN: (CHANGED,)}
"""Where goods come back."""


def manifest(seconds: float, *, returns: bool = False) -> Manifest:
    """The manifest of a warehouse that is swept every so many seconds."""
    return hurried(TRYTON, "hasty_wms", SWEPT | (BACK if returns else {}), seconds)


MANIFEST = manifest(60.0)
