"""What the kept records of a position come to as narrow rows, and what moved them. Pure (design section 8)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from hub.model.ids import place_of_position, position_id
from hub.model.inventory import MovementType, QuantityName, StockFigures, StockSupply
from hub.model.observation import Content
from hub.model.schemes import PRODUCT_SKU, WAREHOUSE_CODE
from hub.store.records import RecordRow
from hub.store.stock import MovementRow, StockRow

GRAIN = Decimal("0.000001")
"""What a stored figure resolves."""

_MOVES: Mapping[QuantityName, tuple[MovementType, MovementType]] = {
    QuantityName.ON_HAND: (MovementType.ADJUST, MovementType.ADJUST),
    QuantityName.ALLOCATED: (MovementType.ALLOCATE, MovementType.DEALLOCATE),
    QuantityName.RESERVED: (MovementType.RESERVE, MovementType.RELEASE),
    QuantityName.PICKED: (MovementType.STATUS_CHANGE, MovementType.STATUS_CHANGE),
    QuantityName.DAMAGED: (MovementType.STATUS_CHANGE, MovementType.STATUS_CHANGE),
    QuantityName.QUALITY_HOLD: (MovementType.STATUS_CHANGE, MovementType.STATUS_CHANGE),
    QuantityName.QUARANTINE: (MovementType.STATUS_CHANGE, MovementType.STATUS_CHANGE),
    QuantityName.EXPIRED: (MovementType.STATUS_CHANGE, MovementType.STATUS_CHANGE),
    QuantityName.OTHER_UNSELLABLE: (MovementType.STATUS_CHANGE, MovementType.STATUS_CHANGE),
}
"""Why a figure rose or fell, as far as the figure alone tells: no source says why. The first one told is a COUNT."""


class Figure(NamedTuple):
    """Which figure of a position."""

    source: str
    name: QuantityName


class Ledger(NamedTuple):
    """What every line of a ledger bears."""

    correlation_id: str
    at: datetime
    mint: Callable[[], str]


def position_of(content: Content) -> str | None:
    """The position that *content* is about; None where it does not name item and warehouse."""
    named = {key.scheme: key.value for key in content.refers}
    sku, warehouse = named.get(PRODUCT_SKU), named.get(WAREHOUSE_CODE)
    return position_id(sku, warehouse) if sku and warehouse else None


def figures_of(position: str, records: Iterable[RecordRow]) -> dict[Figure, StockRow]:
    """The figures that live records tell of *position*; a source that tells one in parts is added up."""
    place = place_of_position(position)
    found: dict[Figure, StockRow] = {}
    if place is None:
        return found
    for record in records:
        said = None if record.content.inventory is None else record.content.inventory.figures
        if record.gone_at is not None or said is None:
            continue
        for name, value in _told(said):
            key = Figure(record.source, name)
            known = found.get(key)
            found[key] = StockRow(
                root_id=position,
                sku=place[0],
                warehouse=place[1],
                source=record.source,
                name=name,
                value=(value if known is None else known.value + value).quantize(GRAIN),
                unit=said.unit if known is None else known.unit,
            )
    return found


def supplies_of(records: Iterable[RecordRow]) -> dict[str, list[StockSupply]]:
    """What live records tell of stock to come, by source."""
    found: dict[str, list[StockSupply]] = {}
    for record in records:
        said = None if record.content.inventory is None else record.content.inventory.supply
        if record.gone_at is None and said is not None:
            found.setdefault(record.source, []).append(said)
    return found


def movements(before: Mapping[Figure, StockRow], after: Mapping[Figure, StockRow], ledger: Ledger) -> list[MovementRow]:
    """The lines of the ledger that lead from *before* to *after*, in a fixed order."""
    lines = []
    for key in sorted(before.keys() | after.keys()):
        was, now = before.get(key), after.get(key)
        old, new = (Decimal(0) if row is None else row.value for row in (was, now))
        row = now or was
        if row is None or (old == new and was is not None):
            continue
        lines.append(
            MovementRow(
                id=ledger.mint(),
                root_id=row.root_id,
                source=key.source,
                name=key.name,
                type=MovementType.COUNT if was is None else _why(key.name, new - old),
                delta=new - old,
                quantity_after=new,
                correlation_id=ledger.correlation_id,
                recorded_at=ledger.at,
            )
        )
    return lines


def _told(said: StockFigures) -> list[tuple[QuantityName, Decimal]]:
    return [(one.name, one.value) for one in said.told]


def _why(name: QuantityName, delta: Decimal) -> MovementType:
    rise, fall = _MOVES.get(name, (MovementType.OTHER, MovementType.OTHER))
    return rise if delta > 0 else fall
