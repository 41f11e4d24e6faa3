"""What a return in the ERP means for `return.receive` and `return.inspect`, and what is next: pure planning.

Tryton plans a return shipment for what the sale of negative quantities is short of: one that is received with fewer
makes another one of the rest. So all of them are counted together, against totals.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from hub.model.effects import InspectReturn, ReceiveReturn
from hub.model.intents import Outcome, OutcomeState
from hub.model.returns import Disposition
from sources.kit.shares import divided, summed, units_of
from sources.tryton_erp.cancel import told_to_ignore_moves
from sources.tryton_erp.deed import Plan, Press, Put, Step
from sources.tryton_erp.forms import AwayMove, BackShipment, FoundReturn

BACK, MOVE = "stock.shipment.out.return", "stock.move"
ZERO = Decimal(0)
CAME = frozenset({"received", "done"})
GONE = frozenset({Disposition.SCRAP, Disposition.DONATE, Disposition.RETURN_TO_VENDOR, Disposition.KEEP_WITH_CUSTOMER})
"""Is no stock of ours: what the customer keeps comes in on paper, so that it is credited, and leaves again."""
HELD = frozenset({Disposition.QUARANTINE, Disposition.REFURBISH})
"""Stays in the building, and is not for sale."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """A return as the ERP has it."""

    sale: FoundReturn
    shipments: tuple[BackShipment, ...]
    """All that nobody gave up, oldest first."""

    @property
    def aside(self) -> list[AwayMove]:
        """What goes elsewhere than on the shelf, or went."""
        return [
            move
            for one in self.shipments
            for move in one.inventory_moves
            if move.state != "cancelled" and move.to_location.id != one.warehouse.storage_location.id
        ]


def received(stand: Stand, content: ReceiveReturn) -> Plan:
    """By item, as many have come on all shipments together as the lines say."""
    came, wanted = came_on(stand.shipments), units_of(content.lines)
    over = [f"{sku}: {n:f} have come in the ERP" for sku, n in came.items() if n > wanted.get(sku, ZERO)]
    if over:
        return Plan(outcome=_told(stand, OutcomeState.REFUSED, "; ".join(over)))
    missing = {sku: units - came.get(sku, ZERO) for sku, units in wanted.items() if units > came.get(sku, ZERO)}
    if not missing:
        return Plan(outcome=_told(stand, OutcomeState.DONE))
    return _received(stand, missing, came)


def _received(stand: Stand, missing: Mapping[str, Decimal], came: Mapping[str, Decimal]) -> Plan:
    """The shipment in draft is made to bring what is missing, and received."""
    draft = next((one for one in stand.shipments if one.state == "draft"), None)
    if draft is None:
        words = "; ".join(f"{sku}: the ERP expects no more, {units:f} have come" for sku, units in missing.items())
        return Plan(outcome=_told(stand, OutcomeState.REFUSED, words))
    planned = [(move.id, move.product.code or "", move.quantity) for move in draft.incoming_moves]
    filled, more = divided(planned, missing)
    if more:
        words = "; ".join(f"{sku}: {units:f} have come, and the ERP sold none" for sku, units in more.items())
        return Plan(outcome=_told(stand, OutcomeState.REFUSED, words))
    for one, _, units in planned:
        if filled[one] != units:
            begun = OutcomeState.PARTIAL if came else OutcomeState.ABSENT
            step: Step = Put(model=MOVE, one=one, values={"quantity": float(filled[one])})
            return Plan(outcome=_told(stand, begun), step=step)
    step = Press(model=BACK, one=draft.id, button="receive", is_sure=True)
    return Plan(outcome=_told(stand, OutcomeState.PARTIAL), step=step, is_last=True)


def inspected(stand: Stand, content: InspectReturn, places: Mapping[Disposition, int]) -> Plan:
    """What came is put away, what is no stock for sale to another place, and what never comes is given up.

    Tryton lets goods that have come in be put into a waste location, while they are not put away.
    """
    aside: dict[tuple[str, int], Decimal] = {}
    for line in content.lines:
        if line.disposition in places and line.quantity:
            key = line.sku, places[line.disposition]
            aside[key] = aside.get(key, ZERO) + line.quantity / line.factor
    paper = _on_paper(stand, content)
    if paper is not None:
        return paper
    words = _misfit(stand, content, aside)
    if words is not None:
        return Plan(outcome=_told(stand, OutcomeState.REFUSED, words))
    parted = _parted(stand, aside)
    if isinstance(parted, str):
        return Plan(outcome=_told(stand, OutcomeState.REFUSED, parted))
    steps = [*parted, *_put_away(stand), *_given_up(stand, content)]
    if not steps:
        return Plan(outcome=_told(stand, OutcomeState.DONE))
    is_begun = bool(stand.aside) or any(one.state == "done" for one in stand.shipments)
    state = OutcomeState.PARTIAL if is_begun else OutcomeState.ABSENT
    return Plan(outcome=_told(stand, state), step=steps[0], is_last=len(steps) == 1)


def came_on(shipments: Iterable[BackShipment]) -> dict[str, Decimal]:
    """Units by item that have come in."""
    moves = [move for one in shipments if one.state in CAME for move in one.incoming_moves if move.state == "done"]
    return summed((move.product.code or "", move.quantity) for move in moves)


def _on_paper(stand: Stand, content: InspectReturn) -> Plan | None:
    """What the customer keeps never came, and is credited by coming in on paper; None where it has, or cannot."""
    came = came_on(stand.shipments)
    judged = units_of(line for line in content.lines if line.disposition is not Disposition.NOT_RECEIVED)
    kept = units_of(line for line in content.lines if line.disposition is Disposition.KEEP_WITH_CUSTOMER)
    missing = {sku: units - came.get(sku, ZERO) for sku, units in judged.items() if units > came.get(sku, ZERO)}
    if not missing or any(units > kept.get(sku, ZERO) for sku, units in missing.items()):
        return None
    plan = _received(stand, missing, came)
    return replace(plan, is_last=False) if plan.step is not None else None


def _misfit(stand: Stand, content: InspectReturn, aside: Mapping[tuple[str, int], Decimal]) -> str | None:
    if any(line.disposition is Disposition.UNKNOWN and line.quantity for line in content.lines):
        return "nobody has said what becomes of all that has come back"
    came = came_on(stand.shipments)
    judged = units_of(line for line in content.lines if line.disposition is not Disposition.NOT_RECEIVED)
    for sku, units in judged.items():
        if units > came.get(sku, ZERO):
            return f"{sku}: {units:f} are judged, {came.get(sku, ZERO):f} have come in the ERP"
    for sku, place in {_where(one) for one in stand.aside}:
        there, wanted = _aside_in(stand, sku, place), aside.get((sku, place), ZERO)
        if there > wanted:
            return f"{sku}: {there:f} go elsewhere than on the shelf already, not {wanted:f}"
    return None


def _put_away(stand: Stand) -> list[Step]:
    return [Press(model=BACK, one=one.id, button="do") for one in stand.shipments if one.state == "received"]


def _parted(stand: Stand, aside: Mapping[tuple[str, int], Decimal]) -> list[Step] | str:
    """The next move to the shelf that gives units up to another place; words where none can."""
    for (sku, place), units in aside.items():
        missing = units - _aside_in(stand, sku, place)
        if missing > ZERO:
            step = _divided(stand, sku, place, missing)
            return [step] if step is not None else f"{sku}: {missing:f} lie on the shelf already in the ERP"
    return []


def _divided(stand: Stand, sku: str, place: int, missing: Decimal) -> Step | None:
    """As many units of one move as it has: all of it goes there, or a new move takes a part."""
    for one in (each for each in stand.shipments if each.state == "received"):
        for move in one.inventory_moves:
            is_there = move.product.code == sku and move.to_location.id == one.warehouse.storage_location.id
            if not is_there or move.state != "draft" or not move.quantity:
                continue
            if move.quantity <= missing:
                return Put(model=MOVE, one=move.id, values={"to_location": place})
            values = {
                "product": move.product.id,
                "quantity": float(missing),
                "unit": move.unit.id,
                "from_location": move.from_location.id,
                "to_location": place,
                "origin": move.origin,
            }
            less = ["write", [move.id], {"quantity": float(move.quantity - missing)}]
            return Put(model=BACK, one=one.id, values={"inventory_moves": [less, ["create", [values]]]})
    return None


def _given_up(stand: Stand, content: InspectReturn) -> list[Step]:
    """The shipment of the rest is cancelled, and the sale hears that nothing is to be made of it."""
    if not any(line.disposition is Disposition.NOT_RECEIVED and line.quantity for line in content.lines):
        return []
    steps: list[Step] = [
        Press(model=BACK, one=one.id, button="cancel") for one in stand.shipments if one.state == "draft"
    ]
    told = told_to_ignore_moves(stand.sale.id, stand.sale.lines)
    return [*steps, *([told] if told is not None else [])]


def _aside_in(stand: Stand, sku: str, place: int) -> Decimal:
    return sum((one.quantity for one in stand.aside if _where(one) == (sku, place)), ZERO)


def _where(one: AwayMove) -> tuple[str, int]:
    return one.product.code or "", one.to_location.id


def _told(stand: Stand, state: OutcomeState, words: str | None = None) -> Outcome:
    return Outcome(state=state, reference=stand.sale.number, source_id=str(stand.sale.id), words=words)


def alive(shipments: Sequence[BackShipment]) -> tuple[BackShipment, ...]:
    """Those that nobody gave up, oldest first."""
    return tuple(sorted((one for one in shipments if one.state != "cancelled"), key=lambda one: one.id))
