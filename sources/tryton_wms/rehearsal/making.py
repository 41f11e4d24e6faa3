"""What is created by the API of the rehearsed warehouse, refused in Tryton 6.0's own words where it cannot be."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sources.tryton_wms.rehearsal.depot import Depot
from sources.tryton_wms.rehearsal.fields import MODELS
from sources.tryton_wms.rehearsal.saying import user_error
from sources.tryton_wms.rehearsal.state import (
    ADDRESS,
    INTERNAL,
    LOCATION,
    MOVE,
    OUT,
    PACKAGE,
    PARTY,
    PRODUCT,
    RETURN,
    TEMPLATE,
    UOM,
    WARNING,
    Address,
    Location,
    Move,
    Package,
    Party,
    Product,
    Record,
    Shipment,
    Template,
    Uom,
    Warned,
)
from sources.tryton_wms.rehearsal.work import Work

Values = Mapping[str, Any]  # Any: JSON
_HEAD = {"customer": "Customer", "delivery_address": "Delivery Address", "warehouse": "Warehouse"}
_LEADS = {"customer": PARTY, "delivery_address": ADDRESS, "warehouse": LOCATION}
_WAY = {"from_location": "From Location", "to_location": "To Location"}


class Making:
    """New rows of one depot, as its API makes them: all that was asked for, or nothing."""

    def __init__(self, depot: Depot, work: Work) -> None:
        self._depot, self._work = depot, work
        self._make: dict[str, Callable[[Values], Record]] = {
            OUT: self._out,
            RETURN: self._back,
            INTERNAL: self._transfer,
            PACKAGE: self._package,
            ADDRESS: self._address,
            MOVE: self._aside,
            WARNING: lambda one: depot.add(WARNING, Warned, **one),
        }

    def create(self, model: str, many: Sequence[Values]) -> list[int]:
        """The ids of new rows."""
        make = self._make.get(model)
        if make is None:
            message = f'You are not allowed to create records of "{model}".'
            raise user_error(message)
        for values in many:
            for name in values:
                MODELS[model][name]
        return [make(values).id for values in many]

    def _out(self, values: Values) -> Shipment:
        """A customer shipment in draft with its moves, or nothing of it."""
        moves = _created(values.get("outgoing_moves") or [])
        self._judge_head(values)
        for move in moves:
            self._judge_move(move)
        made = self._work.begin(OUT, values.get("reference"), **_head(values))
        for move in moves:
            way = move["from_location"], move["to_location"]
            self._depot.move(move["product"], Decimal(str(move["quantity"])), way, shipment=(OUT, made.id))
        self._depot.tables.write(OUT, made)
        return made

    def _judge_head(self, values: Values, where: str = "Customer Shipment") -> None:
        name = "delivery_address"
        for field, label in _HEAD.items():
            if values.get(field) is None:
                message = f'A value is required for field "{label}" in "{where}".'
                raise user_error(message)
            if values[field] not in self._depot.tables.of(_LEADS[field]).rows:
                message = f'The value "{values[field]}" for field "{label}" in "{where}" does not exist.'
                raise user_error(message)
        if self._depot.get(LOCATION, values["warehouse"], Location).type != "warehouse":
            message = "'NoneType' object has no attribute 'id'"
            raise AttributeError(message)
        if self._depot.get(ADDRESS, values[name], Address).party != values["customer"]:
            message = f'The value for field "{_HEAD[name]}" in "{where}" is not valid according to its domain.'
            raise user_error(message)

    def _judge_move(self, move: Values) -> None:
        for name in move:
            MODELS[MOVE][name]
        product, quantity, uom = move["product"], Decimal(str(move["quantity"])), move["uom"]
        if product not in self._depot.tables.of(PRODUCT).rows:
            message = f'You are trying to read records "{product}" of "Product Variant" that don\'t exist anymore.'
            raise user_error(message)
        item = self._depot.get(PRODUCT, product, Product)
        if uom != self._depot.get(TEMPLATE, item.template, Template).default_uom:
            message = "cannot convert between units without a factor or rate"
            raise ValueError(message)
        missing = [label for name, label in _WAY.items() if move.get(name) is None]
        missing += ["Unit Price"] if move.get("unit_price") is None else []
        if missing:
            message = f'A value is required for field "{missing[0]}" in "Stock Move".'
            raise user_error(message)
        if quantity < 0:
            message = "Internal move quantity must be positive."
            raise user_error(message)
        digits = self._depot.get(UOM, uom, Uom).digits
        if quantity != round(quantity, digits):
            message = (
                f'The number of digits in the value "{quantity}" for field "Quantity" in "Stock Move" '
                f'exceeds the limit of "{digits}".'
            )
            raise user_error(message)

    def rewrite(self, shipment: Shipment, given: Sequence[Any]) -> None:  # Any: JSON
        """Other incoming moves of a return: some written, some new."""
        for verb, *what in given:
            if verb == "write":
                ids, values = what
                for one in ids:
                    move = self._depot.get(MOVE, one, Move)
                    self._modifiable(move)
                    move.quantity = Decimal(str(values["quantity"]))
                    self._depot.tables.write(MOVE, move)
            for values in what[0] if verb == "create" else ():
                self._judge_move(values)
                way = values["from_location"], values["to_location"]
                quantity = Decimal(str(values["quantity"]))
                self._depot.move(values["product"], quantity, way, shipment=(shipment.model, shipment.id))

    def _modifiable(self, move: Move) -> None:
        if move.state != "draft":
            message = f'You cannot modify the move "{move.id}".'
            raise user_error(message)

    def _back(self, values: Values) -> Shipment:
        """A customer return in draft with its moves, or nothing of it."""
        moves = _created(values.get("incoming_moves") or [])
        self._judge_head(values, "Customer Return Shipment")
        for move in moves:
            self._judge_move(move)
        return self._work.expect_back(values.get("reference"), _lines(values["incoming_moves"]), **_head(values))

    def _aside(self, values: Values) -> Move:
        """A move that belongs to no shipment; only what crosses the border of the house has a price."""
        self._judge_move({"unit_price": Decimal(0), **values})
        model, _, one = str(values.get("origin") or "").partition(",")
        origin = (model, int(one)) if one else None
        way = values["from_location"], values["to_location"]
        return self._depot.move(values["product"], Decimal(str(values["quantity"])), way, shipment=None, origin=origin)

    def _transfer(self, values: Values) -> Shipment:
        places = values["from_location"], values["to_location"]
        planned = values.get("planned_date") or self._depot.today()
        return self._work.transfer(places, _lines(values["moves"]), planned=planned)

    def _package(self, values: Values) -> Package:
        model, _, one = values["shipment"].partition(",")
        shipment = self._depot.get(model, int(one), Shipment)
        moves = [move for verb, ids in values.get("moves", []) if verb == "add" for move in ids]
        return self._work.package(shipment, moves, values.get("shipping_reference"))

    def _address(self, values: Values) -> Address:
        made = self._depot.add(ADDRESS, Address, **{name: values[name] for name in values if name != "delivery"})
        self._depot.get(PARTY, made.party, Party).addresses.append(made.id)
        return made


def _created(given: Sequence[Any]) -> list[Values]:  # Any: JSON
    """The values of every move that is created."""
    return [values for verb, many in given if verb == "create" for values in many]


def _lines(given: Sequence[Any]) -> list[tuple[int, Decimal]]:  # Any: JSON
    return [(values["product"], Decimal(str(values["quantity"]))) for values in _created(given)]


def _head(values: Values) -> dict[str, Any]:  # Any: JSON
    names = ("customer", "delivery_address", "warehouse", "planned_date", "carrier")
    return {name: values[name] for name in names if name in values}
