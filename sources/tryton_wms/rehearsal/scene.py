"""Hands in the rehearsed warehouse: what a director lets happen, by codes and references, now or in the past."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from typing import Any

from sources.tryton_wms.rehearsal.depot import Depot
from sources.tryton_wms.rehearsal.state import (
    INTERNAL,
    LOCATION,
    OUT,
    PARTY,
    PRODUCT,
    RETURN,
    Location,
    Party,
    Product,
    Shipment,
)
from sources.tryton_wms.rehearsal.work import Work

Lines = Sequence[tuple[str, Decimal | int]]
"""Item codes and quantities."""
STAGES = ("draft", "waiting", "assigned", "picked", "packed", "done")
"""How far a customer shipment can be carried."""
CATALOGUE = (("TSHIRT-M", "T-shirt M", "u"), ("MUG", "Mug", "u"), ("LAPTOP", "Laptop", "u"), ("FLOUR", "Flour", "kg"))
CUSTOMERS = (("ACME", "Acme NV"), ("BETA", "Beta SA"), ("WEB", "Web customers"))
STOCK = (
    ("WH", "BIN-A1", (("TSHIRT-M", 60), ("MUG", 500), ("LAPTOP", 3))),
    ("WH", "BIN-A2", (("TSHIRT-M", 40), ("FLOUR", "250.5"))),
    ("WH-EAST", None, (("TSHIRT-M", 20), ("LAPTOP", 2))),
)


class Scene:
    """Makes masters, takes fulfilments in and carries them as far as told."""

    def __init__(self, depot: Depot, work: Work) -> None:
        """Direct what happens in *depot*."""
        self._depot, self._work = depot, work
        self._stops = {
            "waiting": work.wait,
            "assigned": work.assign_try,
            "picked": work.pick,
            "packed": work.pack,
            "done": work.done,
        }

    @contextmanager
    def at(self, moment: datetime | None) -> Iterator[None]:
        """Let everything in the block happen at *moment*; None: now."""
        before, self._depot.clock.at = self._depot.clock.at, moment
        try:
            yield
        finally:
            self._depot.clock.at = before

    # ------------------------------------------------------------------ masters

    def seed(self) -> None:
        """The items, warehouses, customers and stock that the real server of the tests has."""
        for code, name, unit in CATALOGUE:
            self.product(code, name, unit=unit)
        self.warehouse("WH", "Main DC", bins=("BIN-A1", "BIN-A2"))
        self._depot.shelf("QUAR", "Quarantine", self._place("WH"))
        self.warehouse("WH-EAST", "East DC")
        for code, name in CUSTOMERS:
            self.customer(code, name)
        for warehouse, shelf, rows in STOCK:
            for code, quantity in rows:
                self.stock(warehouse, code, Decimal(quantity), shelf=shelf)

    def product(self, code: str, name: str, *, unit: str = "u") -> Product:
        """A new item, counted in `u`, `kg`, `g`, `m` or `l`."""
        return self._depot.product(code, name, unit=unit)

    def warehouse(self, code: str, name: str, *, bins: Sequence[str] = ()) -> Location:
        """A new warehouse, with bins in its storage."""
        return self._depot.warehouse(code, name, bins=bins)

    def customer(
        self,
        code: str,
        name: str,
        *,
        street: str = "Rue de la Loi 16",
        city: str = "Brussels",
        postal_code: str = "1000",
    ) -> Party:
        """A new customer."""
        return self._depot.customer(code, name, street=street, city=city, postal_code=postal_code)

    def stock(self, warehouse: str, code: str, quantity: Decimal | int, *, shelf: str | None = None) -> None:
        """Count goods into a bin, else into the storage zone."""
        zones = self._depot.zones[self._place(warehouse)]
        place = self._depot.by_code(LOCATION, shelf) if shelf else zones.storage
        self._depot.count(self._item(code), place, Decimal(quantity))

    # ------------------------------------------------------------------ fulfilment

    def take_in(
        self, reference: str | None, lines: Lines, *, warehouse: str = "WH", customer: str = "WEB", wait: bool = True
    ) -> Shipment:
        """A customer shipment for `CODE/ERPNO`, waiting to be picked (or in draft)."""
        party = self._depot.get(PARTY, self._depot.by_code(PARTY, customer), Party)
        made = self._work.take_in(
            reference,
            self._items(lines),
            warehouse=self._place(warehouse),
            customer=party.id,
            delivery_address=party.addresses[0],
            planned_date=self._depot.today(),
        )
        if wait:
            self._work.wait(made)
        return made

    def carry(
        self, shipment: Shipment, upto: str = "done", *, tracking: str | Sequence[str] = (), restock: bool = False
    ) -> Shipment:
        """Take a shipment on to a stage of `STAGES`; with tracking numbers, packed into as many parcels.

        What is short stays short and stops it at `waiting`, unless it is restocked first.
        """
        numbers = [tracking] if isinstance(tracking, str) else list(tracking)
        for stage in STAGES[STAGES.index(shipment.state) + 1 : STAGES.index(upto) + 1]:
            if stage == "assigned" and restock:
                self._restock(shipment)
            if stage == "packed" and numbers and not shipment.packages:
                self._parcels(shipment, numbers)
            self._stops[stage](shipment)
            if shipment.state != stage:
                break
        return shipment

    def short_pick(self, shipment: Shipment) -> Shipment:
        """Assign what there is, give up the rest, and pick."""
        if not self._work.assign_try(shipment):
            self._work.assign_ignore(shipment)
        self._work.pick(shipment)
        return shipment

    def cancel(self, shipment: Shipment) -> Shipment:
        """Give a shipment up."""
        self._work.cancel(shipment)
        return shipment

    def fulfil_all(self, orders: Sequence[Mapping[str, Any]]) -> None:  # Any: the arguments below
        """Many at once, in the order given. What is short is restocked first.

        Each has `reference` and `lines`, and may have the other words of `take_in`; `upto` and `tracking` as for
        `carry`; `at`, when it was taken in, and `left_at`, when it was carried on.
        """
        for order in orders:
            given = dict(order)
            upto, tracking = given.pop("upto", "done"), given.pop("tracking", ())
            at, left_at = given.pop("at", None), given.pop("left_at", None)
            with self.at(at):
                made = self.take_in(given.pop("reference"), given.pop("lines"), **given)
            with self.at(left_at or at):
                self.carry(made, upto, tracking=tracking, restock=True)

    # ------------------------------------------------------------------ goods that come back, and transfers

    def expect_back(self, reference: str, lines: Lines, *, warehouse: str = "WH", customer: str = "WEB") -> Shipment:
        """A customer return for `CODE-R1`, in draft."""
        party = self._depot.get(PARTY, self._depot.by_code(PARTY, customer), Party)
        return self._work.expect_back(
            reference,
            self._items(lines),
            warehouse=self._place(warehouse),
            customer=party.id,
            delivery_address=party.addresses[0],
        )

    def receive(self, shipment: Shipment, *, put_away: bool = True) -> Shipment:
        """Take a return in; put it away too, unless told not to."""
        self._work.receive(shipment)
        if put_away:
            self._work.done(shipment)
        return shipment

    def transfer(self, origin: str, target: str, lines: Lines, *, lead_days: int = 0, upto: str = "done") -> Shipment:
        """Move goods between storages, up to `draft`, `waiting`, `assigned`, `shipped` (with a lead time) or `done`."""
        places = tuple(self._depot.zones[self._place(one)].storage for one in (origin, target))
        made = self._work.transfer(
            (places[0], places[1]), self._items(lines), planned=self._depot.today(), lead_days=lead_days
        )
        steps = {"waiting": self._work.wait, "assigned": self._work.assign_try, "shipped": self._work.ship,
                 "done": self._work.done}  # fmt: skip
        names = ["draft", *steps]
        for name in names[1 : names.index(upto) + 1]:
            if name != "shipped" or lead_days:
                steps[name](made)
        return made

    # ------------------------------------------------------------------ finding

    def find(self, reference: str) -> Shipment:
        """The customer shipment that came to bear a reference last, else the return. Raises LookupError."""
        model = OUT if (OUT, reference) in self._work.bearing else RETURN
        return self._depot.get(model, self._work.bearing[model, reference][-1], Shipment)

    def bearing(self, reference: str) -> list[Shipment]:
        """Every customer shipment of a reference, by whomever it was made: more than one is one too many."""
        rows = self._depot.tables.of(OUT).rows
        return [
            self._depot.get(OUT, one, Shipment) for one in self._work.bearing.get((OUT, reference), []) if one in rows
        ]

    def counts(self) -> dict[str, int]:
        """Documents of each sort."""
        return {model: len(self._depot.tables.of(model).ids) for model in (OUT, RETURN, INTERNAL)}

    def _parcels(self, shipment: Shipment, numbers: Sequence[str]) -> None:
        moves = [move.id for move in self._work.outgoing(shipment) if move.quantity]
        for place, number in enumerate(numbers):
            mine = moves[place :: len(numbers)]
            if mine:
                self._work.package(shipment, mine, number)

    def _restock(self, shipment: Shipment) -> None:
        for move in self._work.inventory(shipment):
            places = self._depot.within(move.from_location)
            short = move.quantity - self._depot.quantity(move.product, places, less_assigned=True)
            if move.state == "draft" and short > 0:
                self._depot.count(move.product, places[-1], short + 100)

    def _items(self, lines: Lines) -> list[tuple[int, Decimal]]:
        return [(self._item(code), Decimal(quantity)) for code, quantity in lines]

    def _item(self, code: str) -> int:
        return self._depot.by_code(PRODUCT, code)

    def _place(self, code: str) -> int:
        return self._depot.by_code(LOCATION, code)
