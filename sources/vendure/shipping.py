"""`shipment.ship`: what has left is packed into a parcel of the shop's order and handed over, once (design Flow-1).

Vendure lets two parcels with the same units be made at one moment (systems.md 5.7), so it is looked before and after:
a second one of the same shipment is cancelled before it counts as shipped.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hub.errors import SourceRefused
from hub.model.effects import GoodsLine, ShipGoods
from hub.model.intents import Outcome, OutcomeState
from hub.ports import SourceCall
from sources.vendure.client import VendureClient
from sources.vendure.mutations import MOVE_PARCEL, PACK
from sources.vendure.orders import UNREADABLE, Orders
from sources.vendure.parcels import CANCELLED, LEFT, NUMBERS, bearing, doubles, method_of
from sources.vendure.wire import VendureOrder

HANDLER = "manual-fulfillment"


class Shipping:
    """One shipment of one order, on its way into the shop."""

    def __init__(self, client: VendureClient, orders: Orders, order_id: str, content: ShipGoods) -> None:
        self._client, self._orders = client, orders
        self._id, self._content = order_id, content

    async def execute(self, call: SourceCall) -> Outcome:
        """Make the parcel, unless it is there, and let it leave.

        DONE: it has left, perhaps with fewer units where fewer were left. REFUSED, with words: nothing is left to pack.
        PARTIAL: the shop went away half-way.
        """
        order = await self._orders.placed(call, self._id)
        if bearing(order, self._content):
            return await self._send_off(call, order)
        wanted = pack_input(order, self._content)
        if wanted is None:
            return self._standing(order)
        refused = await self._pack(call, wanted)
        try:
            order = await self._orders.placed(call, self._id)
        except UNREADABLE:
            if refused is None:
                return Outcome(state=OutcomeState.PARTIAL)
            raise
        if not bearing(order, self._content):
            words = refused.message if refused else "the parcel that was made is gone again"
            cause = refused.cause if refused else None
            return Outcome(state=OutcomeState.REFUSED, reference=order.code, words=words, cause=cause)
        return await self._send_off(call, order)

    async def resolve(self, call: SourceCall) -> Outcome:
        """Look how the parcel stands; nothing else."""
        return self._standing(await self._orders.placed(call, self._id))

    async def _pack(self, call: SourceCall, wanted: dict[str, Any]) -> SourceRefused | None:  # Any: GraphQL input
        """Make the parcel. A refusal may mean that somebody else was quicker: what the shop holds decides."""
        try:
            await self._client.act(call, PACK, {"input": wanted}, "addFulfillmentToOrder")
        except SourceRefused as refused:
            return refused
        return None

    async def _send_off(self, call: SourceCall, order: VendureOrder) -> Outcome:
        """The first parcel leaves; doubles of ours are cancelled first."""
        first, *_ = parcels = bearing(order, self._content)
        steps = [(one.id, CANCELLED) for one in doubles(parcels, self._content)]
        if first.state not in LEFT:
            steps.append((first.id, "Shipped"))
        if not steps:
            return self._standing(order)
        refused: SourceRefused | None = None
        try:
            for parcel, state in steps:
                refused = await self._move(call, parcel, state) or refused
        except UNREADABLE:
            return Outcome(state=OutcomeState.PARTIAL)
        return await self._read_back(call, refused)

    async def _move(self, call: SourceCall, parcel: str, state: str) -> SourceRefused | None:
        """Move a parcel on. What it refuses may be done already: what the shop holds decides."""
        try:
            await self._client.act(
                call, MOVE_PARCEL, {"parcel": parcel, "state": state}, "transitionFulfillmentToState"
            )
        except SourceRefused as refused:
            return refused
        return None

    async def _read_back(self, call: SourceCall, refused: SourceRefused | None) -> Outcome:
        """What the shop holds now. Where it cannot be read, the effect is ACCEPTED: it said yes."""
        try:
            found = await self.resolve(call)
        except UNREADABLE:
            return Outcome(state=OutcomeState.PARTIAL if refused else OutcomeState.ACCEPTED)
        if refused is not None and found.state is not OutcomeState.DONE:
            return Outcome(state=OutcomeState.REFUSED, reference=found.reference, words=refused.message)
        return found

    def _standing(self, order: VendureOrder) -> Outcome:
        parcels = bearing(order, self._content)
        if parcels:
            is_done = parcels[0].state in LEFT and not doubles(parcels, self._content)
            state = OutcomeState.DONE if is_done else OutcomeState.PARTIAL
            return Outcome(state=state, reference=order.code, source_id=parcels[0].id)
        if pack_input(order, self._content) is None:
            return Outcome(state=OutcomeState.REFUSED, reference=order.code, words=_nothing_left(order, self._content))
        return Outcome(state=OutcomeState.ABSENT, reference=order.code)


def pack_input(order: VendureOrder, content: ShipGoods) -> dict[str, Any] | None:  # Any: GraphQL input
    """Vendure's input for the units that are still to be packed, never more than wanted; None where there are none."""
    left = _left(order)
    wanted: dict[str, int] = {}
    for line in content.lines:
        units = int(line.quantity)
        for at in _lines_for(order, line):
            taken = min(units, left[at])
            if taken > 0:
                wanted[at] = wanted.get(at, 0) + taken
                left[at] -= taken
                units -= taken
    if not wanted:
        return None
    arguments = {"method": method_of(content), "trackingCode": NUMBERS.join(content.tracking)}
    return {
        "lines": [{"orderLineId": at, "quantity": units} for at, units in wanted.items()],
        "handler": {
            "code": HANDLER,
            "arguments": [{"name": name, "value": value} for name, value in arguments.items()],
        },
    }


def _lines_for(order: VendureOrder, wanted: GoodsLine) -> list[str]:
    """The order's lines that a line means: the one it names, else those of its item."""
    if wanted.line is not None:
        return [line.id for line in order.lines if line.id == wanted.line]
    found = [line.id for line in order.lines if line.product_variant.sku == wanted.sku]
    return sorted(found, key=lambda one: (len(one), one))


def _left(order: VendureOrder) -> dict[str, int]:
    """Units of each line that are in no parcel yet; Vendure itself looks only at the line's own sum."""
    left = {line.id: line.quantity for line in order.lines}
    for parcel in order.fulfillments or ():
        if parcel.state != CANCELLED:
            for part in parcel.lines:
                left[part.order_line_id] = left.get(part.order_line_id, 0) - part.quantity
    return left


def _nothing_left(order: VendureOrder, content: ShipGoods) -> str:
    units = sum((line.quantity for line in content.lines), Decimal(0))
    return f"the order is {order.state}; none of the {units} units is still to be packed"
