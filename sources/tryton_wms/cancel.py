"""`order.cancel` of a whole shipment, as a state to be reached, so that doing it twice is doing it once."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from hub.errors import SourceBusy, SourceGarbled, SourceMisset, SourceRefused
from hub.model.effects import CancelOrder
from hub.model.intents import LineGrant, Outcome, OutcomeState
from hub.ports import SourceCall
from sources.kit.decoding import decoded
from sources.tryton_wms import asks
from sources.tryton_wms.amounts import amount
from sources.tryton_wms.client import OVERTAKEN, TrytonClient
from sources.tryton_wms.mapping import outgoing
from sources.tryton_wms.wire import OutRow, StampedRow

ZERO = Decimal(0)
OUT = "stock.shipment.out"
CANCELLABLE = frozenset({"draft", "waiting", "assigned"})
"""Until it is picked. Tryton would cancel what is picked or packed too, and leave the goods in the output zone."""


def standing(row: OutRow, content: CancelOrder) -> Outcome:
    """What the shipment, as read, means for the intent.

    DONE: every target is reached. ABSENT: none is, and the whole shipment may still be cancelled, which is what is
    wanted. REFUSED: a part is wanted, a line is not of the shipment, or it is too late; the grants say how it stands.
    """
    asked = {str(move.id): amount(move.quantity, move.uom.digits) for move in outgoing(row)}
    if any(target.line not in asked for target in content.lines):
        return Outcome(state=OutcomeState.REFUSED, words="the shipment has no such line", reference=row.number)
    is_off = row.state == "cancelled"
    grants = tuple(
        LineGrant(line_no=target.line_no, cancelled=min(target.cancelled, asked[target.line]) if is_off else ZERO)
        for target in content.lines
    )
    if is_off or all(target.cancelled <= ZERO for target in content.lines):
        return Outcome(state=OutcomeState.DONE, reference=row.number, grants=grants)
    words = _why_not(row, content, asked)
    state = OutcomeState.ABSENT if words is None else OutcomeState.REFUSED
    return Outcome(state=state, reference=row.number, words=words, grants=grants)


def _why_not(row: OutRow, content: CancelOrder, asked: dict[str, Decimal]) -> str | None:
    if row.state not in CANCELLABLE:
        return f"the shipment is {row.state}: the warehouse takes back only what it has not picked"
    wanted = {target.line: target.cancelled for target in content.lines}
    if any(wanted.get(line, ZERO) < units for line, units in asked.items()):
        return "the warehouse cancels a shipment as a whole, not some of its units"
    return None


class Cancelling:
    """Takes shipments back at one warehouse system."""

    def __init__(self, client: TrytonClient, *, source: str) -> None:
        self._client = client
        self._source = source

    async def resolve(self, call: SourceCall, source_id: str, content: CancelOrder) -> Outcome:
        """Look how the shipment stands; nothing else."""
        return standing(await self._row(call, source_id), content)

    async def execute(self, call: SourceCall, source_id: str, content: CancelOrder) -> Outcome:
        """Look, cancel unless somebody has written the shipment since, look again."""
        row = await self._row(call, source_id)
        before = standing(row, content)
        if before.state is not OutcomeState.ABSENT:
            return before
        stamps = {f"{OUT},{row.id}": row.timestamp}
        try:
            await self._client.act(call, f"model.{OUT}.cancel", [[row.id]], type(None), stamps)
        except SourceRefused as refused:
            after = await self._read_back(call, source_id, content)
            return after if after.state is OutcomeState.DONE else _said_no(after, after.words or refused.message)
        except SourceBusy as busy:
            after = await self.resolve(call, source_id, content) if busy.facts.get("reason") == OVERTAKEN else before
            if after.state is OutcomeState.ABSENT:
                raise
            return after
        after = await self._read_back(call, source_id, content)
        # a step that the state no longer allows does nothing and says nothing: what was not reached is a refusal
        return _said_no(after, "the warehouse did not cancel it") if after.state is OutcomeState.ABSENT else after

    async def _row(self, call: SourceCall, source_id: str) -> StampedRow:
        found = (await self._client.search(call, asks.stamped(asks.row_id(source_id) or 0))).items
        if not found:
            message = "the warehouse has no such shipment"
            raise SourceRefused(message, source=self._source, source_id=source_id)
        return decoded(found[0], StampedRow, source=self._source, at="$.result[0]")

    async def _read_back(self, call: SourceCall, source_id: str, content: CancelOrder) -> Outcome:
        """How the shipment stands now. Where it cannot be read, the effect is ACCEPTED: the warehouse said yes."""
        try:
            return await self.resolve(call, source_id, content)
        except (SourceBusy, SourceMisset, SourceGarbled):
            return Outcome(state=OutcomeState.ACCEPTED)


def _said_no(after: Outcome, words: str) -> Outcome:
    return replace(after, state=OutcomeState.REFUSED, words=words)
