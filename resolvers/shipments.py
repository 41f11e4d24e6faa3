"""Shipments and the requests they answer: what depends on the present, beside the stored document."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import strawberry

from hub.model.order import OrderLine
from hub.model.shipment import FulfillmentOrder, Shipment
from hub.model.vocabulary import IdentifierScheme, Kind
from hub.read.wording import shipment_text
from resolvers.context import Info

NUMBERS = frozenset({IdentifierScheme.ERP_SHIPMENT, IdentifierScheme.WMS_SHIPMENT})
"""Schemes by which a request and the shipment that answers it are the same document of a system."""


async def status_text_of(parent: strawberry.Parent[Shipment]) -> str:
    """One sentence a representative can read out."""
    return shipment_text(parent)


async def shipments_of_request(parent: strawberry.Parent[FulfillmentOrder], info: Info) -> Sequence[Shipment] | None:
    """The shipments that answer it: those of its number, else those of the same orders from the warehouse asked."""
    wholes = await info.context.wholes(parent.order_ids)
    shipments = [one for whole in wholes for one in whole.stored.members.shipments]
    numbered = [one for one in shipments if _numbers(one) & _numbers(parent)]
    if numbered:
        return numbered
    requests = [one for whole in wholes for one in whole.stored.members.fulfillment_orders]
    taken = frozenset(number for request in requests for number in _numbers(request))
    free = [one for one in shipments if not _numbers(one) & taken]
    return [one for one in free if one.warehouse_id is not None and one.warehouse_id == parent.warehouse_id]


def _numbers(thing: Shipment | FulfillmentOrder) -> frozenset[tuple[str | None, str]]:
    return frozenset((one.source, one.value) for one in thing.identifiers if one.scheme in NUMBERS)


async def order_line_of(parent: strawberry.Parent[Any], info: Info) -> OrderLine | None:
    """The order line that it is about, where matched."""
    if parent.order_line_id is None:
        return None
    order_id = parent.order_line_id.split("/", 1)[0]
    order = await info.context.entity((Kind.ORDER, order_id))
    lines = order.lines if order is not None else ()
    return next((line for line in lines if line.id == parent.order_line_id), None)
