"""What is asked of Tryton: fields, and domains that say which rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from hub.model.vocabulary import Kind
from sources.tryton_wms.client import Search
from sources.tryton_wms.manifest import OPEN_STATES

MOST_DIGITS = 9
"""Of an id: Tryton keeps them in 32 bits."""
Clause = list[Any]  # Any: JSON

_DATES = ("create_date", "write_date")
_PLACE = ("warehouse.code",)
_ITEM = ("moves.product.code", "moves.product.name", "moves.quantity", "moves.uom.symbol", "moves.uom.digits",
         "moves.state", "moves.create_date", "moves.write_date")  # fmt: skip
_MOVE = (*_ITEM, "moves.origin", "moves.to_location.code", "moves.to_location.type")
_HEAD = (*_DATES, "number", "reference", "state")

MODELS: dict[Kind, str] = {
    Kind.SHIPMENT: "stock.shipment.out",
    Kind.FULFILLMENT_ORDER: "stock.shipment.out",
    Kind.RETURN: "stock.shipment.out.return",
    Kind.TRANSFER: "stock.shipment.internal",
    Kind.PRODUCT: "product.product",
    Kind.WAREHOUSE: "stock.location",
    Kind.INVENTORY: "product.product",
}
"""The model that objects of a kind are."""

_OUT = (
    *_HEAD, *_PLACE, *_MOVE, "customer.code", "customer.name", "carrier.party.code", "carrier.party.name",
    "delivery_address.party_name", "delivery_address.street", "delivery_address.postal_code", "delivery_address.city",
    "delivery_address.country.code", "packages.code", "packages.shipping_reference",
)  # fmt: skip

FIELDS: dict[Kind, tuple[str, ...]] = {
    Kind.SHIPMENT: _OUT,
    Kind.FULFILLMENT_ORDER: _OUT,
    Kind.RETURN: (*_HEAD, *_PLACE, *_MOVE),
    Kind.TRANSFER: (*_HEAD, *_ITEM, "moves.from_location", "moves.to_location", "transit_location",
                    "from_location.warehouse.code", "to_location.warehouse.code"),
    Kind.PRODUCT: (*_DATES, "code", "name", "active", "default_uom.symbol", "default_uom.digits"),
    Kind.WAREHOUSE: ("code", "name", "active", "input_location", "output_location", "storage_location", "childs.code",
                     "childs.name", "childs.type", "childs.childs.code", "childs.childs.name", "childs.childs.type"),
    Kind.INVENTORY: ("code", "quantity", "default_uom.symbol", "default_uom.digits"),
}  # fmt: skip
"""Everything that is read of an object, in one request: Tryton answers it out of one transaction."""

CHILDREN: dict[Kind, tuple[str, ...]] = {
    Kind.SHIPMENT: ("moves", "packages"),
    Kind.RETURN: ("moves",),
    Kind.TRANSFER: ("moves",),
    Kind.PRODUCT: ("template",),
}
"""What may change without the date of its head moving (systems.md 5.3)."""
_CHILD_MODELS = {"moves": "stock.move", "packages": "stock.package", "template": "product.template"}

GOODS: Clause = [["type", "in", ["goods", "assets"]], ["code", "!=", None]]
"""Items that can lie in a warehouse and have a name that other systems know."""
ALL_OF_THEM = {"active_test": False}
"""A context in which what is switched off is found too."""


def scope(kind: Kind) -> Clause:
    """Which rows of the model are objects of this kind."""
    if kind is Kind.WAREHOUSE:
        return [["type", "=", "warehouse"], ["code", "!=", None]]
    return GOODS if kind in (Kind.PRODUCT, Kind.INVENTORY) else []


def by_ids(kind: Kind, ids: Sequence[int]) -> Search:
    """The objects with these ids; `read` would fail for all where one is missing (systems.md 5.27)."""
    return _search(kind, [["id", "in", list(ids)]], len(ids))


def stamped(shipment: int) -> Search:
    """One shipment with the mark by which Tryton knows whether it was written since."""
    search = by_ids(Kind.SHIPMENT, [shipment])
    return replace(search, fields=(*search.fields, "_timestamp"))


def twins(reference: str, limit: int) -> Search:
    """The shipments that bear a reference, which is not unique (systems.md 5.6)."""
    return Search(
        model=MODELS[Kind.SHIPMENT], domain=[["reference", "=", reference]], fields=("number", "state"), limit=limit
    )


def back(reference: str, limit: int) -> Search:
    """The returns that bear a reference, which is not unique."""
    return _search(Kind.RETURN, [["reference", "=", reference]], limit)


def aside(moves: Sequence[int], limit: int) -> Search:
    """Moves beside any shipment that stem from these."""
    origins = [f"stock.move,{one}" for one in moves]
    return Search(
        model="stock.move",
        domain=[["origin", "in", origins], ["shipment", "=", None], ["state", "!=", "cancelled"]],
        fields=("state", "quantity", "to_location", "product.code", "product.name", "uom.symbol", "uom.digits"),
        limit=limit,
    )


def page_down(kind: Kind, before: int | None, limit: int) -> Search:
    """The page below an id, newest first."""
    wanted = [] if before is None else [["id", "<", before]]
    return _search(kind, wanted, limit, order=("id", "DESC"))


def page_up(kind: Kind, after: int | None, limit: int) -> Search:
    """The page above an id."""
    return _search(kind, [] if after is None else [["id", ">", after]], limit)


def page_since(kind: Kind, since: datetime, after: int | None, limit: int) -> Search:
    """The page above an id of what was written since, itself or what hangs on it."""
    stamp = written(since)
    names = ("", *(f"{child}." for child in CHILDREN[kind]))
    any_of: Clause = ["OR", *([f"{name}{date_}", ">=", stamp] for name in names for date_ in _DATES)]
    wanted: Clause = [any_of] if after is None else [any_of, ["id", ">", after]]
    return _search(kind, wanted, limit)


def page_open(after: int | None, limit: int) -> Search:
    """The page above an id of shipments that are not finished."""
    wanted: Clause = [["state", "in", list(OPEN_STATES)]]
    return _search(Kind.SHIPMENT, wanted if after is None else [*wanted, ["id", ">", after]], limit)


def newest(kind: Kind) -> list[Search]:
    """Searches whose answers hold the newest date of a kind and of what hangs on it."""
    models = [MODELS[kind], *(_CHILD_MODELS[child] for child in CHILDREN[kind])]
    orders = (("write_date", "DESC NULLS LAST"), ("id", "DESC"))
    return [
        Search(model=model, domain=[], fields=_DATES, limit=1, order=order, context=ALL_OF_THEM)
        for model in models
        for order in orders
    ]


def figures(places: Sequence[int], wanted: Clause, limit: int, *, less_assigned: bool = False) -> Search:
    """How much of each item lies in these locations and below, now; without what is assigned from there."""
    context = {"locations": list(places), "with_childs": True, "stock_assign": less_assigned}
    domain = [*GOODS, *wanted]
    return Search(
        model=MODELS[Kind.INVENTORY], domain=domain, fields=FIELDS[Kind.INVENTORY], limit=limit, context=context
    )


def written(moment: datetime) -> dict[str, Any]:  # Any: JSON
    """An instant as Tryton writes it: naive, UTC."""
    there = moment.astimezone(UTC)
    parts = ("year", "month", "day", "hour", "minute", "second", "microsecond")
    return {"__class__": "datetime", **{part: getattr(there, part) for part in parts}}


def _search(kind: Kind, wanted: Clause, limit: int, *, order: tuple[str, str] = ("id", "ASC")) -> Search:
    return Search(
        model=MODELS[kind],
        domain=[*scope(kind), *wanted],
        fields=FIELDS[kind],
        limit=limit,
        order=order,
        context=ALL_OF_THEM,
    )


def row_id(text: str) -> int | None:
    """The id that a source id names; None for what can be none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS else None
