"""`shipment.ship` at the ERP's own planned shipment: it ends done, with what really left. Pure planning."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from hub.model.effects import ShipGoods
from hub.model.intents import Outcome, OutcomeState
from sources.tryton_erp.deed import Plan, Press, Put, Step, Tried
from sources.tryton_erp.mapping.words import origin_of
from sources.tryton_erp.wire import TrytonMove, TrytonShipment

SHIPMENT, MOVE = "stock.shipment.out", "stock.move"
ZERO = Decimal(0)
NEXT = {"picked": "pack", "packed": "ship", "shipped": "do"}
"""The button that brings a picked shipment on."""
_BEGUN = frozenset({"picked", "packed", "shipped", "done"})


class Misfit(ValueError):
    """What left is not what the shipment has; in words."""


def planned(shipment: TrytonShipment, content: ShipGoods, tried: Tried, *, is_tracked: bool) -> Plan:
    """What is next. *is_tracked*: whether this ERP has a field for the carriers' numbers."""
    try:
        step = _next(shipment, content, tried, is_tracked=is_tracked)
    except Misfit as words:
        return Plan(outcome=_told(shipment, OutcomeState.REFUSED, str(words)))
    if step is None:
        return Plan(outcome=_told(shipment, OutcomeState.DONE))
    state = OutcomeState.PARTIAL if _has_begun(shipment, content) else OutcomeState.ABSENT
    return Plan(outcome=_told(shipment, state), step=step, is_last=shipment.state == "shipped")


def tracking_of(content: ShipGoods) -> str:
    """The carriers' numbers as one field holds them."""
    return ",".join(content.tracking)


def shares(moves: Sequence[TrytonMove], content: ShipGoods) -> Mapping[int, Decimal]:
    """Of each move out of the building, the units that left: by its own id, else item by item, oldest first.

    Raises Misfit where more left, or other goods.
    """
    left = {move.id: ZERO for move in moves}
    for line in content.lines:
        rest = line.quantity / line.factor
        own = [move for move in moves if line.line == str(move.id) and move.product.code == line.sku]
        for move in own or [move for move in moves if move.product.code == line.sku]:
            taken = min(rest, move.quantity - left[move.id])
            left[move.id] += taken
            rest -= taken
        if rest > ZERO:
            message = f"{rest.normalize():f} units of {line.sku} left that the shipment does not have"
            raise Misfit(message)
    return left


def _next(shipment: TrytonShipment, content: ShipGoods, tried: Tried, *, is_tracked: bool) -> Step | None:
    if shipment.state == "cancelled":
        message = "the shipment was cancelled in the ERP"
        raise Misfit(message)
    if shipment.state in _BEGUN:
        _must_be(shipment, content)
    tracking = tracking_of(content)
    if is_tracked and tracking and shipment.shipping_reference != tracking:
        return Put(model=SHIPMENT, one=shipment.id, values={"shipping_reference": tracking})
    if shipment.state == "done":
        return None
    return (
        Press(model=SHIPMENT, one=shipment.id, button=NEXT[shipment.state])
        if shipment.state in NEXT
        else (_prepared(shipment, content, tried))
    )


def _prepared(shipment: TrytonShipment, content: ShipGoods, tried: Tried) -> Step:
    """Until it is picked: what lies on the shelf is planned as what left, then taken, by force if it must be."""

    def press(button: str) -> Step:
        return Press(model=SHIPMENT, one=shipment.id, button=button)

    if shipment.state == "draft":
        return press("wait")
    moves = _alive(shipment.outgoing_moves)
    for out, units in shares(moves, content).items():
        shelf = [move for move in _alive(shipment.inventory_moves) if origin_of(move.origin, MOVE) == out]
        if sum((move.quantity for move in shelf), ZERO) == units:
            continue
        if len(shelf) == 1 and shelf[0].state == "draft":
            return Put(model=MOVE, one=shelf[0].id, values={"quantity": float(units)})
        return press("wait")  # planned anew: one move from the shelf for each out of the building
    if shipment.state == "assigned":
        return press("pick")
    return press("assign_force") if tried.has(press("assign_try")) else press("assign_try")


def _must_be(shipment: TrytonShipment, content: ShipGoods) -> None:
    there = _by_item((move.product.code or "", move.quantity) for move in _alive(shipment.outgoing_moves))
    left = _by_item((line.sku, line.quantity / line.factor) for line in content.lines)
    if there != left:
        told = "; ".join(
            f"{sku}: {there.get(sku, ZERO):f} in the ERP, {left.get(sku, ZERO):f} left"
            for sku in sorted({*there, *left})
        )
        message = f"the shipment is {shipment.state} in the ERP with other quantities ({told})"
        raise Misfit(message)


def _by_item(counted: Iterable[tuple[str, Decimal]]) -> dict[str, Decimal]:
    found: defaultdict[str, Decimal] = defaultdict(lambda: ZERO)
    for sku, units in counted:
        found[sku] += units
    return {sku: units for sku, units in found.items() if units}


def _alive(moves: Iterable[TrytonMove]) -> list[TrytonMove]:
    return sorted((move for move in moves if move.state != "cancelled"), key=lambda move: move.id)


def _has_begun(shipment: TrytonShipment, content: ShipGoods) -> bool:
    """Whether it is ours that has begun: our numbers stand there, or it is off the shelf."""
    tracking = tracking_of(content)
    is_noted = bool(tracking) and shipment.shipping_reference == tracking
    return is_noted or shipment.state in _BEGUN or (not tracking and shipment.state == "assigned")


def _told(shipment: TrytonShipment, state: OutcomeState, words: str | None = None) -> Outcome:
    return Outcome(state=state, reference=shipment.number, source_id=str(shipment.id), words=words)
