"""A source's lines in the hub's units, where one of its own is several of them (design D13). Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from decimal import Decimal

from hub.flow.facts import KeptRecord
from hub.model.observation import SourceLine, SourceQuantities
from hub.model.values import Money

ONE = Decimal(1)
PRICE_PLACES = Decimal("0.000001")


def in_units(record: KeptRecord, factors: Mapping[str, Decimal]) -> KeptRecord:
    """The record, each line of *factors* counted in the hub's units."""
    if not factors:
        return record
    lines = tuple(_counted(line, factors.get(line.id, ONE)) for line in record.content.lines)
    return replace(record, content=replace(record.content, lines=lines), factors=tuple(sorted(factors.items())))


def _counted(line: SourceLine, factor: Decimal) -> SourceLine:
    if factor == ONE:
        return line
    price = line.unit_price
    if price is not None:
        price = Money(amount=(price.amount / factor).quantize(PRICE_PLACES), currency_code=price.currency_code)
    told = {spec.name: getattr(line.quantities, spec.name) for spec in fields(line.quantities)}
    units = {name: None if value is None else value * factor for name, value in told.items()}
    return replace(line, unit_price=price, quantities=SourceQuantities(**units))
