"""What Tryton 6.0 answers, as far as it is asked: names that end in a dot hold the rows that a field leads to."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType, field


class Wire(msgspec.Struct, frozen=True, kw_only=True):
    """A part of an answer."""


class RpcAnswer(Wire, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The envelope: a result or an error, and nothing beside them."""

    id: int | None = None
    result: msgspec.Raw | UnsetType = UNSET
    error: list[Any] | UnsetType = UNSET  # Any: words, nested


class Stamp(Wire, frozen=True, kw_only=True, tag_field="__class__", tag="datetime"):
    """An instant without a zone: UTC."""

    year: int
    month: int
    day: int
    hour: int
    minute: int
    second: int
    microsecond: int

    def instant(self) -> datetime:
        """The aware instant. Raises ValueError for one that no calendar has."""
        return datetime(
            self.year, self.month, self.day, self.hour, self.minute, self.second, self.microsecond, tzinfo=UTC
        )


class Listed(Wire, frozen=True, kw_only=True):
    """The least that every row has: its id."""

    id: int


class Dated(Listed, frozen=True, kw_only=True):
    """A row, and when it was made and last written."""

    create_date: Stamp
    write_date: Stamp | None

    def written(self) -> datetime:
        """The later of the two."""
        return (self.write_date or self.create_date).instant()


class Unit(Wire, frozen=True, kw_only=True):
    """A unit of measure."""

    symbol: str
    digits: int


class UnitRow(Unit, frozen=True, kw_only=True):
    """A unit of measure that is sent back."""

    id: int


class Coded(Wire, frozen=True, kw_only=True):
    """Something that has a code."""

    code: str | None


class Place(Coded, frozen=True, kw_only=True):
    """A location, and what sort of place it is."""

    type: str


class Item(Coded, frozen=True, kw_only=True):
    """An item on a move."""

    id: int
    name: str


class MoveRow(Dated, frozen=True, kw_only=True):
    """Goods that go from one place to another."""

    quantity: Decimal
    state: str
    origin: str | None
    product: Item = field(name="product.")
    uom: Unit = field(name="uom.")
    to: Place = field(name="to_location.")


class PackageRow(Listed, frozen=True, kw_only=True):
    """A parcel."""

    code: str
    shipping_reference: str | None


class Country(Coded, frozen=True, kw_only=True):
    """ISO code of a country."""


class AddressRow(Wire, frozen=True, kw_only=True):
    """Where it goes."""

    party_name: str | None
    street: str | None
    postal_code: str | None
    city: str | None
    country: Country | None = field(name="country.")


class PartyRow(Coded, frozen=True, kw_only=True):
    """Who gets it."""

    name: str | None


class CarrierRow(Wire, frozen=True, kw_only=True):
    """Who carries it."""

    party: PartyRow = field(name="party.")


class ShipmentRow(Dated, frozen=True, kw_only=True):
    """What customer shipments and returns have in common."""

    number: str | None
    reference: str | None
    state: str
    warehouse: Coded = field(name="warehouse.")
    moves: list[MoveRow] = field(name="moves.")


class OutRow(ShipmentRow, frozen=True, kw_only=True):
    """A customer shipment."""

    customer: PartyRow = field(name="customer.")
    address: AddressRow = field(name="delivery_address.")
    carrier: CarrierRow | None = field(name="carrier.", default=None)
    packages: list[PackageRow] = field(name="packages.")


class StampedRow(OutRow, frozen=True, kw_only=True):
    """A customer shipment, and the mark by which Tryton knows whether it was written since."""

    timestamp: str = field(name="_timestamp")


class TwinRow(Listed, frozen=True, kw_only=True):
    """One of the shipments that bear a reference."""

    number: str | None
    state: str


class WarehouseDoorRow(Listed, frozen=True, kw_only=True):
    """A warehouse, and where goods leave it."""

    output_location: int


class ReturnDoorRow(Listed, frozen=True, kw_only=True):
    """A warehouse, where goods come in and lie, and where they go that are worth nothing any more."""

    input_location: int
    storage_location: int
    lost_found_location: int | None = None
    waste_locations: list[int] = []


class AsideRow(Listed, frozen=True, kw_only=True):
    """A move of goods that have come back to another place than the shelf; it belongs to no shipment."""

    state: str
    quantity: Decimal
    to_location: int
    product: Item = field(name="product.")
    uom: Unit = field(name="uom.")


class ItemRow(Listed, frozen=True, kw_only=True):
    """An item, and how it is counted."""

    code: str | None
    uom: UnitRow = field(name="default_uom.")


class BuyerRow(Listed, frozen=True, kw_only=True):
    """Somebody who gets goods, and the location that they leave to."""

    name: str | None
    customer_location: int


class ReturnRow(ShipmentRow, frozen=True, kw_only=True):
    """A customer return."""


class End(Wire, frozen=True, kw_only=True):
    """One end of a transfer, and the warehouse it lies in."""

    warehouse: Coded | None = field(name="warehouse.")


class LegRow(Dated, frozen=True, kw_only=True):
    """A move of a transfer."""

    quantity: Decimal
    state: str
    from_location: int
    to_location: int
    product: Item = field(name="product.")
    uom: Unit = field(name="uom.")


class TransferRow(Dated, frozen=True, kw_only=True):
    """An internal shipment."""

    number: str | None
    reference: str | None
    state: str
    transit_location: int | None
    origin: End = field(name="from_location.")
    target: End = field(name="to_location.")
    moves: list[LegRow] = field(name="moves.")


class ProductRow(Dated, frozen=True, kw_only=True):
    """An item."""

    code: str | None
    name: str
    active: bool
    uom: Unit = field(name="default_uom.")


class BinRow(Wire, frozen=True, kw_only=True):
    """A place below a zone."""

    id: int
    code: str | None
    name: str
    type: str


class ZoneRow(BinRow, frozen=True, kw_only=True):
    """A zone of a warehouse, and the places directly below it."""

    childs: list[BinRow] = field(name="childs.")


class WarehouseRow(Listed, frozen=True, kw_only=True):
    """A warehouse and its zones."""

    code: str | None
    name: str
    active: bool
    input_location: int
    output_location: int
    storage_location: int
    zones: list[ZoneRow] = field(name="childs.")


class FigureRow(Listed, frozen=True, kw_only=True):
    """How much of an item lies where the question asked."""

    code: str | None
    quantity: Decimal
    uom: Unit = field(name="default_uom.")


class Preferences(Wire, frozen=True, kw_only=True):
    """The part of a user's preferences that calls must repeat."""

    company: int | None = None
    language: str | None = None
