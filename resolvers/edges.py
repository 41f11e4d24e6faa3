"""Edges between entities, each declared once: what it is called, where it leads, by which key, to how many (design D9).

The declarations drive the resolvers here and, later, the compiled plan.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeAlias

import strawberry

from hub.model.billing import CreditMemo, Invoice, Payment, PriceReference
from hub.model.order import Order, OrderLine
from hub.model.party import Customer
from hub.model.place import Warehouse
from hub.model.returns import Return
from hub.model.shipment import FulfillmentOrder, Shipment
from hub.model.transfer import Transfer
from hub.model.vocabulary import Kind
from resolvers.context import Context, Info
from resolvers.derive import PLAIN, Resolver
from resolvers.pages import given

_Parent: TypeAlias = strawberry.Parent[Any]
USUAL_NEWEST = 10


class By(StrEnum):
    """How an edge is followed."""

    ID = "ID"
    """The parent holds the id in the field `key`: to one."""
    IDS = "IDS"
    """The parent holds the ids in the field `key`: to many."""
    FIRST = "FIRST"
    """The parent holds ids in the field `key`, of which the first counts: to one."""
    BUYER = "BUYER"
    """The parent is the customer of what the edge leads to: to many, the newest first."""
    WHOLE = "WHOLE"
    """It hangs under the order that is the parent, or is linked to it: to many. `key`: where a whole order has it."""


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
    Edge(of=Order, name="replaces", to=Order, kind=Kind.ORDER, by=By.ID, key="replaces_id",
         said="The order whose goods came back, where this one goes out instead of them."),
    Edge(of=Order, name="replaces_return", to=Return, kind=Kind.RETURN, by=By.ID, key="replaces_return_id",
         said="The return that it goes out for."),
    Edge(of=OrderLine, name="warehouse", to=Warehouse, kind=Kind.WAREHOUSE, by=By.ID, key="warehouse_id",
         said="The warehouse that ships it, where known."),
    Edge(of=Shipment, name="orders", to=Order, kind=Kind.ORDER, by=By.IDS, key="order_ids",
         said="The orders it serves; several for a consolidated parcel."),
    Edge(of=Shipment, name="warehouse", to=Warehouse, kind=Kind.WAREHOUSE, by=By.ID, key="warehouse_id",
         said="The warehouse it leaves."),
    Edge(of=Order, name="credit_memos", to=CreditMemo, kind=Kind.CREDIT_MEMO, by=By.WHOLE, key="credit_memos",
         said="What turns bills of it round."),
    Edge(of=Order, name="payments", to=Payment, kind=Kind.PAYMENT, by=By.WHOLE, key="payments",
         said="Money that moved for it, as documents of their own."),
    Edge(of=FulfillmentOrder, name="warehouse", to=Warehouse, kind=Kind.WAREHOUSE, by=By.ID, key="warehouse_id",
         said="The warehouse that was asked."),
    Edge(of=FulfillmentOrder, name="shipments", to=Shipment, kind=Kind.SHIPMENT, by=By.IDS, key="shipment_ids",
         said="The shipments that answer it."),
    Edge(of=FulfillmentOrder, name="order", to=Order, kind=Kind.ORDER, by=By.FIRST, key="order_ids",
         said="The order it belongs to."),
    Edge(of=Return, name="order", to=Order, kind=Kind.ORDER, by=By.FIRST, key="order_ids",
         said="The order it comes from."),
    Edge(of=Return, name="replacement", to=Order, kind=Kind.ORDER, by=By.ID, key="replacement_id",
         said="The order that goes out instead of what comes back, once it stands."),
    Edge(of=Return, name="customer", to=Customer, kind=Kind.CUSTOMER, by=By.ID, key="customer_id",
         said="Who sends it back."),
    Edge(of=Return, name="warehouse", to=Warehouse, kind=Kind.WAREHOUSE, by=By.ID, key="warehouse_id",
         said="The warehouse that receives it."),
    Edge(of=Invoice, name="orders", to=Order, kind=Kind.ORDER, by=By.IDS, key="order_ids",
         said="The orders it bills; several for a summary invoice."),
    Edge(of=Invoice, name="customer", to=Customer, kind=Kind.CUSTOMER, by=By.ID, key="customer_id",
         said="Who owes it."),
    Edge(of=CreditMemo, name="orders", to=Order, kind=Kind.ORDER, by=By.IDS, key="order_ids",
         said="The orders it concerns."),
    Edge(of=CreditMemo, name="invoice", to=Invoice, kind=Kind.INVOICE, by=By.ID, key="invoice_id",
         said="The invoice it turns round."),
    Edge(of=CreditMemo, name="return_", to=Return, kind=Kind.RETURN, by=By.ID, key="return_id",
         said="The return it pays for."),
    Edge(of=Payment, name="orders", to=Order, kind=Kind.ORDER, by=By.IDS, key="order_ids",
         said="The orders it pays."),
    Edge(of=Payment, name="return_", to=Return, kind=Kind.RETURN, by=By.ID, key="return_id",
         said="The return it pays for."),
    Edge(of=Customer, name="parent", to=Customer, kind=Kind.CUSTOMER, by=By.ID, key="parent_id",
         said="The account above it."),
    Edge(of=Customer, name="orders", to=Order, kind=Kind.ORDER, by=By.BUYER, key="id",
         said="Its newest orders; the root field `orders` pages through all of them."),
    Edge(of=Customer, name="returns", to=Return, kind=Kind.RETURN, by=By.BUYER, key="id",
         said="Its newest returns; the root field `returns` pages through all of them."),
    Edge(of=Customer, name="invoices", to=Invoice, kind=Kind.INVOICE, by=By.BUYER, key="id",
         said="Its newest invoices; the root field `invoices` pages through all of them."),
    Edge(of=Transfer, name="from_warehouse", to=Warehouse, kind=Kind.WAREHOUSE, by=By.ID, key="from_warehouse_id",
         said="Where it leaves."),
    Edge(of=Transfer, name="to_warehouse", to=Warehouse, kind=Kind.WAREHOUSE, by=By.ID, key="to_warehouse_id",
         said="Where it arrives."),
    Edge(of=PriceReference, name="customer", to=Customer, kind=Kind.CUSTOMER, by=By.ID, key="customer_id",
         said="The customer it is for; null where it is for everybody."),
)  # fmt: skip
"""Every edge of the graph."""


def related(kind: type) -> dict[str, Resolver]:
    """The resolvers of the edges that start at *kind*, by name: for `Types.declare`."""
    return {edge.name: resolver_of(edge) for edge in EDGES if edge.of is kind}


def resolver_of(edge: Edge) -> Resolver:
    """The function that follows an edge."""
    if edge.by is By.BUYER:
        return _newest_of(edge)
    at_once, later = _WAYS[edge.by]

    def resolve(parent: Any, info: Any) -> Any:
        known, answer = at_once(edge, parent, info.context)
        return answer if known else later(edge, parent, info.context)

    to: Any = edge.to
    answer = to if edge.by in (By.ID, By.FIRST) else Sequence[to]
    resolve.__annotations__ = {"parent": _Parent, "info": Info, "return": answer | None}
    resolve.__doc__ = edge.said
    resolve.__name__ = edge.name
    setattr(resolve, PLAIN, True)
    return resolve


@dataclass(frozen=True, slots=True, kw_only=True)
class NewestArguments:
    """Arguments of an edge to what a customer has."""

    first: int | None = USUAL_NEWEST
    """At most so many, up to 100."""


def _newest_of(edge: Edge) -> Resolver:
    async def resolve(parent: Any, info: Any, asked: Any) -> Any:
        return await info.context.newest(edge.kind, getattr(parent, edge.key), given(asked.first, USUAL_NEWEST))

    to: Any = edge.to
    resolve.__annotations__ = {
        "parent": _Parent, "info": Info, "asked": NewestArguments, "return": Sequence[to] | None,
    }  # fmt: skip
    resolve.__doc__, resolve.__name__ = edge.said, edge.name
    return resolve


def targets(edge: Edge, parent: Any) -> Sequence[str]:
    """The ids that the parent holds of what lies beyond an edge."""
    held = getattr(parent, edge.key)
    if edge.by is By.ID:
        return () if held is None else (held,)
    return tuple(held)[:1] if edge.by is By.FIRST else held


def beyond(edge: Edge, parents: Sequence[Any], context: Context) -> list[Any]:
    """What lies beyond an edge of *parents*, each once, as far as it was read."""
    found: dict[str, Any] = {}
    for parent in parents:
        if edge.by is By.WHOLE:
            found |= {one.id: one for one in context.under(parent.id, edge.kind) or ()}
        else:
            found |= {one: context.found((edge.kind, one)) for one in targets(edge, parent)}
    return [one for one in found.values() if one is not None]


def _one_at_once(edge: Edge, parent: Any, context: Context) -> tuple[bool, Any]:
    """Whether the answer is known without reading, and the answer."""
    local = next(iter(targets(edge, parent)), None)
    found = None if local is None else context.found((edge.kind, local))
    return local is None or found is not None, found


def _many_at_once(edge: Edge, parent: Any, context: Context) -> tuple[bool, Any]:
    found = [context.found((edge.kind, local)) for local in targets(edge, parent)]
    return None not in found, found


def _under_at_once(edge: Edge, parent: Any, context: Context) -> tuple[bool, Any]:
    found = context.under(parent.id, edge.kind)
    return found is not None, found


async def _one(edge: Edge, parent: Any, context: Context) -> Any:
    return await context.entity((edge.kind, targets(edge, parent)[0]))


async def _many(edge: Edge, parent: Any, context: Context) -> Any:
    return await context.entities([(edge.kind, local) for local in targets(edge, parent)])


async def _under(edge: Edge, parent: Any, context: Context) -> Any:
    return await context.members(parent.id, edge.kind)


_WAYS: Mapping[By, tuple[Callable[..., tuple[bool, Any]], Callable[..., Awaitable[Any]]]] = {
    By.ID: (_one_at_once, _one),
    By.FIRST: (_one_at_once, _one),
    By.IDS: (_many_at_once, _many),
    By.WHOLE: (_under_at_once, _under),
}
"""How an edge is followed without reading, and with."""
