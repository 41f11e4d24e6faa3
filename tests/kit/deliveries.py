"""Rows of deliveries for tests of what becomes of them."""

from __future__ import annotations

from typing import Any

from hub.codec import digest, plain
from hub.model.effects import CancelOrder, CancelReason
from hub.model.intents import DeliveryState, Mode
from hub.model.vocabulary import Kind
from hub.store.deliveries import DeliveryRow
from tests.kit.merging import at

CONTENT = CancelOrder(lines=(), reason=CancelReason.OTHER)


def delivery(name: str = "d1", **said: Any) -> DeliveryRow:  # Any: fields of the row
    """A PENDING cancel of order s0 at the shop, under root `a`."""
    known: dict[str, Any] = {
        "root_id": "a",
        "source": "shop",
        "kind": Kind.ORDER,
        "source_id": "s0",
        "action": "order.cancel",
        "key": f"shop/cancel:{name}",
        "mode": Mode.ONCE,
        "priority": 5,
        "state": DeliveryState.PENDING,
        "content": plain(CONTENT),
        "hash": digest(CONTENT),
        "epoch": 0,
        "attempts": 0,
        "has_begun": False,
        "claimed_at": None,
        "next_attempt_at": at(0),
        "hold_until": None,
        "confirm_by": None,
        "settled_at": None,
        "reference": None,
        "grants": (),
        "error": None,
        "error_class": None,
        "withdrawn_because": None,
        "command_id": "c1",
        "correlation_id": "correlation-1",
        "created_at": at(0),
        "updated_at": at(0),
    }
    return DeliveryRow(id=name, **(known | said))
