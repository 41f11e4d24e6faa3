"""Subscriptions: events of the feed, each with its entity loaded afresh for it alone (fault F8)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import strawberry

from hub.errors import Ambiguous
from hub.model.changes import ChangeKind
from hub.model.command import Operation
from hub.model.ids import global_id
from hub.model.order import Order
from hub.model.vocabulary import Kind
from hub.read.doing import operations_of
from hub.read.pages import PageWanted
from hub.store.listing import Where
from resolvers.context import Context, Info
from resolvers.derive import input_type
from resolvers.inputs import (
    IDFilterInput,
    LookupInput,
    OrderStatusFilterInput,
    StringFilterInput,
    lookup_of,
    statuses_of,
    texts_of,
)
from resolvers.operations import local_id, operation_by_id
from resolvers.watch import Watch
from subscriptions.streams import Envelope
from subscriptions.topics import Topic

NOBODY: frozenset[str] = frozenset()
"""Ids of a topic that nothing fits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeEvent:
    """What every subscription delivers. Entities are as of now, at least `version`."""

    cursor: str
    """Give it as `after` to go on behind this event."""
    kind: ChangeKind
    """What sort of event it is."""
    event: str | None = None
    """What happened, for programs, such as `order.updated`; null for what is not a change."""
    version: int | None = None
    """Version of the entity after the change; keep the greater of two."""
    occurred_at: datetime
    """When it happened, on the source's clock where told."""
    changed_fields: tuple[str, ...] = ()
    """Fields and groups that differ."""
    merged: int = 0
    """How many events were coalesced into this one."""
    correlation_id: str | None = None
    """Leads to the trace."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderEvent(ChangeEvent):
    """A change of an order."""

    order_id: str | None = None
    """Its id, also where the order itself is gone or no longer visible."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationEvent(ChangeEvent):
    """A change of an operation."""

    operation_id: str | None = None
    """Its id, also where the operation is no longer visible."""


@input_type
class OrderEventFilterInput:
    """Which orders' events; everything given must hold."""

    id: IDFilterInput | None = None
    """Of these orders."""
    customer: LookupInput | None = None
    """Of this customer's orders."""
    status: OrderStatusFilterInput | None = None
    """Whose status after the change is this."""
    event: StringFilterInput | None = None
    """Of these kinds of event."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderChangedArguments:
    """Arguments of `orderChanged`."""

    filter: OrderEventFilterInput | None = None
    """Which events; else those of every order that the caller may see."""
    after: str | None = None
    """Go on behind this cursor; wins over `includeInitial`."""
    include_initial: bool | None = False
    """Begin with what there is: SNAPSHOT events, then SNAPSHOT_END, then changes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationChangedArguments:
    """Arguments of `operationChanged`."""

    ids: list[strawberry.ID]
    """Which operations."""
    after: str | None = None
    """Go on behind this cursor; wins over `includeInitial`."""
    include_initial: bool | None = True
    """Begin with how they stand: SNAPSHOT events, then SNAPSHOT_END, then changes."""


async def order_changed(info: Info, asked: OrderChangedArguments) -> Watch[OrderEvent]:
    """Changes of orders as they happen; resumes behind a cursor without gap or repetition."""
    context = info.context
    topic = await order_topic(context, asked.filter)

    async def held() -> Mapping[str, int]:
        return await context.reader.lists.versions(context.call, PageWanted(where=snapshot_filter(topic)))

    return Watch(
        feed=context.doors.feed,
        call=context.call,
        topic=topic,
        after=asked.after,
        snapshot=held if asked.include_initial else None,
        shown=lambda one: OrderEvent(order_id=one.entity_id, **_common(one)),
    )


