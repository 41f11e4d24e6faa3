"""What Tryton 6.0 says of its own models, as far as it is rehearsed: the types of fields and what they lead to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sources.tryton_wms.rehearsal.depot import Depot
from sources.tryton_wms.rehearsal.state import (
    ADDRESS,
    BOX,
    CARRIER,
    COMPANY,
    COUNTRY,
    CURRENCY,
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
    USER,
    WARNING,
    Location,
    Move,
    Package,
    Product,
    Shipment,
    Template,
)

Context = Mapping[str, Any]  # Any: JSON
Get = Callable[[Depot, Any, Context], Any]  # Any: a row, and what a field of it holds


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of a model."""

    type: str
    relation: str | None = None
    selection: tuple[str, ...] = ()
    get: Get | None = None
    """Of a field that is no column."""


def _char() -> Field:
    return Field(type="char")


def _to(model: str, get: Get | None = None) -> Field:
    return Field(type="many2one", relation=model, get=get)


def _many(model: str, get: Get | None = None) -> Field:
    return Field(type="one2many", relation=model, get=get)


def _choice(*words: str) -> Field:
    return Field(type="selection", selection=words)


def _template(name: str) -> Get:
    def get(depot: Depot, product: Product, _context: Context) -> object:
        return getattr(depot.get(TEMPLATE, product.template, Template), name)

    return get


def _quantity(depot: Depot, product: Product, context: Context) -> Decimal:
    """What lies in the context's locations; a single one means all below it too (`with_childs`)."""
    places: list[int] = context.get("locations") or []
    end = context.get("stock_date_end")
    if not places or (isinstance(end, date) and end < depot.today()):
        return Decimal(0)
    if context.get("with_childs", len(places) == 1):
        places = [one for place in places for one in depot.within(place)]
    return depot.quantity(product.id, dict.fromkeys(places), less_assigned=bool(context.get("stock_assign")))


def _warehouse(depot: Depot, location: Location, _context: Context) -> int | None:
    """The warehouse that a location lies in."""
    while location.type != "warehouse" and location.parent is not None:
        location = depot.get(LOCATION, location.parent, Location)
    return location.id if location.type == "warehouse" else None


def _customers(depot: Depot, _party: object, _context: Context) -> int:
    """Where everybody's goods leave to."""
    return depot.by_code(LOCATION, "CUS")


def _between(side: str, zone: str) -> Get:
    """Moves of a shipment that leave or reach a zone of its warehouse."""

    def get(depot: Depot, shipment: Shipment, _context: Context) -> list[int]:
        there = getattr(depot.zones[shipment.warehouse or 0], zone)
        return [one for one in shipment.moves if getattr(depot.get(MOVE, one, Move), side) == there]

    return get


def _through(side: str) -> Get:
    """Moves of a transfer that do not leave, or do not reach, the transit location."""

    def get(depot: Depot, shipment: Shipment, _context: Context) -> list[int]:
        moves = [depot.get(MOVE, one, Move) for one in shipment.moves]
        return [move.id for move in moves if getattr(move, side) != shipment.transit_location]

    return get


def _newest_first(depot: Depot, shipment: Shipment, _context: Context) -> list[int]:
    return shipment.moves[::-1]


def _partial(depot: Depot, shipment: Shipment, _context: Context) -> bool:
    states = {depot.get(MOVE, one, Move).state for one in shipment.moves}
    return shipment.state != "assigned" and shipment.state == "waiting" and "assigned" in states


def _closed(depot: Depot, package: Package, _context: Context) -> str:
    state = depot.get(package.shipment[0], package.shipment[1], Shipment).state
    return "closed" if state in ("packed", "done", "cancelled") else "open"


_ROW = {
    "id": Field(type="integer"),
    "create_date": Field(type="timestamp"),
    "write_date": Field(type="timestamp"),
}
_SHIPMENT = {
    **_ROW,
    "number": _char(),
    "reference": _char(),
    "company": _to(COMPANY),
    "planned_date": Field(type="date"),
    "effective_date": Field(type="date"),
    "moves": _many(MOVE, _newest_first),
}
_CUSTOMER = {"customer": _to(PARTY), "delivery_address": _to(ADDRESS), "warehouse": _to(LOCATION)}

