"""A shop's goods into the hub's words: variants, stock levels, places. Pure (design D10).

A shop's stock is a copy of somebody else's: it is shown, never counted (domain.md 2.3).
"""

from __future__ import annotations

from decimal import Decimal

import msgspec

from hub.model.inventory import InventoryGroups, NamedQuantity, QuantityName, StockFigures
from hub.model.observation import Content, NaturalKey, Seen
from hub.model.place import WarehouseGroups, WarehouseProfile
from hub.model.product import ProductContent, ProductGroups, ProductItem
from hub.model.schemes import PRODUCT_SKU, WAREHOUSE_CODE
from hub.model.values import Identifier
from hub.model.vocabulary import IdentifierScheme, Kind
from sources.vendure.mapping import Reading
from sources.vendure.wire import VendureGood, VendureLevel, VendureLocation

PARTS = "/"
"""Between the variant's id and the location's in the id of a stock level, which has no id to ask for of its own."""


def product_of(good: VendureGood, reading: Reading) -> Seen:
    """The product that a variant is."""
    sku = good.sku.strip()
    content = Content(
        product=ProductGroups(item=ProductItem(name=good.name), content=ProductContent(title=good.name)),
        number=sku or None,
        bears=(NaturalKey(scheme=PRODUCT_SKU, value=sku),) if sku else (),
        identifiers=(Identifier(scheme=IdentifierScheme.SKU, value=sku, source=reading.source),) if sku else (),
    )
    return Seen(kind=Kind.PRODUCT, source_id=good.id, content=content, raw=_raw(good))


def levels_of(good: VendureGood, reading: Reading) -> tuple[Seen, ...]:
    """What the shop believes to lie in each place, in the order of their ids; nothing for a variant without SKU."""
    if not good.sku.strip():
        return ()
    levels = sorted(good.stock_levels, key=lambda level: (len(level.stock_location.id), level.stock_location.id))
    return tuple(_level(good, level, reading) for level in levels)


def location_of(location: VendureLocation, reading: Reading) -> Seen:
    """The warehouse that a stock location is."""
    code = code_of(location)
    content = Content(
        warehouse=WarehouseGroups(profile=WarehouseProfile(name=location.name)),
        number=code,
        bears=(NaturalKey(scheme=WAREHOUSE_CODE, value=code),),
        identifiers=(Identifier(scheme=IdentifierScheme.OTHER, value=code, source=reading.source),),
    )
    return Seen(kind=Kind.WAREHOUSE, source_id=location.id, content=content, raw=_raw(location))


def code_of(location: VendureLocation) -> str:
    """The code that systems share: a shop keeps it as the description; its own name where there is none."""
    return location.description.strip() or location.name.strip() or location.id


def level_id(variant: str, location: str) -> str:
    """Id of a stock level."""
    return f"{variant}{PARTS}{location}"


def variant_of(level: str) -> str:
    """Id of the variant of a stock level."""
    return level.partition(PARTS)[0]


def _level(good: VendureGood, level: VendureLevel, reading: Reading) -> Seen:
    figures = {QuantityName.ON_HAND: level.stock_on_hand, QuantityName.ALLOCATED: level.stock_allocated}
    told = tuple(
        NamedQuantity(name=name, value=Decimal(value), source=reading.source) for name, value in figures.items()
    )
    content = Content(
        inventory=InventoryGroups(figures=StockFigures(told=told)),
        refers=(
            NaturalKey(scheme=PRODUCT_SKU, value=good.sku.strip()),
            NaturalKey(scheme=WAREHOUSE_CODE, value=code_of(level.stock_location)),
        ),
    )
    return Seen(
        kind=Kind.INVENTORY, source_id=level_id(good.id, level.stock_location.id), content=content, raw=_raw(level)
    )


def _raw(wire: VendureGood | VendureLevel | VendureLocation) -> object:
    return msgspec.to_builtins(wire)
