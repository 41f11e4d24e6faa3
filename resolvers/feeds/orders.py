"""`orderChanged`."""

from __future__ import annotations

from dataclasses import dataclass

import strawberry

from hub.model.order import Order
from hub.model.vocabulary import Kind
from resolvers.context import Info
from resolvers.derive import input_type
from resolvers.feeds.asking import asked_for, held
from resolvers.feeds.event import ChangeEvent, FeedArguments, common, watch
from resolvers.inputs import IDFilterInput, LookupInput, OrderStatusFilterInput, StringFilterInput
from resolvers.watch import Watch


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderEvent(ChangeEvent):
    """A change of an order."""

    order_id: str | None = None
    """Its id, also where the order itself is gone or no longer visible."""


@input_type
class OrderEventFilterInput:
    """Which orders' events; everything given must hold, of the order after the change or before it."""

    id: IDFilterInput | None = None
    """Of these orders."""
    customer: LookupInput | None = None
    """Of this customer's orders."""
    status: OrderStatusFilterInput | None = None
    """Whose status is this; one that leaves it is told once more, as DELETED."""
    event: StringFilterInput | None = None
    """Where one of these happened, such as `order.allocated`, also on the way to what `event` says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderChangedArguments(FeedArguments):
    """Arguments of `orderChanged`."""

    filter: OrderEventFilterInput | None = None
    """Which events; else those of every order that the caller may see."""


async def order_changed(info: Info, asked: OrderChangedArguments) -> Watch[OrderEvent]:
    """Changes of orders as they happen; resumes behind a cursor without gap or repetition. Never coalesced."""
    context = info.context
    meant = await asked_for(context, Kind.ORDER, asked.filter)
    return watch(
        context,
        meant.topic,
        asked,
        lambda: held(context, meant),
        lambda one: OrderEvent(order_id=one.entity_id, **common(one)),
    )


async def order_of_event(parent: strawberry.Parent[OrderEvent], info: Info) -> Order | None:
    """The order as it stands now; null where it is gone or no longer visible."""
    if parent.order_id is None:
        return None
    found: Order | None = await info.context.entity((Kind.ORDER, parent.order_id))
    return found
