"""What the rehearsed warehouse holds in memory: Tryton's records, by model and id."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

OUT = "stock.shipment.out"
RETURN = "stock.shipment.out.return"
INTERNAL = "stock.shipment.internal"
MOVE, PACKAGE, LOCATION, PRODUCT = "stock.move", "stock.package", "stock.location", "product.product"
PARTY, ADDRESS, UOM, TEMPLATE = "party.party", "party.address", "product.uom", "product.template"
COUNTRY, CURRENCY, COMPANY, BOX, CARRIER = (
    "country.country",
    "currency.currency",
    "company.company",
    "stock.package.type",
    "carrier",
)
USER, WARNING = "res.user", "res.user.warning"
SHIPMENTS = (OUT, RETURN, INTERNAL)

Reference = tuple[str, int]
"""A model and an id."""


@dataclass(slots=True, kw_only=True)
class Record:
    """A row; `write_date` is null until the first update, and both are the start of the transaction."""

    id: int
    create_date: datetime
    write_date: datetime | None = None


@dataclass(slots=True, kw_only=True)
class Named(Record):
    """A row that is little more than its name: countries, currencies, package types, users."""

    name: str
    code: str | None = None


@dataclass(slots=True, kw_only=True)
class Location(Record):
    """A warehouse, a zone or a bin."""

    name: str
    code: str | None
    type: str
    parent: int | None = None
    active: bool = True
    input_location: int | None = None
    output_location: int | None = None
    storage_location: int | None = None
    lost_found_location: int | None = None
    waste_locations: list[int] = field(default_factory=list)
    childs: list[int] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Uom(Record):
    """A unit of measure."""

    name: str
    symbol: str
    digits: int


@dataclass(slots=True, kw_only=True)
class Template(Record):
    """What products of one name share."""

    name: str
    type: str
    default_uom: int


@dataclass(slots=True, kw_only=True)
class Product(Record):
    """An item."""

    template: int
    code: str | None
    active: bool = True


@dataclass(slots=True, kw_only=True)
class Party(Record):
    """A customer or a carrier."""

    name: str
    code: str
    addresses: list[int] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Address(Record):
    """Where a party is."""

    party: int
    party_name: str | None = None
    street: str | None = None
    postal_code: str | None = None
    city: str | None = None
    country: int | None = None


@dataclass(slots=True, kw_only=True)
class Owner(Record):
    """A company or a carrier: a party in a role."""

    party: int
    currency: int | None = None


@dataclass(slots=True, kw_only=True)
class Warned(Record):
    """A warning that a user has acknowledged."""

    user: int
    name: str
    always: bool


@dataclass(slots=True, kw_only=True)
class Shipment(Record):
    """A customer shipment, a customer return or an internal shipment."""

    model: str
    number: str
    reference: str | None
    state: str = "draft"
    company: int = 1
    customer: int | None = None
    delivery_address: int | None = None
    warehouse: int | None = None
    from_location: int | None = None
    to_location: int | None = None
    transit_location: int | None = None
    planned_date: date | None = None
    planned_start_date: date | None = None
    effective_date: date | None = None
    effective_start_date: date | None = None
    carrier: int | None = None
    moves: list[int] = field(default_factory=list)
    packages: list[int] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Move(Record):
    """Goods that go from one location to another."""

    product: int
    quantity: Decimal
    uom: int
    from_location: int
    to_location: int
    shipment: Reference | None
    origin: Reference | None = None
    state: str = "draft"
    company: int = 1
    package: int | None = None
    planned_date: date | None = None
    effective_date: date | None = None


@dataclass(slots=True, kw_only=True)
class Package(Record):
    """A parcel."""

    code: str
    type: int
    shipment: Reference
    shipping_reference: str | None = None
    company: int = 1
    moves: list[int] = field(default_factory=list)


class Table:
    """Rows of one model, by id, and who was written when."""

    def __init__(self) -> None:
        self.rows: dict[int, Record] = {}
        self.ids: list[int] = []
        self.last = 0
        self._touched: list[tuple[datetime, int]] = []

    def add(self, record: Record) -> None:
        """Keep a new row; ids only grow."""
        self.rows[record.id] = record
        self.last = record.id
        self.ids.append(record.id)
        self.touch(record.id, record.create_date)

    def drop(self, record_id: int) -> None:
        """Forget a row, without a trace."""
        del self.rows[record_id]
        del self.ids[bisect_left(self.ids, record_id)]

    def touch(self, record_id: int, at: datetime) -> None:
        """Note that a row, or what hangs on it, was written."""
        mark = (at, record_id)
        if not self._touched or self._touched[-1] <= mark:
            self._touched.append(mark)
        else:
            insort(self._touched, mark)  # somebody lives through the past

    def since(self, at: datetime) -> Iterable[int]:
        """Ids of the rows touched at or after an instant, ascending."""
        return sorted({one for _, one in self._touched[bisect_left(self._touched, (at, 0)) :] if one in self.rows})

    def newest(self) -> int | None:
        """The row that was written last."""
        return next((one for _, one in reversed(self._touched) if one in self.rows), None)


class Tables:
    """Every model's rows."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        """*now* dates what is written."""
        self._tables: dict[str, Table] = {}
        self._now = now

    def of(self, model: str) -> Table:
        """The table of a model, empty where nothing was added yet."""
        return self._tables.setdefault(model, Table())

    def next_id(self, model: str) -> int:
        """The id of the next row: one more than the last, dropped or not."""
        return self.of(model).last + 1

    def add(self, model: str, record: Record) -> None:
        """Keep a row, and touch what it hangs on."""
        self.of(model).add(record)
        self._touch_parent(record, record.create_date)

    def write(self, model: str, record: Record) -> None:
        """Date a row as written now, and touch what it hangs on: its parent's own date does not move."""
        at = self._now()
        record.write_date = at
        self.of(model).touch(record.id, at)
        self._touch_parent(record, at)

    def rows(self, model: str) -> Iterator[Record]:
        """All rows of a model, oldest first."""
        yield from self.of(model).rows.values()

    def _touch_parent(self, record: Record, at: datetime) -> None:
        if isinstance(record, Move | Package) and record.shipment is not None:
            model, shipment = record.shipment
            self.of(model).touch(shipment, at)
