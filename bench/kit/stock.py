"""The peer: stock Strawberry over the same rows, with its own ASGI view, types and data loaders."""

from __future__ import annotations

from typing import Any

import strawberry
from starlette.requests import Request
from starlette.responses import Response
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.dataloader import DataLoader
from strawberry.types import Info

from bench.kit.rows import Doc, Rows

Context = dict[str, Any]  # Any: Strawberry's own


@strawberry.type
class Money:
    """An amount."""

    amount: str
    currency_code: str


@strawberry.type
class Quantities:
    """Units of a line."""

    ordered: str
    cancelled: str
    shipped: str


@strawberry.type
class Line:
    """One line of an order."""

    line_no: int
    sku: str
    description: str | None
    unit_price: Money | None
    quantities: Quantities


@strawberry.type
class Package:
    """One parcel."""

    tracking_number: str | None
    status: str


@strawberry.type
class Shipment:
    """Goods that leave together."""

    number: str | None
    status: str
    packages: list[Package]


@strawberry.type
class Customer:
    """Who buys."""

    number: str
    name: str | None


@strawberry.type
class Order:
    """An order."""

    doc: strawberry.Private[Doc]
    id: strawberry.ID
    number: str
    status: str
    placed_at: str | None
    total: Money | None

    @strawberry.field
    def lines(self) -> list[Line]:
        """Its lines."""
        return [_line(one) for one in self.doc["lines"]]

    @strawberry.field
    async def shipments(self, info: Info[Context, None]) -> list[Shipment]:
        """Its shipments, one batch per level."""
        return [_shipment(one) for one in await info.context["parcels"].load(self.id)]

    @strawberry.field
    async def customer(self, info: Info[Context, None]) -> Customer | None:
        """Its customer, one batch per level."""
        if self.doc["customer_id"] is None:
            return None
        found = await info.context["buyers"].load(self.doc["customer_id"])
        return None if found is None else Customer(number=found["number"], name=found["groups"]["profile"]["name"])


@strawberry.type
class Query:
    """What can be asked."""

    @strawberry.field
    async def order(self, info: Info[Context, None], id: strawberry.ID) -> Order | None:  # noqa: A002  the graph's name
        """One order."""
        found = await info.context["rows"].order(id)
        return _order(found[0]) if found else None

    @strawberry.field
    async def orders(self, info: Info[Context, None], first: int, status: str | None = None) -> list[Order]:
        """The newest orders."""
        rows = info.context["rows"]
        found = await (rows.page(first) if status is None else rows.in_status(status, first))
        return [_order(one) for one in found]


class Stock(GraphQL[Context, None]):
    """Its view, with loaders that live for one request."""

    def __init__(self, rows: Rows) -> None:
        super().__init__(strawberry.Schema(query=Query))
        self._rows = rows

    async def get_context(self, request: Request | WebSocket, response: Response | WebSocket) -> Context:
        """Rows and fresh loaders."""
        return {
            "rows": self._rows,
            "parcels": DataLoader(load_fn=self._rows.parcels),
            "buyers": DataLoader(load_fn=self._rows.buyers),
        }


def _money(doc: Doc | None) -> Money | None:
    return None if doc is None else Money(**doc)


def _line(doc: Doc) -> Line:
    told = doc["quantities"]
    return Line(
        line_no=doc["line_no"],
        sku=doc["sku"],
        description=doc["description"],
        unit_price=_money(doc["unit_price"]),
        quantities=Quantities(ordered=told["ordered"], cancelled=told["cancelled"], shipped=told["shipped"]),
    )


def _shipment(doc: Doc) -> Shipment:
    packages = [Package(tracking_number=one["tracking_number"], status=one["status"]) for one in doc["packages"]]
    return Shipment(number=doc["number"], status=doc["status"], packages=packages)


def _order(doc: Doc) -> Order:
    head = doc["groups"]["commercial"] or {}
    return Order(
        doc=doc,
        id=strawberry.ID(doc["id"]),
        number=doc["number"],
        status=doc["status"],
        placed_at=head.get("placed_at"),
        total=_money(head.get("total")),
    )
