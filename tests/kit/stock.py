"""What tests of inventory are made of: what sources say of a position, and positions by name."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from hub.clock import SystemClock
from hub.codec import encode
from hub.flow.facts import KeptRecord
from hub.model.ids import place_of_position, position_id
from hub.model.inventory import InventoryGroups, NamedQuantity, QuantityName, StockFigures, StockSupply
from hub.model.observation import Content, NaturalKey, Observation
from hub.model.schemes import PRODUCT_SKU, WAREHOUSE_CODE
from hub.model.vocabulary import Kind
from hub.store.reading import Answered
from hub.store.records import RecordRow
from hub.store.stock import StockRow
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


def lately(observation: Observation, ago: float = 0.0) -> Observation:
    """The observation, made *ago* seconds before the present instead of at its fixed instant."""
    now = SystemClock().now() - timedelta(seconds=ago)
    return replace(observation, started=now, finished=now)


def position(name: str, *rows: StockRow, **also: Any) -> str:
    """A position as the store tells it; records, claims, place and unit by name."""  # Any: what the store tells
    sku, warehouse = place_of_position(name) or ("", "")
    said = {"id": name, "sku": sku, "warehouse": warehouse, "version": 3, "figures": rows}
    return encode(said | also).decode()


def told(now: datetime, *positions: str, **coverage: float) -> Answered:
    """What the store answers at *now*; coverage of INVENTORY by source, in seconds ago."""
    covered = [
        {"source": source, "kind": Kind.INVENTORY, "through": now - timedelta(seconds=ago)}
        for source, ago in coverage.items()
    ]
    return Answered(shared=encode({"now": now, "coverage": covered, "states": []}).decode(), parts=positions)


def row(source: str, name: QuantityName, value: int | str, place: tuple[str, str] = (MUG, WH), **also: Any) -> StockRow:
    """One figure."""  # Any: fields of the row
    sku, warehouse = place
    made = StockRow(
        root_id=position_id(sku, warehouse), sku=sku, warehouse=warehouse, source=source, name=name,
        value=Decimal(value),
    )  # fmt: skip
    return replace(made, **also)


def record(source: str, content: Content, started: float | None = 0, **also: Any) -> KeptRecord:
    """The kept record of a position as readers see it; pushed where *started* is None."""  # Any: fields of the record
    made = KeptRecord(
        source=source,
        kind=Kind.INVENTORY,
        source_id="mug@wh",
        birth="",
        entity_id="",
        content=content,
        started=None if started is None else at(started),
        finished=at(started or 0),
        version=None,
        lives=True,
        in_doubt=False,
        first_seen_at=START,
    )
    return replace(made, **also)
