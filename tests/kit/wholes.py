"""Whole orders made by hand: what a test of the pure views starts from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any

from hub.flow.facts import KeptRecord
from hub.model.command import CancelCommand
from hub.model.effects import CancelOrder, CancelReason, CancelTarget
from hub.model.intents import DeliveryState
from hub.model.manifest import Landscape
from hub.model.order import Order
from hub.model.vocabulary import Kind
from hub.read.whole import Accepted, Members, Sent, SourceWords, Stored, Whole
from tests.kit.orders import NOON, landscape, make_order, make_record

NOW = NOON + timedelta(minutes=2)
"""When views are asked, unless said: the records of the kit are two minutes old."""


def make_whole(order: Order | None = None, *records: KeptRecord, **said: Any) -> Whole:  # Any: parts of a whole
    """An order with one fresh record of the shop, seen two minutes later."""
    outside = {name: said.pop(name) for name in ("now", "coverage", "states") if name in said}
    sources: Landscape = said.pop("landscape", landscape())
    below = {spec.name for spec in fields(Members)}
    members = Members(**{name: said.pop(name) for name in below if name in said})
    stored = Stored(
        order=order or make_order(),
        root_id=(order or make_order()).id,
        updated_at=NOON,
        members=members,
        records=records or (make_record(),),
        **said,
    )
    coverage: Mapping[tuple[str, Kind], datetime] = outside.get("coverage", {})
    return Whole(
        stored=stored,
        now=outside.get("now", NOW),
        landscape=sources,
        coverage=coverage,
        states={one.source: one for one in outside.get("states", ())},
    )


def make_sent(state: DeliveryState, **said: Any) -> Sent:  # Any: fields of a delivery
    """A cancel on its way to the shop."""
    usual: dict[str, Any] = {
        "id": "d1",
        "source": "shop",
        "kind": Kind.ORDER,
        "source_id": "shop-R7K2",
        "action": "order.cancel",
        "key": "shop/cancel:c1",
        "state": state,
        "content": CancelOrder(
            lines=(CancelTarget(line="1", line_no=1, cancelled=make_order().lines[0].quantities.ordered),),
            reason=CancelReason.CUSTOMER,
        ),
        "attempts": 0,
        "has_begun": False,
        "command_id": "c1",
        "claimed_at": None,
        "settled_at": None,
        "grants": (),
        "error": None,
        "created_at": NOON,
    }
    return Sent(**(usual | said))


def make_accepted(**said: Any) -> Accepted:  # Any: fields of a command
    """A cancel that a representative asked for at noon."""
    usual: dict[str, Any] = {
        "id": "c1",
        "operation": "orderCancel",
        "actor": "rep",
        "command": CancelCommand(order_id="order-R7K2", reason=CancelReason.CUSTOMER, note="on the phone"),
        "accepted_at": NOON,
        "correlation_id": "correlation-1",
    }
    return Accepted(**(usual | said))


def down(source: str = "shop", **said: Any) -> SourceWords:  # Any: what an owner publishes
    """A source whose breaker is open since noon."""
    usual: dict[str, Any] = {"source": source, "breaker": "OPEN", "last_success_at": NOON}
    return SourceWords(**(usual | said))
