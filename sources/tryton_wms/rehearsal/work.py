"""The work of the rehearsed warehouse: Tryton 6.0's own transitions, which skip in silence what may not go on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal

from sources.tryton_wms.rehearsal.depot import Depot
from sources.tryton_wms.rehearsal.state import (
    BOX,
    INTERNAL,
    LOCATION,
    MOVE,
    OUT,
    PACKAGE,
    RETURN,
    Move,
    Named,
    Package,
    Reference,
    Shipment,
)

ZERO = Decimal(0)
Lines = Iterable[tuple[int, Decimal]]
"""Product and quantity."""

TRANSITIONS = {
    OUT: frozenset(
        {
            ("draft", "waiting"), ("waiting", "assigned"), ("waiting", "picked"), ("assigned", "picked"),
            ("waiting", "packed"), ("picked", "packed"), ("packed", "done"), ("assigned", "waiting"),
            ("waiting", "waiting"), ("waiting", "draft"), ("draft", "cancelled"), ("waiting", "cancelled"),
            ("assigned", "cancelled"), ("picked", "cancelled"), ("packed", "cancelled"), ("cancelled", "draft"),
        }
    ),
    RETURN: frozenset(
        {
            ("draft", "received"), ("received", "done"), ("received", "draft"), ("draft", "cancelled"),
            ("received", "cancelled"), ("cancelled", "draft"),
        }
    ),
    INTERNAL: frozenset(
        {
            ("request", "draft"), ("draft", "waiting"), ("waiting", "waiting"), ("waiting", "assigned"),
            ("assigned", "shipped"), ("assigned", "done"), ("shipped", "done"), ("waiting", "draft"),
            ("assigned", "waiting"), ("request", "cancelled"), ("draft", "cancelled"), ("waiting", "cancelled"),
            ("assigned", "cancelled"), ("cancelled", "draft"),
        }
    ),
}  # fmt: skip
"""Tryton's transitions. What is not among them is skipped, and nobody is told."""


class PackageMismatch(Exception):
    """Some goods are in packages and some are not."""


