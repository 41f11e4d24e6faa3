"""Units that came, divided among the moves that a warehouse planned for them: pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from hub.model.effects import Disposed, GoodsLine

ZERO = Decimal(0)


def units_of(lines: Iterable[GoodsLine | Disposed]) -> dict[str, Decimal]:
    """Units by item, in the source's own unit."""
    units: dict[str, Decimal] = {}
    for line in lines:
        units[line.sku] = units.get(line.sku, ZERO) + line.quantity / line.factor
    return units


def summed(counted: Iterable[tuple[str, Decimal]]) -> dict[str, Decimal]:
    """Units by item; what counts nothing is left out."""
    units: dict[str, Decimal] = {}
    for sku, count in counted:
        if count:
            units[sku] = units.get(sku, ZERO) + count
    return units


def divided(
    planned: Sequence[tuple[int, str, Decimal]], came: Mapping[str, Decimal]
) -> tuple[dict[int, Decimal], dict[str, Decimal]]:
    """For each planned move (id, item, units) the units that came for it, and what came that none was planned for.

    Moves are filled in order; what is over goes on the first of its item.
    """
    left = dict(came)
    filled: dict[int, Decimal] = {}
    for one, sku, units in planned:
        filled[one] = min(units, left.get(sku, ZERO))
        left[sku] = left.get(sku, ZERO) - filled[one]
    for one, sku, _ in planned:
        filled[one] += left.pop(sku, ZERO)
    return filled, {sku: units for sku, units in left.items() if units}
