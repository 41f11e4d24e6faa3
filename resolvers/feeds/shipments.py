"""`shipmentChanged`."""

from __future__ import annotations

from dataclasses import dataclass

import strawberry

from hub.model.shipment import Shipment
from hub.model.vocabulary import Kind
from resolvers.context import Info
from resolvers.derive import input_type
from resolvers.feeds.asking import asked_for, held
from resolvers.feeds.event import ChangeEvent, FeedArguments, common, watch
from resolvers.filters import MilestoneFilterInput
from resolvers.inputs import IDFilterInput, LookupInput, StringFilterInput
from resolvers.watch import Watch


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipmentEvent(ChangeEvent):
    """A change of a shipment. One that serves several orders is told once for each."""

    shipment_id: str | None = None
    """Its id, also where the shipment itself is gone or no longer visible."""


@input_type
class ShipmentEventFilterInput:
    """Which shipments' events; everything given must hold, of the shipment after the change or before it."""

    id: IDFilterInput | None = None
    """Of these shipments."""
    order: LookupInput | None = None
    """That serve this order."""
    customer: LookupInput | None = None
    """That serve an order of this customer."""
    tracking_number: StringFilterInput | None = None
    """With a package of this tracking number, as it is written."""
    warehouse: StringFilterInput | None = None
    """That leave a warehouse of this code."""
    status: MilestoneFilterInput | None = None
    """Whose milestone is this; one that leaves it is told once more, as DELETED."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipmentChangedArguments(FeedArguments):
    """Arguments of `shipmentChanged`."""

    filter: ShipmentEventFilterInput | None = None
    """Which events; else those of every shipment that the caller may see."""


async def shipment_changed(info: Info, asked: ShipmentChangedArguments) -> Watch[ShipmentEvent]:
    """Changes of shipments as they happen; resumes behind a cursor without gap or repetition. Never coalesced."""
    context = info.context
    meant = await asked_for(context, Kind.SHIPMENT, asked.filter)
    return watch(
        context,
        meant.topic,
        asked,
        lambda: held(context, meant),
        lambda one: ShipmentEvent(shipment_id=one.entity_id, **common(one)),
    )


async def shipment_of_event(parent: strawberry.Parent[ShipmentEvent], info: Info) -> Shipment | None:
    """The shipment as it stands now; null where it is gone or no longer visible."""
    if parent.shipment_id is None:
        return None
    found: Shipment | None = await info.context.entity((Kind.SHIPMENT, parent.shipment_id))
    return found
