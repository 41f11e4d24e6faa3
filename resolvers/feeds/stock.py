"""`inventoryChanged`. For staff alone, as stock is: a confined caller hears of none."""

from __future__ import annotations

from dataclasses import dataclass

import strawberry

from hub.model.inventory import InventoryPosition
from hub.model.vocabulary import Kind
from resolvers.context import Info
from resolvers.derive import input_type
from resolvers.feeds.asking import asked_for
from resolvers.feeds.event import ChangeEvent, FeedArguments, common, watch
from resolvers.inputs import StringFilterInput
from resolvers.watch import Watch


@dataclass(frozen=True, slots=True, kw_only=True)
class InventoryEvent(ChangeEvent):
    """A change of the stock of an item in a warehouse.

    Where a reader is slower than the stock moves, the newest event of a position stands for the `merged` before it.
    """

    inventory_position_id: str | None = None
    """The position's id."""


@input_type
class InventoryEventFilterInput:
    """Which positions' events; everything given must hold."""

    sku: StringFilterInput | None = None
    """Of these items."""
    warehouse: StringFilterInput | None = None
    """In warehouses of these codes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InventoryChangedArguments(FeedArguments):
    """Arguments of `inventoryChanged`."""

    filter: InventoryEventFilterInput | None = None
    """Which events; else those of every position."""


async def inventory_changed(info: Info, asked: InventoryChangedArguments) -> Watch[InventoryEvent]:
    """Changes of stock as they happen; resumes behind a cursor without gap. Coalesced by position: `merged` says so."""
    context = info.context
    meant = await asked_for(context, Kind.INVENTORY, asked.filter)
    return watch(
        context,
        meant.topic,
        asked,
        lambda: context.reader.beginnings.positions(context.call, meant.where),
        lambda one: InventoryEvent(inventory_position_id=one.entity_id, **common(one)),
    )


async def position_of_event(parent: strawberry.Parent[InventoryEvent], info: Info) -> InventoryPosition | None:
    """The position as it stands now; null where nothing is known of it any more."""
    named = parent.inventory_position_id
    if named is None:
        return None
    return (await info.context.reader.stocks.by_ids(info.context.call, [named])).get(named)
