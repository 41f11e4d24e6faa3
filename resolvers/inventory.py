"""Stock: what lies where, and what of it can be promised. For staff alone: a confined caller sees none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import strawberry

from hub.model.inventory import Availability, InventoryPosition
from hub.model.vocabulary import Kind
from hub.read.availability import Wanted
from hub.read.pages import PageWanted
from hub.read.stocks import InventoryPositionSortField
from resolvers.context import Info
from resolvers.derive import input_type
from resolvers.entities import LookupArguments
from resolvers.inputs import SortDirection, StringFilterInput, lookup_of
from resolvers.lists import USUAL_PAGE, Connection, PageArguments, Row, Shapes, connection_of, sort_of
from resolvers.pages import given
from resolvers.selection import chosen
from resolvers.terms import where_of


@input_type
class InventoryPositionFilterInput:
    """Which positions; everything given must hold."""

    sku: StringFilterInput | None = None
    """Of these items."""
    warehouse: StringFilterInput | None = None
    """In warehouses of these codes."""


@input_type
class InventoryPositionSortInput:
    """In which order."""

    field: InventoryPositionSortField
    """What to sort by."""
    direction: SortDirection | None = SortDirection.ASC
    """Which end comes first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InventoryPositionEdge(Row):
    """A position and its place in the list."""

    node: InventoryPosition
    """The position."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InventoryPositionConnection(Connection):
    """A page of positions."""

    nodes: tuple[InventoryPosition, ...]
    """The positions."""
    edges: tuple[InventoryPositionEdge, ...]
    """The positions with their places."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InventoryPositionsArguments(PageArguments):
    """Arguments of `inventoryPositions`."""

    filter: InventoryPositionFilterInput | None = None
    """Which positions; else all."""
    sort: InventoryPositionSortInput | None = None
    """In which order; else by item."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AvailabilityArguments:
    """Arguments of `availability`."""

    sku: str
    """The item."""
    quantity: Decimal | None = Decimal(1)
    """How much is wanted, in the item's unit."""
    channel: str | None = None
    """Where it is to be sold, as configured: warehouses that do not serve the channel are not counted, what is withheld
    from it is taken off."""
    warehouses: list[str] | None = None
    """Only from warehouses of these codes; else from all."""
    required_by: date | None = None
    """When it must be there: supply that comes later is no BACKORDER."""


SHAPES = Shapes(
    edge=InventoryPositionEdge, connection=InventoryPositionConnection, arguments=InventoryPositionsArguments
)


async def availability(info: Info, asked: AvailabilityArguments) -> Availability | None:
    """Whether a quantity of an item can be promised; null for an item that no system knows.

    Counted are figures of warehouse systems and the ERP that are recent enough; the others stay listed and say why.
    """
    wanted = Wanted(
        sku=asked.sku.strip(),
        quantity=Decimal(1) if asked.quantity is None else asked.quantity,
        required_by=asked.required_by,
        channel=asked.channel,
    )
    found: Availability | None = await info.context.reader.stocks.availability(
        info.context.call, wanted, asked.warehouses
    )
    return found


async def inventory_position(info: Info, asked: LookupArguments) -> InventoryPosition | None:
    """The stock of one item in one warehouse: by id, by `SKU@WAREHOUSE`, or by the item where it lies in one place.

    An item in several warehouses is the error `AMBIGUOUS_IDENTIFIER`, with the candidates in its extensions.
    """
    found: InventoryPosition | None = await info.context.reader.stocks.find(info.context.call, lookup_of(asked.by))
    return found


async def inventory_positions(info: Info, asked: InventoryPositionsArguments) -> InventoryPositionConnection | None:
    """The positions that fit, page by page; a page stays right while they come and go."""
    context = info.context
    wanted = PageWanted(
        kind=Kind.INVENTORY,
        where=await where_of(context, asked.filter),
        sort=sort_of(asked.sort),
        size=given(asked.first, USUAL_PAGE) if asked.last is None else asked.last,
        cursor=asked.after if asked.last is None else asked.before,
        backward=asked.last is not None,
    )
    page = await context.reader.stocks.page(context.call, wanted)
    found: InventoryPositionConnection = connection_of(SHAPES, page, chosen(info))
    return found


async def total_count(parent: strawberry.Parent[InventoryPositionConnection], info: Info) -> int | None:
    """How many positions fit in all; counted only where it is selected."""
    return await info.context.reader.stocks.count(info.context.call, parent.wanted)
