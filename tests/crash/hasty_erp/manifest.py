"""What an ERP in a hurry promises: as Tryton, only sooner, and only what orders and stock are made of."""

from __future__ import annotations

from hub.model.manifest import Manifest
from hub.model.vocabulary import Kind
from sources.tryton_erp.manifest import CHANGED, MOVES, STOCK
from sources.tryton_erp.manifest import MANIFEST as TRYTON
from tests.crash.hurry import hurried

SWEPT = {
    Kind.ORDER: (CHANGED,),
    Kind.SHIPMENT: (CHANGED,),
    Kind.INVOICE: (CHANGED,),
    Kind.CUSTOMER: (CHANGED,),
    Kind.INVENTORY: (STOCK, MOVES),
}


BACK = {Kind.RETURN: (CHANGED,), Kind.CREDIT_MEMO: (CHANGED,)}
"""Where goods come back."""


def manifest(seconds: float, *, returns: bool = False) -> Manifest:
    """The manifest of an ERP that is swept every so many seconds."""
    return hurried(TRYTON, "hasty_erp", SWEPT | (BACK if returns else {}), seconds)


MANIFEST = manifest(60.0)
