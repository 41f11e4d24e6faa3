"""What tests of inventory are made of: what sources say of a position, and positions by name."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from hub.model.inventory import InventoryGroups, NamedQuantity, QuantityName, StockFigures, StockSupply
from hub.model.observation import Content, NaturalKey, Observation
from hub.model.schemes import PRODUCT_SKU, WAREHOUSE_CODE
from hub.model.vocabulary import Kind
from hub.store.records import RecordRow
from tests.kit.merging import START, at, seen

MUG, WH, EAST = "MUG", "WH", "WH-EAST"


def figures(**named: int | str) -> StockFigures:
    """Figures by the lower-case names of their quantities."""
    told = tuple(
        NamedQuantity(name=QuantityName[name.upper()], value=Decimal(value), source="") for name, value in named.items()
    )
    return StockFigures(told=told)


def stock_of(sku: str = MUG, warehouse: str = WH, supply: StockSupply | None = None, **named: int | str) -> Content:
    """What a source says of a position."""
    return Content(
        inventory=InventoryGroups(figures=figures(**named), supply=supply),
        refers=(NaturalKey(scheme=PRODUCT_SKU, value=sku), NaturalKey(scheme=WAREHOUSE_CODE, value=warehouse)),
    )


def counted(
    source: str, content: Content | None, started: float = 0, source_id: str = "mug@wh", *, pushed: bool = False
) -> Observation:
    """An observation of a position that began *started* seconds after START."""
    return seen((source, Kind.INVENTORY, source_id), content, started, pushed=pushed)


def kept(source: str, content: Content, source_id: str = "mug@wh", started: float | None = 0, **also: Any) -> RecordRow:
    """The kept record of a position; pushed where *started* is None."""  # Any: fields of the row
    row = RecordRow(
        source=source,
        kind=Kind.INVENTORY,
        source_id=source_id,
        birth="",
        entity_id="",
        content=content,
        hash="",
        started=None if started is None else at(started),
        finished=at(started or 0),
        version=None,
        mapping_version=1,
        raw_ref=None,
        correlation_id="",
        rival=None,
        gone_at=None,
        in_doubt=False,
        first_seen_at=START,
    )
    return replace(row, **also)
