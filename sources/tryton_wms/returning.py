"""`return.create`, `return.receive`, `return.inspect` at the warehouse: a return that is expected, received, judged.

Scrap is moved to where the warehouse keeps what is lost, quarantine to the place that the settings name; both moves
stem from the move that brought the goods in, and by that they are found again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from hub.errors import SourceRefused
from hub.model.effects import CreateReturn, InspectReturn, ReceiveReturn
from hub.model.intents import Intent, Outcome
from hub.model.returns import Disposition
from hub.ports import SourceCall
from sources.kit.decoding import decoded
from sources.kit.deed import TriedOf, carry_out
from sources.tryton_wms import asks
from sources.tryton_wms.amounts import unit_code
from sources.tryton_wms.client import Search, TrytonClient
from sources.tryton_wms.coming_back import (
    GONE,
    HELD,
    Carry,
    Expect,
    Fit,
    Plan,
    Press,
    PutAside,
    Step,
    expected,
    inspected,
    received,
    wanted_aside,
)
from sources.tryton_wms.lookups import Lookups
from sources.tryton_wms.mapping import incoming
from sources.tryton_wms.wire import AsideRow, BuyerRow, ItemRow, Listed, ReturnDoorRow, ReturnRow

RETURN, MOVE = "stock.shipment.out.return", "stock.move"
FREE = {"__class__": "Decimal", "decimal": "0"}
MOST = 100
R = TypeVar("R", bound=Listed)
Content = CreateReturn | ReceiveReturn | InspectReturn


class Returning:
    """Returns at one warehouse system."""

    def __init__(self, client: TrytonClient, *, source: str, guest: str, quarantine: str | None) -> None:
        """*guest*: code of the party for unknown senders; *quarantine*: of the place for what is not for sale."""
        self._client, self._source, self._quarantine = client, source, quarantine
        self._lookups = Lookups(client, source=source, guest=guest)

    async def execute(self, call: SourceCall, intent: Intent) -> Outcome:
        """Look, take the next step, look again: until it stands as wanted, or the warehouse says no."""
        return await carry_out(self, call, intent)

    async def resolve(self, call: SourceCall, intent: Intent) -> Outcome:
        """Look how it stands; nothing else."""
        return (await self.look(call, intent, TriedOf())).outcome

    async def look(self, call: SourceCall, intent: Intent, tried: TriedOf[Step]) -> Plan:
        """All returns of the reference, and what was moved on of them."""
        content = _content(intent)
        found = await self._rows(call, asks.back(content.reference, MOST), ReturnRow)
        match content:
            case CreateReturn():
                return expected(found, content.lines)
            case ReceiveReturn():
                return received(found, content)
        brought = [move.id for row in found for move in incoming(row)]
        moved = await self._rows(call, asks.aside(brought, MOST), AsideRow) if brought else []
        places = await self._places(call, content, found)
        return inspected(found, moved, content, wanted_aside(content, places))

    async def act(self, call: SourceCall, intent: Intent, step: Step) -> None:
        """Take one step."""
        content = _content(intent)
        match step:
            case Press(one=one, button=button):
                await self._client.act(call, f"model.{RETURN}.{button}", [[one]], type(None))
            case Carry(one=one):
                await self._client.act(call, f"model.{MOVE}.do", [[one]], type(None))
            case Expect():
                await self._expect(call, content, step)
            case Fit():
                await self._fit(call, content, step)
            case PutAside():
                await self._put_aside(call, content, step)

    async def _expect(self, call: SourceCall, content: Content, step: Expect) -> None:
        if not step.lines or any(units <= 0 for _, units in step.lines):
            message = "a return needs lines, and each of them units"
            raise SourceRefused(message, source=self._source)
        door, items, buyer = await self._masters(call, content, [sku for sku, _ in step.lines])
        self._refuse_units(content, items)
        moves = [_move(units, items[sku], door, buyer) for sku, units in step.lines]
        values = {
            "reference": content.reference,
            "warehouse": door.id,
            "customer": buyer.id,
            "delivery_address": await self._lookups.own_address(call, buyer),
            "incoming_moves": [["create", moves]],
        }
        await self._client.act(call, f"model.{RETURN}.create", [[values]], tuple[int])

    async def _fit(self, call: SourceCall, content: Content, step: Fit) -> None:
        moves: list[list[Any]] = [["write", [one], {"quantity": float(units)}] for one, units in step.known]
        if step.more:
            door, items, buyer = await self._masters(call, content, [sku for sku, _ in step.more])
            moves.append(["create", [_move(units, items[sku], door, buyer) for sku, units in step.more]])
        await self._client.act(call, f"model.{RETURN}.write", [[step.one], {"incoming_moves": moves}], type(None))

    async def _put_aside(self, call: SourceCall, content: Content, step: PutAside) -> None:
        door, items, _ = await self._masters(call, content, [step.sku])
        item = items[step.sku]
        values = {
            "product": item.id,
            "quantity": float(step.units),
            "uom": item.uom.id,
            "from_location": door.storage_location,
            "to_location": step.place,
            "origin": f"{MOVE},{step.origin}",
        }
        await self._client.act(call, f"model.{MOVE}.create", [[values]], tuple[int])

    async def _masters(
        self, call: SourceCall, content: Content, skus: list[str]
    ) -> tuple[ReturnDoorRow, dict[str, ItemRow], BuyerRow]:
        customer = content.customer if isinstance(content, CreateReturn) else None
        return (
            await self._lookups.return_door(call, await self._warehouse(call, content)),
            await self._lookups.items(call, skus),
            await self._lookups.buyer(call, customer),
        )

    async def _warehouse(self, call: SourceCall, content: Content) -> str:
        """The code that was named, else that of the return."""
        if content.warehouse is not None:
            return content.warehouse
        found = await self._rows(call, asks.back(content.reference, MOST), ReturnRow)
        code = next((row.warehouse.code for row in found if row.warehouse.code), None)
        if code is None:
            message = "no warehouse was named for the return"
            raise SourceRefused(message, source=self._source)
        return code

    async def _places(
        self, call: SourceCall, content: InspectReturn, found: list[ReturnRow]
    ) -> Mapping[Disposition, int]:
        """Where what is not for sale goes. Raises SourceRefused where there is no such place."""
        wanted = {line.disposition for line in content.lines if line.quantity}
        if Disposition.UNKNOWN in wanted:
            message = "nobody has said what becomes of all that has come back"
            raise SourceRefused(message, source=self._source)
        places = dict[Disposition, int]()
        if wanted & GONE:
            lost = await self._lost(call, content, found)
            places |= dict.fromkeys(wanted & GONE, lost)
        if wanted & HELD:
            if self._quarantine is None:
                message = "the settings name no place for goods that are not for sale"
                raise SourceRefused(message, source=self._source)
            places |= dict.fromkeys(wanted & HELD, await self._lookups.place(call, self._quarantine))
        return places

    async def _lost(self, call: SourceCall, content: InspectReturn, found: list[ReturnRow]) -> int:
        code = content.warehouse or next((row.warehouse.code for row in found if row.warehouse.code), "")
        door = await self._lookups.return_door(call, code or "")
        lost = next(iter(door.waste_locations), door.lost_found_location)
        if lost is None:
            message = f"the warehouse {code} has no place for waste"
            raise SourceRefused(message, source=self._source)
        return lost

    def _refuse_units(self, content: Content, items: Mapping[str, ItemRow]) -> None:
        for line in content.lines if isinstance(content, CreateReturn) else ():
            counted = unit_code(items[line.sku].uom.symbol)
            if line.unit != counted:
                message = f"the warehouse counts {line.sku} in {counted}, not in {line.unit}"
                raise SourceRefused(message, source=self._source)

    async def _rows(self, call: SourceCall, search: Search, kind: type[R]) -> list[R]:
        answered = await self._client.search(call, search)
        return [decoded(raw, kind, source=self._source, at="$.result") for raw in answered.items]


def _content(intent: Intent) -> Content:
    content = intent.content
    if isinstance(content, CreateReturn | ReceiveReturn | InspectReturn):
        return content
    message = f"a {type(content).__name__} is no step of a return"
    raise TypeError(message)


def _move(units: Any, item: ItemRow, door: ReturnDoorRow, buyer: BuyerRow) -> dict[str, Any]:  # Any: JSON
    return {
        "product": item.id,
        "quantity": float(units),
        "uom": item.uom.id,
        "from_location": buyer.customer_location,
        "to_location": door.input_location,
        "unit_price": FREE,
    }
