"""What the hub itself ordered at a source, and what it left out because it had been called off by then. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from hub.flow.facts import KeptDelivery
from hub.model.effects import CreateOrder
from hub.model.intents import DeliveryState

ZERO = Decimal(0)
MADE = frozenset(
    {
        DeliveryState.CLAIMED,
        DeliveryState.UNKNOWN,
        DeliveryState.ACCEPTED,
        DeliveryState.REVIEW,
        DeliveryState.DONE,
    }
)


def left_out(deliveries: Iterable[KeptDelivery], source: str, line_no: int, asked: Decimal) -> Decimal:
    """Of the units *asked* for on a line, those that the hub never ordered at a source that it brought the order to.

    The source counts them neither as ordered nor as cancelled, though they are both.
    """
    for row in deliveries:
        if row.source == source and isinstance(row.content, CreateOrder) and row.state in MADE:
            ordered = sum((line.quantity for line in row.content.lines if line.line_no == line_no), ZERO)
            return max(asked - ordered, ZERO)
    return ZERO