class Work:
    """What people and systems do with shipments."""

    def __init__(self, depot: Depot) -> None:
        """Work in *depot*."""
        self._depot = depot
        self._numbers: dict[str, int] = {}
        self.bearing: dict[tuple[str, str], list[int]] = {}
        """Ids of the documents that began with a reference, by model and reference, oldest first."""

    # ------------------------------------------------------------------ making

    def number_from(self, model: str, number: int) -> int:
        """Give the next document of a sort this number: there were others before. The number it would have had."""
        would_be = self._numbers.get(model, 0) + 1
        self._numbers[model] = number - 1
        return would_be

    def begin(self, model: str, reference: str | None, **values: object) -> Shipment:
        """A new draft, numbered from 1 without a prefix, each sort of document on its own."""
        number = self._take(model)
        made = self._depot.add(model, Shipment, model=model, number=str(number), reference=reference, **values)
        if reference is not None:
            self.bearing.setdefault((model, reference), []).append(made.id)
        return made

    def take_in(self, reference: str | None, lines: Lines, **values: object) -> Shipment:
        """A customer shipment in draft: one outgoing move per line."""
        made = self.begin(OUT, reference, **values)
        zones = self._depot.zones[made.warehouse or 0]
        way = zones.output, self._depot.by_code(LOCATION, "CUS")
        for product, quantity in lines:
            self._depot.move(product, quantity, way, shipment=(OUT, made.id))
        self._save(made)
        return made

    def expect_back(self, reference: str | None, lines: Lines, **values: object) -> Shipment:
        """A customer return in draft: one incoming move per line."""
        made = self.begin(RETURN, reference, **values)
        zones = self._depot.zones[made.warehouse or 0]
        way = self._depot.by_code(LOCATION, "CUS"), zones.input
        for product, quantity in lines:
            self._depot.move(product, quantity, way, shipment=(RETURN, made.id))
        self._save(made)
        return made

    def transfer(self, places: tuple[int, int], lines: Lines, *, planned: date, lead_days: int = 0) -> Shipment:
        """An internal shipment in draft; with a lead time it goes through the transit location."""
        made = self.begin(INTERNAL, None, from_location=places[0], to_location=places[1], planned_date=planned)
        made.planned_start_date = planned - timedelta(days=lead_days)
        if lead_days:
            made.transit_location = self._depot.by_code(LOCATION, "TRA")
        for product, quantity in lines:
            self._depot.move(product, quantity, places, shipment=(INTERNAL, made.id))
        self._save(made)
        return made

    def package(self, shipment: Shipment, moves: Sequence[int], tracking: str | None) -> Package:
        """A parcel with these outgoing moves; the shipment's own date does not move."""
        number = self._take(PACKAGE)
        box = next(self._depot.all(BOX, Named)).id
        made = self._depot.add(
            PACKAGE,
            Package,
            code=str(number),
            type=box,
            shipment=(shipment.model, shipment.id),
            shipping_reference=tracking,
            moves=list(moves),
        )
        shipment.packages.append(made.id)
        for one in moves:
            move = self._depot.get(MOVE, one, Move)
            move.package = made.id
            self._depot.tables.write(MOVE, move)
        return made

    # ------------------------------------------------------------------ customer shipments

    def wait(self, shipment: Shipment) -> None:
        """Plan the picking anew: an inventory move from storage to output for each outgoing move."""
        if not self._may(shipment, "waiting"):
            return
        if shipment.model == INTERNAL:
            self._plan_transfer(shipment)
        else:
            self._plan_picking(shipment)
        self._enter(shipment, "waiting")

    def _plan_picking(self, shipment: Shipment) -> None:
        depot, zones = self._depot, self._depot.zones[shipment.warehouse or 0]
        for move in self.inventory(shipment):
            if move.state in ("draft", "assigned", "cancelled"):
                depot.turn(move, "draft")
                depot.drop(move)
        for move in self.outgoing(shipment):
            if move.state not in ("cancelled", "done") and move.quantity > 0:
                way = zones.storage, zones.output
                depot.move(move.product, move.quantity, way, shipment=(OUT, shipment.id), origin=(MOVE, move.id))

    def assign_try(self, shipment: Shipment) -> bool:
        """Promise what lies in the bins; what is short stays behind in moves of its own."""
        moves = self.inventory(shipment) if shipment.model == OUT else self.leaving(shipment)
        short = [move for move in moves if move.state == "draft" and not self._assign(move)]
        if short:
            return False
        if self._may(shipment, "assigned"):
            self._enter(shipment, "assigned")
        return True

    def assign_force(self, shipment: Shipment) -> None:
        """Promise what is not there: the stock goes below zero."""
        if not self._may(shipment, "assigned"):
            return
        for move in self.inventory(shipment):
            self._depot.turn(move, "assigned")
        self._enter(shipment, "assigned")

    def assign_ignore(self, shipment: Shipment) -> None:
        """Go on with what is there: nothing is picked of what is short."""
        for move in self.inventory(shipment):
            if move.state == "draft":
                move.quantity = ZERO
                self._depot.turn(move, "assigned")
        if self._may(shipment, "assigned"):
            self._enter(shipment, "assigned")

    def pick(self, shipment: Shipment) -> None:
        """Bring goods to the output; an outgoing move shrinks to what was brought for it."""
        if not self._may(shipment, "picked"):
            return
        brought: dict[Reference | None, Decimal] = {}
        for move in self.inventory(shipment):
            self._depot.turn(move, "done")
            brought[move.origin] = brought.get(move.origin, ZERO) + move.quantity
        for move in self.outgoing(shipment):
            quantity = brought.get((MOVE, move.id), ZERO)
            if move.state == "draft" and move.quantity != quantity:
                move.quantity = quantity
                self._depot.tables.write(MOVE, move)
        self._enter(shipment, "picked")

    def pack(self, shipment: Shipment) -> None:
        """Close the parcels. Raises PackageMismatch where some goods lie in none though others do."""
        if not self._may(shipment, "packed"):
            return
        outgoing = self.outgoing(shipment)
        if shipment.packages and any(move.quantity and move.package is None for move in outgoing):
            raise PackageMismatch(shipment.number)
        for move in outgoing:
            if move.quantity:
                self._depot.turn(move, "assigned")
            else:
                self._depot.drop(move)
        self._enter(shipment, "packed")

    # ------------------------------------------------------------------ all sorts

    def receive(self, shipment: Shipment) -> None:
        """Take a return in, and plan to put it away."""
        if not self._may(shipment, "received"):
            return
        zones = self._depot.zones[shipment.warehouse or 0]
        for move in self.moves(shipment):
            self._depot.turn(move, "done")
            if move.quantity <= 0:
                continue
            way, origin = (zones.input, zones.storage), (MOVE, move.id)
            self._depot.move(move.product, move.quantity, way, shipment=(RETURN, shipment.id), origin=origin)
        self._enter(shipment, "received")

    def ship(self, shipment: Shipment) -> None:
        """Let a transfer leave."""
        if self._may(shipment, "shipped"):
            self._do(self.leaving(shipment))
            shipment.effective_start_date = self._depot.today()
            self._enter(shipment, "shipped")

    def done(self, shipment: Shipment) -> None:
        """The end: goods are gone, put away or there."""
        if not self._may(shipment, "done"):
            return
        moves = self.outgoing(shipment) if shipment.model == OUT else self.moves(shipment)
        self._do(moves)
        shipment.effective_date = self._depot.today()
        self._enter(shipment, "done")

    def cancel(self, shipment: Shipment) -> None:
        """Give up; what was picked stays in the output."""
        if not self._may(shipment, "cancelled"):
            return
        for move in self.moves(shipment):
            if move.state in ("draft", "assigned"):
                move.package = None
                self._depot.turn(move, "cancelled")
        self._enter(shipment, "cancelled")

    def draft(self, shipment: Shipment) -> None:
        """Back to the beginning."""
        if not self._may(shipment, "draft"):
            return
        for move in self.moves(shipment):
            if move.state in ("assigned", "cancelled"):
                self._depot.turn(move, "draft")
        self._enter(shipment, "draft")

    # ------------------------------------------------------------------ moves

    def carry(self, move: Move, to: str) -> None:
        """Do a move that belongs to no shipment, or give it up."""
        if move.state in ("draft", "assigned"):
            self._depot.turn(move, to)

    def moves(self, shipment: Shipment) -> list[Move]:
        """All moves of a shipment."""
        return [self._depot.get(MOVE, one, Move) for one in shipment.moves]

    def outgoing(self, shipment: Shipment) -> list[Move]:
        """Moves that leave to the customer."""
        output = self._depot.zones[shipment.warehouse or 0].output
        return [move for move in self.moves(shipment) if move.from_location == output]

    def inventory(self, shipment: Shipment) -> list[Move]:
        """Moves that pick."""
        output = self._depot.zones[shipment.warehouse or 0].output
        return [move for move in self.moves(shipment) if move.to_location == output]

    def leaving(self, shipment: Shipment) -> list[Move]:
        """Moves of a transfer that leave; without transit they arrive at once."""
        return [move for move in self.moves(shipment) if move.from_location != shipment.transit_location]

    # ------------------------------------------------------------------ steps

    def _take(self, model: str) -> int:
        self._numbers[model] = self._numbers.get(model, 0) + 1
        return self._numbers[model]

    def _may(self, shipment: Shipment, to: str) -> bool:
        return (shipment.state, to) in TRANSITIONS[shipment.model]

    def _enter(self, shipment: Shipment, to: str) -> None:
        if shipment.state != to:
            shipment.state = to
            self._save(shipment)

    def _save(self, shipment: Shipment) -> None:
        self._depot.tables.write(shipment.model, shipment)

    def _do(self, moves: Iterable[Move]) -> None:
        for move in moves:
            if move.state in ("draft", "assigned"):
                self._depot.turn(move, "done")

    def _plan_transfer(self, shipment: Shipment) -> None:
        for move in self.moves(shipment):
            self._depot.turn(move, "draft")
            transit = shipment.transit_location
            if transit is not None and transit not in (move.from_location, move.to_location):
                way = move.from_location, transit
                origin = (MOVE, move.id)
                self._depot.move(move.product, move.quantity, way, shipment=(INTERNAL, shipment.id), origin=origin)
                move.from_location = transit

    def _assign(self, move: Move) -> bool:
        """Split a draft move over the bins that have some of it; whether all of it was found."""
        depot, left = self._depot, move.quantity
        found: list[tuple[int, Decimal]] = []
        for place in depot.within(move.from_location):
            there = depot.quantity(move.product, (place,), less_assigned=True)
            if left > 0 and there > 0:
                found.append((place, min(there, left)))
                left -= found[-1][1]
        if left <= 0 and found:
            move.from_location, move.quantity = found[0]
            depot.turn(move, "assigned")
        elif found:
            move.quantity = left
            depot.tables.write(MOVE, move)
        for place, quantity in found if left > 0 else found[1:]:
            way = place, move.to_location
            part = depot.move(move.product, quantity, way, shipment=move.shipment, origin=move.origin)
            depot.turn(part, "assigned")
        return left <= 0
