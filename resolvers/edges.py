"""Edges between entities, each declared once: what it is called, where it leads, by which key, to how many (design D9).

The declarations drive the resolvers here and, later, the compiled plan.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeAlias

import strawberry

from hub.model.billing import Invoice
from hub.model.order import Order, OrderLine
from hub.model.party import Customer
from hub.model.place import Warehouse
from hub.model.returns import Return
from hub.model.shipment import FulfillmentOrder, Shipment
from hub.model.vocabulary import Kind
from resolvers.context import Context, Info
from resolvers.derive import Resolver

_Parent: TypeAlias = strawberry.Parent[Any]


class By(StrEnum):
    """How an edge is followed."""

    ID = "ID"
    """The parent holds the id in the field `key`: to one."""
    IDS = "IDS"
    """The parent holds the ids in the field `key`: to many."""
    WHOLE = "WHOLE"
    """It hangs under the order that is the parent, in the field `key` of the whole: to many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """From entities of one type to those of another. Batched: one statement for all parents of an operation."""

    of: type
    name: str
    to: type
    kind: Kind
    by: By
    key: str
    said: str
    """What the graph says about it."""


EDGES: tuple[Edge, ...] = (
    Edge(of=Order, name="customer", to=Customer, kind=Kind.CUSTOMER, by=By.ID, key="customer_id",
         said="Who bought it."),
    Edge(of=Order, name="shipments", to=Shipment, kind=Kind.SHIPMENT, by=By.WHOLE, key="shipments",
         said="Parcels that serve it, shared ones included."),
    Edge(of=Order, name="fulfillment_orders", to=FulfillmentOrder, kind=Kind.FULFILLMENT_ORDER, by=By.WHOLE,
         key="fulfillment_orders", said="What was asked of warehouses."),
    Edge(of=Order, name="returns", to=Return, kind=Kind.RETURN, by=By.WHOLE, key="returns",
         said="What comes back."),
    Edge(of=Order, name="invoices", to=Invoice, kind=Kind.INVOICE, by=By.WHOLE, key="invoices",
         said="What bills it, summary invoices included."),
    Edge(of=OrderLine, name="warehouse", to=Warehouse, kind=Kind.WAREHOUSE, by=By.ID, key="warehouse_id",
         said="The warehouse that ships it, where known."),
    Edge(of=Shipment, name="orders", to=Order, kind=Kind.ORDER, by=By.IDS, key="order_ids",
         said="The orders it serves; several for a consolidated parcel."),
    Edge(of=Shipment, name="warehouse", to=Warehouse, kind=Kind.WAREHOUSE, by=By.ID, key="warehouse_id",
         said="The warehouse it leaves."),
    Edge(of=FulfillmentOrder, name="warehouse", to=Warehouse, kind=Kind.WAREHOUSE, by=By.ID, key="warehouse_id",
         said="The warehouse that was asked."),
)  # fmt: skip
"""Every edge of the graph."""


def related(kind: type) -> dict[str, Resolver]:
    """The resolvers of the edges that start at *kind*, by name: for `Types.declare`."""
    return {edge.name: resolver_of(edge) for edge in EDGES if edge.of is kind}


def resolver_of(edge: Edge) -> Resolver:
    """The function that follows an edge."""
    at_once = {By.ID: _one_at_once, By.IDS: _many_at_once, By.WHOLE: _under_at_once}[edge.by]
    later = {By.ID: _one, By.IDS: _many, By.WHOLE: _under}[edge.by]

    def resolve(parent: Any, info: Any) -> Any:
        known, answer = at_once(edge, parent, info.context)
        return answer if known else later(edge, parent, info.context)

    to: Any = edge.to
    answer = to if edge.by is By.ID else Sequence[to]
    resolve.__annotations__ = {"parent": _Parent, "info": Info, "return": answer | None}
    resolve.__doc__ = edge.said
    resolve.__name__ = edge.name
    return resolve


def _one_at_once(edge: Edge, parent: Any, context: Context) -> tuple[bool, Any]:
    """Whether the answer is known without reading, and the answer."""
    local = getattr(parent, edge.key)
    found = None if local is None else context.found((edge.kind, local))
    return local is None or found is not None, found


def _many_at_once(edge: Edge, parent: Any, context: Context) -> tuple[bool, Any]:
    found = [context.found((edge.kind, local)) for local in getattr(parent, edge.key)]
    return None not in found, found


def _under_at_once(edge: Edge, parent: Any, context: Context) -> tuple[bool, Any]:
    whole = context.known(parent.id)
    return whole is not None, None if whole is None else getattr(whole.stored.members, edge.key)


async def _one(edge: Edge, parent: Any, context: Context) -> Any:
    local = getattr(parent, edge.key)
    return None if local is None else await context.entity((edge.kind, local))


async def _many(edge: Edge, parent: Any, context: Context) -> Any:
    return await context.entities([(edge.kind, local) for local in getattr(parent, edge.key)])


async def _under(edge: Edge, parent: Any, context: Context) -> Any:
    whole = await context.whole(parent.id)
    return () if whole is None else getattr(whole.stored.members, edge.key)
