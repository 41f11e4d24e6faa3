"""Shipments: what depends on the present, beside the stored document; and lines that lead to an order's."""

from __future__ import annotations

from typing import Any

import strawberry

from hub.model.order import OrderLine
from hub.model.shipment import Shipment
from hub.model.vocabulary import Kind
from hub.read.wording import shipment_text
from resolvers.context import Info


def status_text_of(parent: strawberry.Parent[Shipment]) -> str:
    """One sentence a representative can read out."""
    return shipment_text(parent)


async def order_line_of(parent: strawberry.Parent[Any], info: Info) -> OrderLine | None:
    """The order line that it is about, where matched."""
    if parent.order_line_id is None:
        return None
    order_id = parent.order_line_id.split("/", 1)[0]
    order = await info.context.entity((Kind.ORDER, order_id))
    lines = order.lines if order is not None else ()
    return next((line for line in lines if line.id == parent.order_line_id), None)