async def operation_changed(info: Info, asked: OperationChangedArguments) -> Watch[OperationEvent]:
    """Changes of operations until they are done, and after."""
    context = info.context
    ids = frozenset(local_id(one, "Operation") for one in asked.ids)

    async def held() -> Mapping[str, int]:
        return await operation_versions(context, sorted(ids))

    return Watch(
        feed=context.doors.feed,
        call=context.call,
        topic=Topic(tenant=context.call.tenant, kind=Kind.OPERATION, account=context.call.account, ids=ids),
        after=asked.after,
        snapshot=held if asked.include_initial else None,
        shown=lambda one: OperationEvent(operation_id=one.entity_id, **_common(one)),
    )


async def order_of_event(parent: strawberry.Parent[OrderEvent], info: Info) -> Order | None:
    """The order as it stands now; null where it is gone or no longer visible."""
    if parent.order_id is None:
        return None
    found: Order | None = await info.context.entity((Kind.ORDER, parent.order_id))
    return found


async def operation_of_event(parent: strawberry.Parent[OperationEvent], info: Info) -> Operation | None:
    """The operation as it stands now; null where it is no longer visible."""
    return None if parent.operation_id is None else await operation_by_id(info.context, parent.operation_id)


async def order_topic(context: Context, given: OrderEventFilterInput | None) -> Topic:
    """What a filter asks to hear of. Raises Ambiguous where its customer is several."""
    call, wanted = context.call, given or OrderEventFilterInput()
    statuses, events = statuses_of(wanted.status), texts_of(wanted.event)
    without = wanted.status.not_in if wanted.status and wanted.status.not_in else ()
    customer = None if wanted.customer is None else await _customer(context, wanted.customer)
    return Topic(
        tenant=call.tenant,
        kind=Kind.ORDER,
        account=call.account,
        ids=NOBODY if customer == "" else _ids(wanted.id),
        customer_id=customer or None,
        statuses=None if statuses is None else frozenset(one.value for one in statuses),
        not_statuses=frozenset(one.value for one in without),
        events=None if events is None else frozenset(events),
    )


def snapshot_filter(topic: Topic) -> Where:
    """The orders that a topic is about, as they stand: events have no past, so they are not asked for."""
    wanted = {
        "id": None if topic.ids is None else tuple(sorted(topic.ids)),
        "customer": None if topic.customer_id is None else (topic.customer_id,),
        "status": None if topic.statuses is None else tuple(sorted(topic.statuses)),
        "not_status": tuple(sorted(topic.not_statuses)) or None,
    }
    return {name: value for name, value in wanted.items() if value is not None}


async def operation_versions(context: Context, ids: Sequence[str]) -> dict[str, int]:
    """The versions of those operations that the caller may see."""
    roots = await context.reader.orders_of_operations(context.call, ids)
    wholes = await context.reader.wholes(context.call, sorted(set(roots.values())))
    operations = (one for whole in wholes.values() for one in operations_of(whole))
    return {one.id: one.version for one in operations if one.id in roots}


async def _customer(context: Context, given: LookupInput) -> str:
    """The one customer that is meant; empty where there is none."""
    found = await context.reader.find_all(context.call, lookup_of(given), Kind.CUSTOMER)
    if len(found) > 1:
        message = f"{lookup_of(given).text!r} fits {len(found)} customers; say which"
        raise Ambiguous(message, candidates=[{"id": global_id("Customer", one)} for one in found])
    return found[0] if found else ""


def _ids(given: IDFilterInput | None) -> frozenset[str] | None:
    """The hub ids that fit; None: all of them."""
    if given is None or (given.eq is None and given.in_ is None):
        return None
    one = None if given.eq is None else frozenset({local_id(given.eq, "Order")})
    several = None if given.in_ is None else frozenset(local_id(each, "Order") for each in given.in_)
    return several if one is None else one if several is None else one & several


def _common(one: Envelope) -> dict[str, Any]:
    """What every event has."""
    return {
        "cursor": one.cursor,
        "kind": one.kind,
        "event": one.event,
        "version": one.version,
        "occurred_at": one.occurred_at,
        "changed_fields": one.changed_fields,
        "merged": one.merged,
        "correlation_id": one.correlation_id,
    }
