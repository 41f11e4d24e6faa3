"""Every kind of entity as the graph shows it: its root fields, where it exists and who said what of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeAlias

import strawberry

from hub.model.entities import ENTITIES
from hub.model.finding import Lookup
from hub.model.views import FieldProvenance, SystemPresence
from hub.model.vocabulary import Kind
from hub.read.evidence import Evidence
from hub.read.presence import presence
from hub.read.provenance import provenance
from resolvers import filters
from resolvers.context import Context, Info
from resolvers.derive import Resolver
from resolvers.inputs import LookupInput, lookup_of
from resolvers.lists import list_resolver, shapes_of


@dataclass(frozen=True, slots=True, kw_only=True)
class LookupArguments:
    """Arguments of a field that finds one entity."""

    by: LookupInput
    """Which one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FreshLookupArguments:
    """Arguments of a field that finds one entity, as fresh as it must be."""

    by: LookupInput
    """Which one."""
    max_staleness_seconds: int | None = None
    """Where the answer is older than this, the sources are asked again and waited for, within the budget."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """How one kind stands at the root of the graph."""

    kind: Kind
    one: str
    """The field that finds one."""
    many: str
    """The field that lists them."""
    filter: type
    is_fresh: bool = False
    """Whether a fresher answer may be asked for."""


SHOWN: tuple[Shown, ...] = (
    Shown(kind=Kind.ORDER, one="order", many="orders", filter=filters.OrderFilterInput, is_fresh=True),
    Shown(kind=Kind.SHIPMENT, one="shipment", many="shipments", filter=filters.ShipmentFilterInput, is_fresh=True),
    Shown(kind=Kind.FULFILLMENT_ORDER, one="fulfillment_order", many="fulfillment_orders",
          filter=filters.FulfillmentOrderFilterInput),
    Shown(kind=Kind.RETURN, one="return_", many="returns", filter=filters.ReturnFilterInput, is_fresh=True),
    Shown(kind=Kind.INVOICE, one="invoice", many="invoices", filter=filters.InvoiceFilterInput),
    Shown(kind=Kind.CREDIT_MEMO, one="credit_memo", many="credit_memos", filter=filters.CreditMemoFilterInput),
    Shown(kind=Kind.PAYMENT, one="payment", many="payments", filter=filters.PaymentFilterInput),
    Shown(kind=Kind.CUSTOMER, one="customer", many="customers", filter=filters.CustomerFilterInput),
    Shown(kind=Kind.PRODUCT, one="product", many="products", filter=filters.ProductFilterInput),
    Shown(kind=Kind.WAREHOUSE, one="warehouse", many="warehouses", filter=filters.WarehouseFilterInput),
    Shown(kind=Kind.TRANSFER, one="transfer", many="transfers", filter=filters.TransferFilterInput),
    Shown(kind=Kind.PRICE_REFERENCE, one="price_reference", many="price_references",
          filter=filters.PriceReferenceFilterInput),
)  # fmt: skip
"""Every kind that is found and listed."""


_PARENT: TypeAlias = strawberry.Parent[Any]


def roots() -> dict[str, Resolver]:
    """The root fields of every kind, by name; `order` has its own (`resolvers.orders`)."""
    found = {shown.many: list_resolver(shown.kind, shown.filter) for shown in SHOWN}
    return found | {shown.one: one_resolver(shown) for shown in SHOWN if shown.kind is not Kind.ORDER}


def connections() -> Mapping[Kind, Any]:
    """The connection of each kind's list."""
    return {shown.kind: shapes_of(shown.kind, shown.filter) for shown in SHOWN}


def one_resolver(shown: Shown) -> Resolver:
    """The resolver of the field that finds one."""
    of: Any = ENTITIES[shown.kind]
    name = shown.kind.value.replace("_", " ").lower()

    async def resolve(info: Any, asked: Any) -> Any:
        return await one(info.context, shown.kind, lookup_of(asked.by), getattr(asked, "max_staleness_seconds", None))

    arguments = FreshLookupArguments if shown.is_fresh else LookupArguments
    resolve.__annotations__ = {"info": Info, "asked": arguments, "return": of | None}
    resolve.__doc__ = f"""One {name}, by whatever names it; null where there is none that the caller may see.

    More than one that fits is the error `AMBIGUOUS_IDENTIFIER`, with the candidates in its extensions."""
    resolve.__name__ = shown.one
    return resolve


async def one(context: Context, kind: Kind, lookup: Lookup, most: int | None) -> Any:
    """The entity of *kind* that *lookup* names, not older than *most* seconds if that can be."""
    found = await found_id(context, kind, lookup, most)
    entity = None if found is None else await context.entity((kind, found))
    if entity is None or most is None:
        return entity
    known = await _around(context, kind, entity)
    span = timedelta(seconds=max(0, most))
    if known is None or not await context.reader.freshened(context.call, known, span, entity.id):
        return entity
    context.forget()
    return await context.entity((kind, entity.id))


async def _around(context: Context, kind: Kind, entity: Any) -> Evidence | None:
    """What is known of an entity and of its orders, with which some sources tell it."""
    await context.wholes(getattr(entity, "order_ids", ()))
    return await context.evidence((kind, entity.id), entity)


async def found_id(context: Context, kind: Kind, lookup: Lookup, most: int | None) -> str | None:
    """Id of what *lookup* names; where nobody knows it and freshness matters, sources are asked first."""
    found = await context.reader.find(context.call, lookup, kind)
    if found is None and most is not None and lookup.id is None:
        found = await context.reader.looked_up(context.call, lookup, kind)
    return found


def systems_of(kind: Kind) -> Resolver:
    """The resolver of `systems` of a kind that is not the order."""

    async def resolve(parent: Any, info: Any) -> Any:
        known = await info.context.evidence((kind, parent.id), parent)
        return () if known is None else presence(known, parent.id, kind)

    resolve.__annotations__ = {"parent": _PARENT, "info": Info, "return": tuple[SystemPresence, ...]}
    resolve.__doc__ = "Where it exists: one row per system that could know it, also where it does not."
    return resolve


def provenance_of(kind: Kind) -> Resolver:
    """The resolver of `provenance` of a kind that is not the order."""

    async def resolve(parent: Any, info: Any) -> Any:
        known = await info.context.evidence((kind, parent.id), parent)
        return () if known is None else provenance(known, parent.speakers, ())

    resolve.__annotations__ = {"parent": _PARENT, "info": Info, "return": tuple[FieldProvenance, ...]}
    resolve.__doc__ = "Which system said each group of fields, and how old that is."
    return resolve
