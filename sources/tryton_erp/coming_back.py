"""`return.create`, `return.receive`, `return.inspect` at the ERP: a sale of negative quantities and its shipments.

It is billed by what has come back (`invoice_method` fulfillment), so that the credit note which Tryton drafts on
receipt is for those units and no others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from hub.errors import SourceRefused
from hub.model.effects import CreateOrder, CreateReturn, GoodsLine, InspectReturn, ReceiveReturn
from hub.model.intents import Intent
from hub.model.returns import Disposition
from hub.model.values import Money
from hub.ports import SourceCall
from sources.kit.deed import content_of
from sources.kit.values import exact
from sources.tryton_erp.backwards import BACK, GONE, HELD, Stand, alive, inspected, received
from sources.tryton_erp.client import TrytonClient
from sources.tryton_erp.deed import Make, Plan, Step, Tried, perform
from sources.tryton_erp.forms import BackShipment, FoundLine, FoundReturn, FoundSale
from sources.tryton_erp.masters import Masters
from sources.tryton_erp.reader import is_id, one_of
from sources.tryton_erp.selling import Selling, written
from sources.tryton_erp.sold import SALE, planned
from sources.tryton_erp.wire import Coded, paths


class Agreeing:
    """Makes the sale that a return is, and brings it as far as it is binding."""

    def __init__(self, client: TrytonClient, masters: Masters, selling: Selling, *, source: str) -> None:
        """Write by *client*; *selling* knows what a sale consists of."""
        self._client, self._masters, self._selling, self._source = client, masters, selling, source

    async def look(self, call: SourceCall, intent: Intent, tried: Tried) -> Plan:
        """All sales of the reference that are returns."""
        content = content_of(intent, CreateReturn)
        sales = await self._masters.rows(call, SALE, FoundSale, [["reference", "=", content.reference]])
        return planned(sales, turned(content, None), tried, is_back=True)

    async def act(self, call: SourceCall, intent: Intent, step: Step) -> None:
        """Make the draft, or press the next button."""
        if not isinstance(step, Make):
            await perform(self._client, call, step)
            return
        content = content_of(intent, CreateReturn)
        if not content.lines or any(line.quantity <= 0 for line in content.lines):
            message = "a return needs lines, and each of them units"
            raise SourceRefused(message, source=self._source)
        first = await self._first(call, content)
        values = await self._selling.draft(call, turned(content, first), step.lines)
        more = {"invoice_method": "fulfillment", "origin": f"{SALE},{first.id}" if first else None}
        await written(self._client, call, step, {**values, **more})

    async def _first(self, call: SourceCall, content: CreateReturn) -> FoundSale | None:
        """The sale that the goods come from."""
        if content.order is None or not is_id(content.order):
            return None
        found = await self._masters.rows(call, SALE, FoundSale, [["id", "=", int(content.order)]])
        if not found:
            message = "the ERP has no such sale that goods could come back from"
            raise SourceRefused(message, source=self._source, source_id=content.order)
        return found[0]


class Receiving:
    """Reads the return with its shipments, and takes the next step of its way in."""

    def __init__(self, client: TrytonClient, masters: Masters, *, source: str) -> None:
        self._client, self._masters, self._source = client, masters, source

    async def look(self, call: SourceCall, intent: Intent, tried: Tried) -> Plan:
        """The sale, and every shipment that brings something of it back."""
        return received(await self.stand(call, intent), content_of(intent, ReceiveReturn))

    async def act(self, call: SourceCall, intent: Intent, step: Step) -> None:
        """Write what came, or receive it."""
        await perform(self._client, call, step)

    async def stand(self, call: SourceCall, intent: Intent) -> Stand:
        """The return as it is now."""
        row = await one_of(self._client, call, (SALE, intent.source_id), paths(FoundReturn), source=self._source)
        sale = row.read_as(FoundReturn)
        of = [["moves.origin.sale.id", "=", sale.id, "sale.line"]]
        return Stand(sale=sale, shipments=alive(await self._masters.rows(call, BACK, BackShipment, of)))


class Judging:
    """Reads the return, and takes the next step to where everything of it belongs."""

    def __init__(self, receiving: Receiving, masters: Masters, *, source: str, quarantine: str | None) -> None:
        """*quarantine*: code of the place for what is not for sale; None: such goods are stock like any other."""
        self._receiving, self._masters = receiving, masters
        self._source, self._quarantine = source, quarantine

    async def look(self, call: SourceCall, intent: Intent, tried: Tried) -> Plan:
        """The shipments, with the moves that bring goods in and those that put them away."""
        content = content_of(intent, InspectReturn)
        stand = await self._receiving.stand(call, intent)
        return inspected(stand, content, await self._places(call, content, stand))

    async def act(self, call: SourceCall, intent: Intent, step: Step) -> None:
        """Put away, move on, or give up."""
        await self._receiving.act(call, intent, step)

    async def _places(self, call: SourceCall, content: InspectReturn, stand: Stand) -> Mapping[Disposition, int]:
        """Where what is not for sale goes. Raises SourceRefused where there is no such place."""
        wanted, places = {line.disposition for line in content.lines if line.quantity}, dict[Disposition, int]()
        if wanted & GONE and stand.shipments:
            door = stand.shipments[0].warehouse
            if not door.waste_locations:
                message = f"the ERP's warehouse {door.code} has no waste location"
                raise SourceRefused(message, source=self._source)
            places |= dict.fromkeys(wanted & GONE, door.waste_locations[0].id)
        if wanted & HELD and self._quarantine is not None:
            there = await self._masters.rows(call, "stock.location", Coded, [["code", "=", self._quarantine]])
            if not there:
                message = f"the ERP has no place {self._quarantine}"
                raise SourceRefused(message, source=self._source)
            places |= dict.fromkeys(wanted & HELD, there[0].id)
        return places


def turned(content: CreateReturn, first: FoundSale | None) -> CreateOrder:
    """The return as a sale of negative quantities: to whom, from where and at which prices *first* was."""
    lines = tuple(
        replace(line, quantity=-line.quantity, unit_price=line.unit_price or _price_in(first, line, content))
        for line in content.lines
    )
    party = str(first.party.id) if first is not None else None
    code = first.warehouse.code if first is not None and first.warehouse is not None else None
    return CreateOrder(
        reference=content.reference,
        lines=lines,
        currency_code=content.currency_code,
        customer=content.customer or party,
        warehouse=content.warehouse or code,
        note=content.note,
    )


def _price_in(first: FoundSale | None, line: GoodsLine, content: CreateReturn) -> Money | None:
    """What one of the hub's units was sold for."""
    sold: Sequence[FoundLine] = first.lines if first is not None else ()
    found = [one for one in sold if str(one.id) == line.line]
    found += [one for one in sold if one.product is not None and one.product.code == line.sku]
    price = next((exact(one.unit_price.decimal) for one in found if one.unit_price is not None), None)
    if price is None:
        return None
    return Money(amount=price / (line.factor or Decimal(1)), currency_code=content.currency_code)
