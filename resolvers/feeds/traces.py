"""`traceChanged`. For staff alone: a confined caller hears of none."""

from __future__ import annotations

from dataclasses import dataclass, replace

import strawberry

from hub.model.trace import Trace
from hub.model.vocabulary import Kind
from resolvers.context import Info
from resolvers.derive import input_type
from resolvers.feeds.asking import asked_for, held
from resolvers.feeds.event import ChangeEvent, FeedArguments, common, watch
from resolvers.inputs import LookupInput, StringFilterInput
from resolvers.selection import selected
from resolvers.traces import traces_of
from resolvers.watch import Watch

BELOW = frozenset(
    {
        Kind.FULFILLMENT_ORDER, Kind.SHIPMENT, Kind.RETURN, Kind.INVOICE, Kind.CREDIT_MEMO, Kind.PAYMENT,
        Kind.OPERATION, Kind.EXCEPTION_CASE,
    }
)  # fmt: skip
"""What moves a trace beside the order itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceEvent(ChangeEvent):
    """A change of something that a trace tells of: of the order, or of what hangs under it."""

    order_id: str | None = None
    """The order whose story it is."""


@input_type
class TraceEventFilterInput:
    """Which traces' events; everything given must hold."""

    order: LookupInput | None = None
    """Of this order's story."""
    event: StringFilterInput | None = None
    """Where one of these happened, such as `order.shipped` or `exception_case.created`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceChangedArguments(FeedArguments):
    """Arguments of `traceChanged`."""

    filter: TraceEventFilterInput | None = None
    """Which events; else those of every trace."""


async def trace_changed(info: Info, asked: TraceChangedArguments) -> Watch[TraceEvent]:
    """Traces as they go on; attempts that change nothing are not told. `version` is that of what changed."""
    context = info.context
    meant = await asked_for(context, Kind.ORDER, asked.filter)
    orders = meant.topic.order_ids
    meant.topic = replace(meant.topic, also=BELOW, roots=orders, order_ids=None)
    if context.is_confined:
        meant.topic = replace(meant.topic, ids=frozenset())
    if meant.topic.ids is not None:
        orders = frozenset()
    meant.where = {} if orders is None else {"id": tuple(sorted(orders))}
    return watch(
        context,
        meant.topic,
        asked,
        lambda: held(context, meant),
        lambda one: TraceEvent(order_id=one.root_id or one.entity_id, **common(one)),
    )


async def trace_of_event(parent: strawberry.Parent[TraceEvent], info: Info) -> Trace | None:
    """The trace as it stands now; null where there is no such order any more."""
    if parent.order_id is None:
        return None
    told = await traces_of(info, [parent.order_id], selection=selected(info))
    return next(iter(told.values()), None)
