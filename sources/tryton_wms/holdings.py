"""What the warehouse holds, and where, in the hub's words: items, places, figures, transfers. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

import msgspec

from hub.model.inventory import InventoryGroups, NamedQuantity, QuantityName, StockFigures
from hub.model.observation import Content, NaturalKey, Seen, SourceLine, SourceQuantities
from hub.model.place import (
    FeedMode,
    Location,
    LocationType,
    WarehouseFeed,
    WarehouseGroups,
    WarehouseProfile,
    WarehouseStatus,
    WarehouseType,
)
from hub.model.product import ProductGroups, ProductItem, ProductStatus, ProductType
from hub.model.schemes import PRODUCT_SKU, WAREHOUSE_CODE
from hub.model.transfer import TransferExecution, TransferGroups, TransferRequest, TransferStatus
from hub.model.values import Identifier
from hub.model.vocabulary import IdentifierScheme, Kind
from sources.tryton_wms.amounts import amount, unit_code
from sources.tryton_wms.mapping import Reading
from sources.tryton_wms.wire import FigureRow, LegRow, ProductRow, TransferRow, WarehouseRow, ZoneRow

ZERO = Decimal(0)

TRANSFERS: Mapping[str, TransferStatus] = {
    "request": TransferStatus.REQUESTED,
    "draft": TransferStatus.DRAFT,
    "waiting": TransferStatus.APPROVED,
    "assigned": TransferStatus.RELEASED,
    "shipped": TransferStatus.IN_TRANSIT,
    "done": TransferStatus.RECEIVED,
    "cancelled": TransferStatus.CANCELLED,
}
"""States of an internal shipment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What was counted of one item in one warehouse: four questions, asked one after the other."""

    row: FigureRow
    """All that is in the building."""
    free: Decimal
    """In storage, and assigned to nobody."""
    staged: Decimal
    """In the output zone."""
    arrived: Decimal
    """In the input zone."""


def product_of(row: ProductRow, reading: Reading) -> Seen:
    """An item."""
    sku = row.code or ""
    content = Content(
        product=ProductGroups(
            item=ProductItem(
                name=row.name,
                status=ProductStatus.ACTIVE if row.active else ProductStatus.DISCONTINUED,
                type=ProductType.GOODS,
                base_unit=unit_code(row.uom.symbol),
            )
        ),
        number=sku,
        bears=(NaturalKey(scheme=PRODUCT_SKU, value=sku),),
        identifiers=(Identifier(scheme=IdentifierScheme.SKU, value=sku, source=reading.source),),
    )
    return Seen(kind=Kind.PRODUCT, source_id=str(row.id), content=content, raw=msgspec.to_builtins(row))


def warehouse_of(row: WarehouseRow) -> Seen:
    """A warehouse with the places in it."""
    code = row.code or ""
    content = Content(
        warehouse=WarehouseGroups(
            profile=WarehouseProfile(
                name=row.name,
                type=WarehouseType.DC,
                status=WarehouseStatus.ACTIVE if row.active else WarehouseStatus.CLOSED,
            ),
            feed=WarehouseFeed(feed_mode=FeedMode.POLL),
        ),
        number=code,
        bears=(NaturalKey(scheme=WAREHOUSE_CODE, value=code),),
        locations=tuple(place for zone in sorted(row.zones, key=lambda one: one.id) for place in _places(zone, row)),
    )
    return Seen(kind=Kind.WAREHOUSE, source_id=str(row.id), content=content, raw=msgspec.to_builtins(row))


def position_of(figures: Figures, warehouse: WarehouseRow, reading: Reading) -> Seen:
    """The stock of an item in a warehouse. What is staged is promised; what has just come in is not looked at yet."""
    row, digits = figures.row, figures.row.uom.digits
    on_hand, free, staged, arrived = (
        amount(one, digits) for one in (row.quantity, figures.free, figures.staged, figures.arrived)
    )
    told = {
        QuantityName.ON_HAND: on_hand,
        QuantityName.ALLOCATED: on_hand - free - arrived,
        QuantityName.PICKED: staged,
        QuantityName.QUALITY_HOLD: arrived,
    }
    sku, place = row.code or "", warehouse.code or ""
    content = Content(
        inventory=InventoryGroups(
            figures=StockFigures(
                told=tuple(NamedQuantity(name=name, value=told[name], source=reading.source) for name in told),
                unit=unit_code(row.uom.symbol),
            )
        ),
        refers=(NaturalKey(scheme=PRODUCT_SKU, value=sku), NaturalKey(scheme=WAREHOUSE_CODE, value=place)),
    )
    raw = {"warehouse": place, "sku": sku, "figures": [str(one) for one in (on_hand, free, staged, arrived)]}
    return Seen(kind=Kind.INVENTORY, source_id=f"{warehouse.id}/{row.id}", content=content, raw=raw)


def transfer_of(row: TransferRow, reading: Reading) -> Seen:
    """Goods on their way between two of our places."""
    origin, target = (end.warehouse.code if end.warehouse else None for end in (row.origin, row.target))
    status = TRANSFERS.get(row.state, TransferStatus.UNKNOWN)
    left, came = _left(row), _came(row)
    gone, there = ([leg.written() for leg in legs if leg.state == "done"] for legs in (left, came))
    content = Content(
        transfer=TransferGroups(
            request=TransferRequest(requested_at=row.create_date.instant(), from_warehouse=origin, to_warehouse=target),
            execution=TransferExecution(shipped_at=max(gone, default=None), received_at=max(there, default=None)),
        ),
        number=row.number,
        raw_status=row.state,
        status=status.value,
        refers=tuple(NaturalKey(scheme=WAREHOUSE_CODE, value=code) for code in dict.fromkeys((origin, target)) if code),
        identifiers=tuple(
            Identifier(scheme=IdentifierScheme.OTHER, value=value, source=reading.source)
            for value in (row.number, row.reference)
            if value
        ),
        lines=_transfer_lines(left, came),
    )
    return Seen(kind=Kind.TRANSFER, source_id=str(row.id), content=content, raw=msgspec.to_builtins(row))


def _places(zone: ZoneRow, row: WarehouseRow) -> tuple[Location, ...]:
    kinds = {row.input_location: LocationType.DOCK, row.output_location: LocationType.STAGING,
             row.storage_location: LocationType.BULK}  # fmt: skip
    kind = kinds.get(zone.id, LocationType.OTHER)
    is_storage = zone.id == row.storage_location
    return (
        Location(
            id=str(zone.id), code=zone.code or zone.name, type=kind, is_pickable=is_storage, is_sellable=is_storage
        ),
        *(
            Location(
                id=str(one.id),
                code=one.code or one.name,
                zone=zone.code or zone.name,
                type=LocationType.PICK if is_storage else kind,
                is_pickable=is_storage,
                is_sellable=is_storage,
            )
            for one in sorted(zone.childs, key=lambda one: one.id)
        ),
    )


def _left(row: TransferRow) -> list[LegRow]:
    """Moves that leave; with a transit location, those that do not start there."""
    return sorted((leg for leg in row.moves if leg.from_location != row.transit_location), key=lambda leg: leg.id)


def _came(row: TransferRow) -> list[LegRow]:
    return sorted((leg for leg in row.moves if leg.to_location != row.transit_location), key=lambda leg: leg.id)


def _transfer_lines(left: list[LegRow], came: list[LegRow]) -> tuple[SourceLine, ...]:
    """One per item: bins split what leaves, and the same goods arrive in moves of their own."""
    items = {leg.product.id: leg for leg in (*came, *left)}
    return tuple(
        SourceLine(
            id=str(item),
            sku=leg.product.code or "",
            description=leg.product.name,
            unit=unit_code(leg.uom.symbol),
            quantities=SourceQuantities(
                ordered=_units(came, item) or _units(left, item),
                shipped=_units(left, item, "done"),
                delivered=_units(came, item, "done"),
            ),
        )
        for item, leg in sorted(items.items())
    )


def _units(legs: list[LegRow], item: int, state: str | None = None) -> Decimal:
    return sum(
        (
            amount(leg.quantity, leg.uom.digits)
            for leg in legs
            if leg.product.id == item and leg.state != "cancelled" and state in (None, leg.state)
        ),
        ZERO,
    )
