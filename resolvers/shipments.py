"""Shipments: what depends on the present, beside the stored document."""

from __future__ import annotations

from collections.abc import Sequence

import strawberry

from hub.model.order import OrderLine
from hub.model.shipment import FulfillmentOrder, Shipment, ShipmentLine
from hub.model.views import FieldProvenance, SystemPresence
from hub.model.vocabulary import Kind
from hub.read.presence import presence
from hub.read.provenance import provenance
from hub.read.whole import Whole
from hub.read.wording import shipment_text
from resolvers.context import Info

Parent = strawberry.Parent[Shipment]


async def status_text_of(parent: Parent) -> str:
    """One sentence a representative can read out."""
    return shipment_text(parent)


async def systems_of(parent: Parent, info: Info) -> tuple[SystemPresence, ...]:
    """Where the shipment exists; empty while no order that the caller may see refers to it."""
    whole = await _order_of(parent, info)
    return () if whole is None else presence(whole, parent.id, Kind.SHIPMENT)


async def provenance_of(parent: Parent, info: Info) -> tuple[FieldProvenance, ...]:
    """Which system said each group of fields, and how old that is."""
    whole = await _order_of(parent, info)
    return () if whole is None else provenance(whole, parent.speakers, ())


async def _order_of(parent: Shipment, info: Info) -> Whole | None:
    for order_id in parent.order_ids:
        whole = await info.context.whole(order_id)
        if whole is not None:
            return whole
    return None


async def shipments_of_request(parent: strawberry.Parent[FulfillmentOrder], info: Info) -> Sequence[Shipment] | None:
    """The shipments of the same orders that leave the warehouse that was asked."""
    wholes = [await info.context.whole(order_id) for order_id in parent.order_ids]
    found = [one for whole in wholes if whole is not None for one in whole.stored.members.shipments]
    return [one for one in found if one.warehouse_id is not None and one.warehouse_id == parent.warehouse_id]


async def order_line_of(parent: strawberry.Parent[ShipmentLine], info: Info) -> OrderLine | None:
    """The order line that it fulfils, where matched."""
    if parent.order_line_id is None:
        return None
    order_id = parent.order_line_id.split("/", 1)[0]
    order = await info.context.entity((Kind.ORDER, order_id))
    lines = order.lines if order is not None else ()
    return next((line for line in lines if line.id == parent.order_line_id), None)
