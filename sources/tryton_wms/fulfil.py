"""`fulfillment.create`: one waiting shipment for each reference, which Tryton itself does not keep unique."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from hub.errors import OutcomeCause, SourceBusy, SourceGarbled, SourceMisset, SourceRefused
from hub.model.effects import GoodsLine, RequestFulfilment
from hub.model.intents import Outcome, OutcomeState
from hub.ports import SourceCall
from sources.kit.decoding import decoded
from sources.tryton_wms import asks
from sources.tryton_wms.amounts import unit_code
from sources.tryton_wms.client import TrytonClient
from sources.tryton_wms.lookups import Lookups
from sources.tryton_wms.wire import BuyerRow, ItemRow, TwinRow, WarehouseDoorRow

OUT = "stock.shipment.out"
MOST_TWINS = 20
FREE = {"__class__": "Decimal", "decimal": "0"}
"""A move to a customer needs a price; the warehouse sells nothing."""


def standing(found: Sequence[TwinRow], reference: str) -> Outcome:
    """What the shipments that bear the reference, oldest first, mean for the request.

    ABSENT: there is none. PARTIAL: a draft, which nobody works on before it waits. DONE: it was taken on, whatever has
    become of it since. Of several the oldest that is worked on stands for all, and the words name them.
    """
    if not found:
        return Outcome(state=OutcomeState.ABSENT)
    one = min(found, key=lambda row: (row.state == "cancelled", row.state == "draft", row.id))
    state = OutcomeState.PARTIAL if one.state == "draft" else OutcomeState.DONE
    numbers = ", ".join(row.number or f"(id {row.id})" for row in found)
    words = f"{len(found)} shipments bear the reference {reference}: {numbers}" if len(found) > 1 else None
    return Outcome(state=state, source_id=str(one.id), reference=one.number, words=words)


class Fulfilment:
    """Requests at one warehouse system. Its people assign and pick: a request ends where their work begins."""

    def __init__(self, client: TrytonClient, *, source: str, guest: str) -> None:
        """*guest* is the code of the party that stands for buyers whom the warehouse does not know."""
        self._client = client
        self._source = source
        self._lookups = Lookups(client, source=source, guest=guest)

    async def resolve(self, call: SourceCall, content: RequestFulfilment) -> Outcome:
        """Look what bears the reference; nothing else."""
        found = await self._client.search(call, asks.twins(content.reference, MOST_TWINS))
        rows = [decoded(raw, TwinRow, source=self._source, at="$.result") for raw in found.items]
        return standing(rows, content.reference)

    async def execute(self, call: SourceCall, content: RequestFulfilment) -> Outcome:
        """Look, make it where it is missing, let it wait, look again; a draft of before is gone on with."""
        before = await self.resolve(call, content)
        if before.state is OutcomeState.DONE:
            return before
        try:
            if before.state is OutcomeState.ABSENT:
                made = await self._create(call, content)
                before = Outcome(state=OutcomeState.PARTIAL, source_id=str(made))
            return await self._release(call, content, before)
        except SourceRefused as no:
            return replace(before, state=OutcomeState.REFUSED, words=no.message, cause=no.cause)

    async def _release(self, call: SourceCall, content: RequestFulfilment, begun: Outcome) -> Outcome:
        """Let the draft wait. What fails here fails after a beginning, which must not be forgotten: PARTIAL."""
        shipment = int(begun.source_id or 0)
        try:
            await self._client.act(call, f"model.{OUT}.wait", [[shipment]], type(None))
        except (SourceBusy, SourceGarbled):
            return begun
        except SourceMisset as shut:
            if shut.facts.get("expired"):
                raise
            return begun
        try:
            return await self.resolve(call, content)
        except (SourceBusy, SourceGarbled, SourceMisset):
            return replace(begun, state=OutcomeState.ACCEPTED)

    async def _create(self, call: SourceCall, content: RequestFulfilment) -> int:
        self._refuse_nothing(content)
        warehouse = await self._lookups.warehouse(call, content.warehouse)
        items = await self._lookups.items(call, [line.sku for line in content.lines])
        self._refuse_units(content, items)
        buyer = await self._lookups.buyer(call, content.customer)
        address = await self._lookups.address(call, buyer, content)
        moves = [_move(line, items[line.sku], warehouse, buyer) for line in content.lines]
        values = {
            "reference": content.reference,
            "warehouse": warehouse.id,
            "customer": buyer.id,
            "delivery_address": address,
            "planned_date": None if content.ship_by is None else _day(content.ship_by),
            "outgoing_moves": [["create", moves]],
        }
        (made,) = await self._client.act(call, f"model.{OUT}.create", [[values]], tuple[int])
        return made

    def _refuse_nothing(self, content: RequestFulfilment) -> None:
        """Tryton takes a shipment of nothing, and moves of no units."""
        if not content.lines or any(line.quantity <= 0 for line in content.lines):
            message = "a request needs lines, and each of them units"
            raise SourceRefused(message, source=self._source)

    def _refuse_units(self, content: RequestFulfilment, items: dict[str, ItemRow]) -> None:
        for line in content.lines:
            counted = unit_code(items[line.sku].uom.symbol)
            if line.unit != counted:
                message = f"the warehouse counts {line.sku} in {counted}, not in {line.unit}"
                raise SourceRefused(message, source=self._source, cause=OutcomeCause.SKU)


def _move(line: GoodsLine, item: ItemRow, warehouse: WarehouseDoorRow, buyer: BuyerRow) -> dict[str, Any]:  # Any: JSON
    return {
        "product": item.id,
        "quantity": float(line.quantity),  # as Tryton keeps it; more digits than the unit has are refused
        "uom": item.uom.id,
        "from_location": warehouse.output_location,
        "to_location": buyer.customer_location,
        "unit_price": FREE,
    }


def _day(moment: datetime) -> dict[str, Any]:  # Any: JSON
    there = moment.astimezone(UTC)
    return {"__class__": "date", "year": there.year, "month": there.month, "day": there.day}
