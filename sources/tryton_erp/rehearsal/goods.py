"""Stock, moves and shipments, by Tryton's rules."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sources.tryton_erp.rehearsal.books import Books
from sources.tryton_erp.rehearsal.records import (
    Location,
    Move,
    Package,
    Product,
    Sale,
    SaleLine,
    Shipment,
    ShipmentInternal,
    ShipmentOut,
    ShipmentReturn,
)
from sources.tryton_erp.rehearsal.refusal import Refusal

CANCELLABLE = ("draft", "waiting", "assigned", "picked", "packed", "shipped")
SMALLEST = 1e-9
CALLED = {
    "stock.shipment.out": "Stock Shipment Out",
    "stock.shipment.out.return": "Stock Shipment Out Return",
    "stock.shipment.internal": "Stock Shipment Internal",
}
"""What people read."""


class Goods:
    """Everything that lies somewhere or is on its way."""

    def __init__(self, books: Books) -> None:
        self._books = books
        self.done: dict[tuple[int, int], float] = defaultdict(float)
        """(location, product) -> what lies there."""
        self.assigned: dict[tuple[int, int], float] = defaultdict(float)
        """(location, product) -> what is assigned to leave."""
        self.customers: Location | None = None
        self.transit: Location | None = None
        self.process: Callable[[Sale], None] | None = None
        """Told of every sale whose goods moved."""

    # ------------------------------------------------------------------ stock

    def stand_in(self, product: Product, location: Location, units: float) -> None:
        """An inventory was confirmed: so much lies there now."""
        self.done[location.id, product.id] = units
        self._moved(product)

    def quantity(self, product: Product, places: Sequence[Location], *, assign: bool = True) -> float:
        """What lies in these places; with *assign*, as Tryton's `stock_assign`, less what is assigned."""
        inside = [one for place in places for one in self.within(place)]
        lies = sum(self.done[one.id, product.id] for one in inside)
        taken = sum(self.assigned[one.id, product.id] for one in inside) if assign else 0.0
        return float(round(lies - taken, product.default_uom.digits))

    def forecast(self, product: Product, places: Sequence[Location]) -> float:
        """What will lie there once everything planned has happened; may be negative."""
        inside = {one.id for place in places for one in self.within(place)}
        lies = sum(self.done[one, product.id] for one in inside)
        planned = [
            move
            for move in self._books.tables[Move.model].values()
            if move.product is product and move.state in ("draft", "assigned")
        ]
        coming = sum(move.quantity for move in planned if move.to_location.id in inside)
        going = sum(move.quantity for move in planned if move.from_location.id in inside)
        return float(round(lies + coming - going, product.default_uom.digits))

    def within(self, place: Location) -> list[Location]:
        """A place and all that lies in it."""
        if place.type != "warehouse":
            return [place]
        parts = (place.input_location, place.output_location, place.storage_location)
        return [place, *(part for part in parts if part is not None)]

    # ------------------------------------------------------------------ moves

    def move(self, shipment: Shipment, product: Product, units: float, route: tuple[Location, Location]) -> Move:
        """A new move of a shipment."""
        made = self._books.add(
            Move,
            product=product,
            quantity=units,
            unit=product.default_uom,
            from_location=route[0],
            to_location=route[1],
            shipment=shipment,
            planned_date=shipment.planned_date,
        )
        shipment.moves.append(made)
        self._books.note(shipment)
        return made

    def set(self, move: Move, state: str) -> None:
        """Bring a move into a state, and stock with it. The shipment's header stays as it is (trap 3)."""
        if move.state == state:
            return
        here, there = (move.from_location.id, move.product.id), (move.to_location.id, move.product.id)
        if move.state == "assigned":
            self.assigned[here] -= move.quantity
        if state == "assigned":
            self.assigned[here] += move.quantity
        if state == "done":
            self.done[here] -= move.quantity
            self.done[there] += move.quantity
            move.effective_date = self._books.today()
        move.state = state
        self._touched(move)

    # ------------------------------------------------------------------ out

    def ship_out(self, sale: Sale, wanted: Sequence[tuple[SaleLine, float]]) -> ShipmentOut:
        """A shipment for these units of a sale, ready to be assigned."""
        books = self._books
        shipment = books.add(
            ShipmentOut,
            warehouse=sale.warehouse,
            customer=sale.party,
            delivery_address=sale.shipment_address,
            carrier=sale.carrier,
            planned_date=books.today(),
        )
        sale.shipments.append(shipment)
        for line, units in wanted:
            product = _product(line)
            out = self.move(shipment, product, units, (_part(sale.warehouse, "output"), self._outside()))
            out.origin, out.unit_price = line, line.unit_price
            line.moves.append(out)
        self.wait(shipment)
        return shipment

    def wait(self, shipment: ShipmentOut) -> None:
        """Number it, and plan the way from shelf to door; what was planned or assigned before is planned anew."""
        _must(shipment, "wait", "draft", "waiting", "assigned")
        if shipment.number is None:
            shipment.number = self._books.sequences.shipment.take()
            self._books.index(shipment, "number", shipment.number)
        storage, output = _part(shipment.warehouse, "storage"), _part(shipment.warehouse, "output")
        for planned in shipment.inventory_moves:
            self.set(planned, "draft")
            self._forget(shipment, planned)
        for out in [move for move in shipment.outgoing_moves if move.state == "draft"]:
            self.move(shipment, out.product, out.quantity, (storage, output)).origin = out
        self._enter(shipment, "waiting")

    def assign_try(self, shipment: ShipmentOut) -> None:
        """Assign what is there. With less than is wanted moves are split and the header stays (traps 3, 15)."""
        if shipment.state != "waiting":
            return
        for move in [one for one in shipment.inventory_moves if one.state == "draft"]:
            free = self.quantity(move.product, [move.from_location])
            if free >= move.quantity - SMALLEST:
                self.set(move, "assigned")
            elif free > SMALLEST:
                self._split(shipment, move, free)
        if all(move.state != "draft" for move in shipment.inventory_moves):
            self._enter(shipment, "assigned")

    def assign_ignore(self, shipment: ShipmentOut) -> None:
        """Drop what could not be assigned: once the rest has left, the sale makes a back-order of it by itself."""
        _must(shipment, "assign", "waiting")
        for move in [one for one in shipment.inventory_moves if one.state == "draft"]:
            self.plan(move, 0.0)
        self.assign_force(shipment)

    def assign_force(self, shipment: ShipmentOut) -> None:
        """Assign all of it, whether it is there or not: the shelf may hold less than nothing then."""
        _must(shipment, "assign", "waiting")
        for move in shipment.inventory_moves:
            self.set(move, "assigned")
        self._enter(shipment, "assigned")

    def plan(self, move: Move, units: float) -> None:
        """Another quantity for a move that nobody has assigned yet."""
        if move.state != "draft":
            message = f'You are not allowed to modify the field "Quantity" in record "{move.id}" of "Stock Move".'
            raise Refusal(message)
        move.quantity = units
        self._touched(move)

    def pick(self, shipment: ShipmentOut) -> None:
        """Take it off the shelf: what leaves the building is from now on what was taken."""
        _must(shipment, "pick", "assigned")
        for move in shipment.inventory_moves:
            if move.quantity <= SMALLEST:
                self._forget(shipment, move)
            elif move.state == "assigned":
                self.set(move, "done")
        for out in shipment.outgoing_moves:
            taken = sum(move.quantity for move in shipment.inventory_moves if move.origin is out)
            if out.quantity != taken:
                self.plan(out, taken)
        self._enter(shipment, "picked")

    def pack(self, shipment: ShipmentOut, tracking: str | None = None) -> None:
        """Pack it; with a tracking number into one package."""
        _must(shipment, "pack", "picked")
        if shipment.carrier is None:
            message = f'The shipment "{shipment.number}" does not have a carrier set.'
            raise Refusal(message)
        for move in shipment.outgoing_moves:
            if move.quantity <= SMALLEST:
                self._forget(shipment, move)
            elif move.state == "draft":
                self.set(move, "assigned")
        if tracking is not None:
            self._into_package(shipment, tracking)
        self._enter(shipment, "packed")

    def ship(self, shipment: ShipmentOut) -> None:
        """Hand it to the carrier: its moves are not done yet."""
        _must(shipment, "ship", "packed")
        self._enter(shipment, "shipped")

    def do(self, shipment: Shipment) -> None:
        """Done: what left has left for good, and the sale hears of it."""
        if isinstance(shipment, ShipmentReturn):
            _must(shipment, "do", "received")
            for move in shipment.moves:
                if move.state != "cancelled":
                    self.set(move, "done")
        else:
            _must(shipment, "do", "packed", "shipped")
            self._all_out(shipment)
        shipment.effective_date = self._books.today()
        self._enter(shipment, "done")
        self._sales_of(shipment)

    def cancel(self, shipment: Shipment) -> None:
        """Cancel it with all its moves."""
        _must(shipment, "cancel", *CANCELLABLE)
        for move in shipment.moves:
            self.set(move, "cancelled")
        self._enter(shipment, "cancelled")
        self._sales_of(shipment)

    # ------------------------------------------------------------------ back and across

    def come_back(self, sale: Sale, wanted: Sequence[tuple[SaleLine, float]]) -> ShipmentReturn:
        """A shipment for units that come back."""
        books = self._books
        shipment = books.add(ShipmentReturn, warehouse=sale.warehouse, customer=sale.party, planned_date=books.today())
        shipment.number = books.sequences.shipment_return.take()
        sale.shipment_returns.append(shipment)
        for line, units in wanted:
            back = self.move(shipment, _product(line), units, (self._outside(), _part(sale.warehouse, "input")))
            back.origin, back.unit_price = line, line.unit_price
            line.moves.append(back)
        return shipment

    def receive(self, shipment: ShipmentReturn) -> None:
        """The goods came in at the door."""
        _must(shipment, "receive", "draft")
        for move in list(shipment.incoming_moves):
            self.set(move, "done")
            if move.quantity <= SMALLEST:
                continue
            route = (move.to_location, _part(shipment.warehouse, "storage"))
            self.move(shipment, move.product, move.quantity, route).origin = move
        self._enter(shipment, "received")
        self._sales_of(shipment)

    def doubt(self, shipment: ShipmentReturn) -> None:
        """More would come back than was agreed: somebody must be sure of that."""
        _must(shipment, "receive", "draft")
        for line in [move.origin for move in shipment.incoming_moves if isinstance(move.origin, SaleLine)]:
            over = sum(move.quantity for move in line.moves) + (line.quantity or 0.0)
            if over > SMALLEST:
                message = f'The sale line "{line.id}" is moved by {over:g} in excess of the {-(line.quantity or 0):g}.'
                raise Refusal(message)

    def put_elsewhere(self, shipment: ShipmentReturn, move: Move, place: Location) -> None:
        """Goods that have come in go to a place of the storage, or to where the warehouse's waste goes."""
        inside = self.within(_part(shipment.warehouse, "storage"))
        if move.state != "draft" or place not in (*inside, *shipment.warehouse.waste_locations):
            message = f'The value "{place.name}" for field "To Location" in "{move.id}" of "Stock Move" is not valid.'
            raise Refusal(message)
        move.to_location = place
        self._touched(move)

    def part(self, shipment: ShipmentReturn, values: Mapping[str, Any]) -> Move:  # Any: fields of a move
        """One more move of goods that have come in."""
        _must(shipment, "write", "received")
        made = self.move(shipment, values["product"], values["quantity"], (values["from_location"],) * 2)
        made.origin = values["origin"]
        self.put_elsewhere(shipment, made, values["to_location"])
        return made

    def transfer(self, source: Location, target: Location, wanted: Sequence[tuple[Product, float]]) -> ShipmentInternal:
        """Ask for goods to go from one warehouse to another."""
        books = self._books
        shipment = books.add(
            ShipmentInternal,
            warehouse=source,
            to_warehouse=target,
            from_location=_part(source, "storage"),
            to_location=_part(target, "storage"),
            planned_date=books.today(),
            planned_start_date=books.today(),
            state="request",
        )
        shipment.number = books.sequences.shipment_internal.take()
        for product, units in wanted:
            out = self.move(shipment, product, units, (shipment.from_location, self._between()))
            self.move(shipment, product, units, (self._between(), shipment.to_location)).origin = out
        return shipment

    def step_transfer(self, shipment: ShipmentInternal) -> None:
        """One state further: request, draft, waiting, assigned, packed, shipped, done."""
        way = ("request", "draft", "waiting", "assigned", "packed", "shipped", "done")
        _must(shipment, "step", *way[:-1])
        state = way[way.index(shipment.state) + 1]
        moves = shipment.outgoing_moves if state in ("assigned", "shipped") else shipment.incoming_moves
        for move in moves if state in ("assigned", "shipped", "done") else ():
            self.set(move, "assigned" if state == "assigned" else "done")
        if state == "shipped":
            shipment.effective_start_date = self._books.today()
        if state == "done":
            shipment.effective_date = self._books.today()
        self._enter(shipment, state)

    # ------------------------------------------------------------------ beneath

    def _enter(self, shipment: Shipment, state: str) -> None:
        shipment.state = state
        self._books.wrote(shipment)

    def _touched(self, move: Move) -> None:
        self._books.wrote(move)
        if move.shipment is not None:
            self._books.note(move.shipment)
        if isinstance(move.origin, SaleLine):
            self._books.note(move.origin, move.origin.sale)
        self._moved(move.product)

    def _moved(self, product: Product) -> None:
        self._books.note(product)

    def _split(self, shipment: ShipmentOut, move: Move, free: float) -> None:
        rest = move.quantity - free
        move.quantity = free
        self.set(move, "assigned")
        self.move(shipment, move.product, rest, (move.from_location, move.to_location)).origin = move.origin

    def _forget(self, shipment: ShipmentOut, move: Move) -> None:
        shipment.moves.remove(move)
        if isinstance(move.origin, SaleLine):
            move.origin.moves.remove(move)
        del self._books.tables[Move.model][move.id]
        self._books.note(shipment)

    def _all_out(self, shipment: Shipment) -> None:
        if isinstance(shipment, ShipmentOut):
            for move in shipment.outgoing_moves:
                if move.state != "cancelled":
                    self.set(move, "done")

    def _into_package(self, shipment: ShipmentOut, tracking: str) -> None:
        number = self._books.sequences.package.take()
        package = self._books.add(Package, number=number, shipment=shipment, shipping_reference=tracking)
        shipment.packages.append(package)
        for move in shipment.outgoing_moves:
            move.package = package
            package.moves.append(move)
            self._books.wrote(move)

    def _sales_of(self, shipment: Shipment) -> None:
        if self.process is None:
            return
        lines = [move.origin for move in shipment.moves if isinstance(move.origin, SaleLine)]
        for sale in {line.sale.id: line.sale for line in lines}.values():
            self.process(sale)

    def _outside(self) -> Location:
        if self.customers is None:
            message = "there is no customer location"
            raise Refusal(message)
        return self.customers

    def _between(self) -> Location:
        if self.transit is None:
            message = "there is no transit location"
            raise Refusal(message)
        return self.transit


def _product(line: SaleLine) -> Product:
    if line.product is None:
        message = "a line without a product cannot move"
        raise Refusal(message)
    return line.product


def _part(warehouse: Location, name: str) -> Location:
    part = getattr(warehouse, f"{name}_location")
    if not isinstance(part, Location):
        message = f"{warehouse.code} has no {name} location"
        raise Refusal(message)
    return part


def _must(shipment: Shipment, button: str, *states: str) -> None:
    if shipment.state not in states:
        message = f'You can not call "{button}" on "{shipment.number or shipment.id}" of "{CALLED[shipment.model]}".'
        raise Refusal(message)