MODELS: Mapping[str, Mapping[str, Field]] = {
    OUT: {
        **_SHIPMENT,
        **_CUSTOMER,
        "state": _choice("draft", "done", "cancelled", "assigned", "picked", "packed", "waiting"),
        "outgoing_moves": _many(MOVE, _between("from_location", "output")),
        "inventory_moves": _many(MOVE, _between("to_location", "output")),
        "packages": _many(PACKAGE),
        "carrier": _to(CARRIER),
        "partially_assigned": Field(type="boolean", get=_partial),
    },
    RETURN: {
        **_SHIPMENT,
        **_CUSTOMER,
        "state": _choice("draft", "done", "cancelled", "received"),
        "incoming_moves": _many(MOVE, _between("to_location", "input")),
        "inventory_moves": _many(MOVE, _between("from_location", "input")),
    },
    INTERNAL: {
        **_SHIPMENT,
        "state": _choice("request", "draft", "cancelled", "waiting", "assigned", "shipped", "done"),
        "from_location": _to(LOCATION),
        "to_location": _to(LOCATION),
        "transit_location": _to(LOCATION),
        "planned_start_date": Field(type="date"),
        "effective_start_date": Field(type="date"),
        "outgoing_moves": _many(MOVE, _through("from_location")),
        "incoming_moves": _many(MOVE, _through("to_location")),
    },
    MOVE: {
        **_ROW,
        "product": _to(PRODUCT),
        "uom": _to(UOM),
        "quantity": Field(type="float"),
        "from_location": _to(LOCATION),
        "to_location": _to(LOCATION),
        "shipment": Field(type="reference"),
        "origin": Field(type="reference"),
        "package": _to(PACKAGE),
        "company": _to(COMPANY),
        "planned_date": Field(type="date"),
        "effective_date": Field(type="date"),
        "unit_price": Field(type="numeric", get=lambda *_: Decimal(0)),
        "currency": _to(CURRENCY, lambda *_: 1),
        "state": _choice("staging", "draft", "assigned", "done", "cancelled"),
    },
    PACKAGE: {
        **_ROW,
        "code": _char(),
        "type": _to(BOX),
        "company": _to(COMPANY),
        "shipment": Field(type="reference"),
        "shipping_reference": _char(),
        "moves": _many(MOVE),
        "state": Field(type="selection", selection=("open", "closed"), get=_closed),
    },
    LOCATION: {
        **_ROW,
        "name": _char(),
        "code": _char(),
        "type": _choice("supplier", "customer", "lost_found", "warehouse", "storage", "production", "drop", "view"),
        "parent": _to(LOCATION),
        "childs": _many(LOCATION),
        "active": Field(type="boolean"),
        "warehouse": _to(LOCATION, _warehouse),
        "input_location": _to(LOCATION),
        "output_location": _to(LOCATION),
        "storage_location": _to(LOCATION),
        "lost_found_location": _to(LOCATION),
        "waste_locations": _many(LOCATION),
    },
    PRODUCT: {
        **_ROW,
        "code": _char(),
        "active": Field(type="boolean"),
        "template": _to(TEMPLATE),
        "name": Field(type="char", get=_template("name")),
        "type": Field(type="selection", selection=("goods", "assets", "service"), get=_template("type")),
        "default_uom": _to(UOM, _template("default_uom")),
        "quantity": Field(type="float", get=_quantity),
    },
    TEMPLATE: {**_ROW, "name": _char(), "type": _choice("goods", "assets", "service"), "default_uom": _to(UOM)},
    UOM: {**_ROW, "name": _char(), "symbol": _char(), "digits": Field(type="integer")},
    PARTY: {
        **_ROW,
        "name": _char(),
        "code": _char(),
        "addresses": _many(ADDRESS),
        "customer_location": _to(LOCATION, _customers),
    },
    ADDRESS: {
        **_ROW,
        "party": _to(PARTY),
        "party_name": _char(),
        "street": Field(type="text"),
        "postal_code": _char(),
        "city": _char(),
        "country": _to(COUNTRY),
        "delivery": Field(type="boolean", get=lambda *_: True),
    },
    COUNTRY: {**_ROW, "name": _char(), "code": _char()},
    CURRENCY: {**_ROW, "name": _char(), "code": _char()},
    COMPANY: {**_ROW, "party": _to(PARTY), "currency": _to(CURRENCY)},
    CARRIER: {**_ROW, "party": _to(PARTY)},
    BOX: {**_ROW, "name": _char()},
    USER: {**_ROW, "name": _char()},
    WARNING: {**_ROW, "user": _to(USER), "name": _char(), "always": Field(type="boolean")},
}


def described(model: str, names: list[str] | None) -> dict[str, dict[str, Any]]:  # Any: JSON
    """The answer of `fields_get`: all fields, or those of these names."""
    return {
        name: {
            "name": name,
            "type": field.type,
            **({"relation": field.relation} if field.relation else {}),
            **({"selection": [[word, word.title()] for word in field.selection]} if field.selection else {}),
        }
        for name, field in MODELS[model].items()
        if not names or name in names
    }
