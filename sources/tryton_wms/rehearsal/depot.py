"""Rows and stock of the rehearsed warehouse: who is kept where, what lies where, and what is promised from there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TypeVar, cast

from hub.clock import Clock
from sources.kit.rehearsal.backdating import Backdating
from sources.tryton_wms.rehearsal import state
from sources.tryton_wms.rehearsal.state import (
    ADDRESS,
    BOX,
    COMPANY,
    COUNTRY,
    CURRENCY,
    LOCATION,
    MOVE,
    PARTY,
    PRODUCT,
    TEMPLATE,
    UOM,
    USER,
    Address,
    Location,
    Move,
    Named,
    Owner,
    Party,
    Product,
    Record,
    Reference,
    Tables,
    Template,
    Uom,
)

R = TypeVar("R", bound=Record)
UNITS = (("Unit", "u", 0), ("Kilogram", "kg", 2), ("Gram", "g", 2), ("Meter", "m", 2), ("Liter", "l", 2))


@dataclass(frozen=True, slots=True, kw_only=True)
class Zones:
    """The locations of one warehouse."""

    warehouse: int
    input: int
    output: int
    storage: int
    bins: tuple[int, ...]


class Depot:
    """Tables and balances; `sources.tryton_wms.rehearsal.work` moves what lies in it."""

    def __init__(self, clock: Clock) -> None:
        """A company with nothing in store."""
        self.clock = Backdating(clock)
        self.tables = Tables(self.now)
        self.on_hand: defaultdict[tuple[int, int], Decimal] = defaultdict(Decimal)
        self.assigned: defaultdict[tuple[int, int], Decimal] = defaultdict(Decimal)
        self.zones: dict[int, Zones] = {}
        self._codes: dict[tuple[str, str], int] = {}
        self._begin()

    # ------------------------------------------------------------------ rows

    def now(self) -> datetime:
        """The instant that writes bear: naive UTC, as Tryton keeps it."""
        return self.clock.now().astimezone(UTC).replace(tzinfo=None)

    def today(self) -> date:
        """The date that effective dates bear."""
        return self.now().date()

    def get(self, model: str, record_id: int, kind: type[R]) -> R:
        """One row. Raises KeyError where there is none."""
        return cast("R", self.tables.of(model).rows[record_id])

    def all(self, model: str, kind: type[R]) -> Iterator[R]:
        """Every row of a model."""
        return cast("Iterator[R]", iter(self.tables.of(model).rows.values()))

    def add(self, model: str, kind: type[R], /, **values: object) -> R:
        """A new row, dated now."""
        made = kind(id=self.tables.next_id(model), create_date=self.now(), **values)  # type: ignore[arg-type]  # by name
        self.tables.add(model, made)
        code = values.get("code")
        if isinstance(code, str):
            self._codes.setdefault((model, code), made.id)
        return made

    def by_code(self, model: str, code: str) -> int:
        """The id of the row with this code. Raises KeyError."""
        return self._codes[model, code]

    # ------------------------------------------------------------------ masters

    def product(self, code: str, name: str, *, unit: str = "u") -> Product:
        """A new item, counted in a unit."""
        uom = next(one.id for one in self.all(UOM, Uom) if one.symbol == unit)
        template = self.add(TEMPLATE, Template, name=name, type="goods", default_uom=uom)
        return self.add(PRODUCT, Product, template=template.id, code=code)

    def warehouse(self, code: str, name: str, *, bins: Iterable[str] = ()) -> Location:
        """A new warehouse with input, output and storage zones, and bins in its storage."""
        made = self.add(LOCATION, Location, name=name, code=code, type="warehouse")
        short = "" if code == "WH" else f"{code.removeprefix('WH-')[:4]}-"
        zones = [
            self._place(f"{name} {word}", f"{short}{letters}", made)
            for word, letters in (("Input", "IN"), ("Output", "OUT"), ("Storage", "STO"))
        ]
        made.input_location, made.output_location, made.storage_location = (zone.id for zone in zones)
        made.lost_found_location = self.by_code(LOCATION, "LOST")
        storage = zones[2]
        shelves = tuple(self._place(one, one, storage).id for one in bins)
        self.zones[made.id] = Zones(
            warehouse=made.id, input=zones[0].id, output=zones[1].id, storage=storage.id, bins=shelves
        )
        return made

    def shelf(self, code: str, name: str, warehouse: int) -> Location:
        """A place in a warehouse that is none of its zones: what lies there is not for sale."""
        return self._place(name, code, self.get(LOCATION, warehouse, Location))

    def customer(self, code: str, name: str, *, street: str, city: str, postal_code: str) -> Party:
        """A new party with one address in Belgium."""
        made = self.add(PARTY, Party, name=name, code=code)
        country = self.by_code(COUNTRY, "BE")
        address = self.add(
            ADDRESS, Address, party=made.id, street=street, city=city, postal_code=postal_code, country=country
        )
        made.addresses.append(address.id)
        return made

    # ------------------------------------------------------------------ stock

    def within(self, location: int) -> tuple[int, ...]:
        """A location and everything below it."""
        childs = self.get(LOCATION, location, Location).childs
        return (location, *(one for child in childs for one in self.within(child)))

    def quantity(self, product: int, locations: Iterable[int], *, less_assigned: bool = False) -> Decimal:
        """What lies in these very locations; without what is assigned from there, if asked so."""
        keys = [(one, product) for one in locations]
        there = sum((self.on_hand[key] for key in keys if key in self.on_hand), Decimal(0))
        if not less_assigned:
            return there
        return there - sum((self.assigned[key] for key in keys if key in self.assigned), Decimal(0))

    def count(self, product: int, location: int, quantity: Decimal) -> None:
        """Put goods on a shelf out of nowhere: an inventory that was confirmed."""
        nowhere = self.by_code(LOCATION, "LOST")
        made = self.move(product, quantity, (nowhere, location), shipment=None)
        self.turn(made, "done")

    def move(
        self,
        product: int,
        quantity: Decimal,
        way: tuple[int, int],
        *,
        shipment: Reference | None,
        origin: Reference | None = None,
    ) -> Move:
        """A new draft move."""
        item = self.get(PRODUCT, product, Product)
        uom = self.get(TEMPLATE, item.template, Template).default_uom
        made = self.add(
            MOVE,
            Move,
            product=product,
            quantity=quantity,
            uom=uom,
            from_location=way[0],
            to_location=way[1],
            shipment=shipment,
            origin=origin,
        )
        if shipment is not None:
            self.get(shipment[0], shipment[1], state.Shipment).moves.append(made.id)
        return made

    def turn(self, move: Move, to: str) -> None:
        """Bring a move into another state, and the stock with it."""
        key = move.from_location, move.product
        if move.state == to:
            return
        if move.state == "assigned":
            self.assigned[key] -= move.quantity
        if to == "assigned":
            self.assigned[key] += move.quantity
        if to == "done":
            self.on_hand[key] -= move.quantity
            self.on_hand[move.to_location, move.product] += move.quantity
            move.effective_date = self.today()
        move.state = to
        self.tables.write(MOVE, move)

    def drop(self, move: Move) -> None:
        """Delete a draft or cancelled move."""
        if move.shipment is not None:
            self.get(*move.shipment, state.Shipment).moves.remove(move.id)
        self.tables.of(MOVE).drop(move.id)

    # ------------------------------------------------------------------ making

    def _place(self, name: str, code: str, parent: Location) -> Location:
        made = self.add(LOCATION, Location, name=name, code=code, type="storage", parent=parent.id)
        parent.childs.append(made.id)
        return made

    def _begin(self) -> None:
        for name, symbol, digits in UNITS:
            self.add(UOM, Uom, name=name, symbol=symbol, digits=digits)
        self.add(COUNTRY, Named, name="Belgium", code="BE")
        self.add(CURRENCY, Named, name="Euro", code="EUR")
        party = self.add(PARTY, Party, name="Hub Test Company", code="COMPANY")
        self.add(COMPANY, Owner, party=party.id, currency=1)
        self.add(BOX, Named, name="Box")
        self.add(USER, Named, name="hub")
        for name, code, kind in (("Customer", "CUS", "customer"), ("Supplier", "SUP", "supplier"),
                                 ("Lost and Found", "LOST", "lost_found"), ("Transit", "TRA", "storage")):  # fmt: skip
            self.add(LOCATION, Location, name=name, code=code, type=kind)
