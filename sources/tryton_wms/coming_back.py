"""What returns at the warehouse are, and what is next with them: pure (design Flow-1).

`reference` is unique in no Tryton, and a return that is received takes nothing more: what comes later comes on another
return of the same reference. So all that bear it are counted together, against totals.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from hub.model.effects import GoodsLine, InspectReturn, ReceiveReturn
from hub.model.intents import Outcome, OutcomeState
from hub.model.returns import Disposition
from sources.kit.deed import PlanOf
from sources.kit.shares import divided, summed, units_of
from sources.tryton_wms.amounts import amount
from sources.tryton_wms.mapping import incoming
from sources.tryton_wms.wire import AsideRow, MoveRow, ReturnRow

ZERO = Decimal(0)
CAME = frozenset({"received", "done"})
GONE = frozenset({Disposition.SCRAP, Disposition.DONATE, Disposition.RETURN_TO_VENDOR})
"""Leaves the stock for good."""
HELD = frozenset({Disposition.QUARANTINE, Disposition.REFURBISH})
"""Stays in the building, and is not for sale."""
NEVER = frozenset({Disposition.NOT_RECEIVED, Disposition.KEEP_WITH_CUSTOMER})
"""Does not come any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """A step of a return."""

    one: int
    button: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """The units that a return in draft brings, by item: as many as have come."""

    one: int
    known: tuple[tuple[int, Decimal], ...]
    """Its own moves, and how many units each brings."""
    more: tuple[tuple[str, Decimal], ...]
    """Items that it did not expect."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expect:
    """A new return of the reference, for so many units of each item."""

    lines: tuple[tuple[str, Decimal], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PutAside:
    """A new move that takes units of an item off the shelf to another place."""

    sku: str
    units: Decimal
    place: int
    origin: int
    """The move that brought them in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Carry:
    """Do a move that stands in draft."""

    one: int


Step = Press | Fit | Expect | PutAside | Carry


class Plan(PlanOf[Step]):
    """What was read means this, and this step is next."""

    __slots__ = ()


def expected(found: Sequence[ReturnRow], lines: Sequence[GoodsLine]) -> Plan:
    """Of `return.create`: one that nobody gave up stands for it, the oldest; of several the words say so."""
    alive = [row for row in found if row.state != "cancelled"]
    if alive:
        return Plan(outcome=_told(OutcomeState.DONE, alive))
    if found:
        return Plan(outcome=_told(OutcomeState.REFUSED, found, "the return was cancelled in the warehouse"))
    outcome = Outcome(state=OutcomeState.ABSENT)
    return Plan(outcome=outcome, step=Expect(lines=tuple(units_of(lines).items())), is_last=True)


def received(found: Sequence[ReturnRow], content: ReceiveReturn) -> Plan:
    """Of `return.receive`: by item, as many have come on all returns together as the lines say.

    The draft is made to bring what is missing, then received; where there is none, another one is made.
    """
    alive = [row for row in found if row.state != "cancelled"]
    came, wanted = came_on(alive), units_of(content.lines)
    over = [sku for sku in came if came[sku] > wanted.get(sku, ZERO)]
    if over:
        words = "; ".join(f"{sku}: {came[sku]} have come in the warehouse, not {wanted.get(sku, ZERO)}" for sku in over)
        return Plan(outcome=_told(OutcomeState.REFUSED, alive, words))
    missing = {sku: wanted[sku] - came.get(sku, ZERO) for sku in wanted if wanted[sku] > came.get(sku, ZERO)}
    if not missing:
        return Plan(outcome=_told(OutcomeState.DONE, alive))
    begun = OutcomeState.PARTIAL if came else OutcomeState.ABSENT
    draft = next((row for row in alive if row.state == "draft"), None)
    if draft is None:
        return Plan(outcome=_told(begun, alive), step=Expect(lines=tuple(missing.items())))
    fit = _fitted(draft, missing)
    if fit is not None:
        return Plan(outcome=_told(begun, alive), step=fit)
    step = Press(one=draft.id, button="receive")
    return Plan(outcome=_told(OutcomeState.PARTIAL, alive), step=step, is_last=True)


def wanted_aside(content: InspectReturn, places: Mapping[Disposition, int]) -> dict[tuple[str, int], Decimal]:
    """Units by item and place that should not lie on the shelf."""
    aside: dict[tuple[str, int], Decimal] = {}
    for line in content.lines:
        if line.disposition in places and line.quantity:
            key = line.sku, places[line.disposition]
            aside[key] = aside.get(key, ZERO) + line.quantity / line.factor
    return aside


def inspected(
    found: Sequence[ReturnRow],
    moved: Sequence[AsideRow],
    content: InspectReturn,
    aside: Mapping[tuple[str, int], Decimal],
) -> Plan:
    """Of `return.inspect`: all that came is put away, what is not for sale is moved on, what never comes is given up.

    What was moved on is read back first: only what is missing moves, and nothing moves back.
    """
    alive = [row for row in found if row.state != "cancelled"]
    words = _misfit(alive, moved, content, aside)
    if words is not None:
        return Plan(outcome=_told(OutcomeState.REFUSED, alive, words))
    steps = [*_put_away(alive, content), *_moved_on(alive, moved, aside)]
    if not steps:
        return Plan(outcome=_told(OutcomeState.DONE, alive or found))
    is_begun = bool(moved) or any(row.state == "done" for row in alive)
    outcome = _told(OutcomeState.PARTIAL if is_begun else OutcomeState.ABSENT, alive)
    return Plan(outcome=outcome, step=steps[0], is_last=len(steps) == 1 and not isinstance(steps[0], PutAside))


def came_on(rows: Iterable[ReturnRow]) -> dict[str, Decimal]:
    """Units by item that have come in on these returns."""
    moves = [move for row in rows if row.state in CAME for move in incoming(row) if move.state == "done"]
    return summed((move.product.code or "", _units(move)) for move in moves)


def _fitted(draft: ReturnRow, missing: Mapping[str, Decimal]) -> Fit | None:
    """What must be written so that the draft brings just what is missing; None where it does."""
    planned = [(move.id, move.product.code or "", _units(move)) for move in incoming(draft)]
    filled, more = divided(planned, missing)
    known = tuple((one, filled[one]) for one, _, units in planned if filled[one] != units)
    return Fit(one=draft.id, known=known, more=tuple(more.items())) if known or more else None


def _misfit(
    alive: Sequence[ReturnRow],
    moved: Sequence[AsideRow],
    content: InspectReturn,
    aside: Mapping[tuple[str, int], Decimal],
) -> str | None:
    came = came_on(alive)
    judged = units_of(line for line in content.lines if line.disposition not in NEVER)
    for sku, units in judged.items():
        if units > came.get(sku, ZERO):
            return f"{sku}: {units} are judged, {came.get(sku, ZERO)} have come in the warehouse"
    for sku, place in {_where(one) for one in moved}:
        there = _aside_in(moved, sku, place)
        if there > aside.get((sku, place), ZERO):
            return f"{sku}: {there} were moved off the shelf already, not {aside.get((sku, place), ZERO)}"
    return None


def _put_away(alive: Sequence[ReturnRow], content: InspectReturn) -> list[Step]:
    steps: list[Step] = [Press(one=row.id, button="done") for row in alive if row.state == "received"]
    if any(line.disposition in NEVER and line.quantity for line in content.lines):
        steps += [Press(one=row.id, button="cancel") for row in alive if row.state == "draft"]
    return steps


def _moved_on(
    alive: Sequence[ReturnRow], moved: Sequence[AsideRow], aside: Mapping[tuple[str, int], Decimal]
) -> list[Step]:
    steps: list[Step] = [Carry(one=one.id) for one in moved if one.state != "done"]
    for (sku, place), units in aside.items():
        missing = units - _aside_in(moved, sku, place)
        if missing > ZERO:
            origin = next(move.id for row in alive for move in incoming(row) if move.product.code == sku)
            steps.append(PutAside(sku=sku, units=missing, place=place, origin=origin))
    return steps


def _aside_in(moved: Iterable[AsideRow], sku: str, place: int) -> Decimal:
    return sum((amount(one.quantity, one.uom.digits) for one in moved if _where(one) == (sku, place)), ZERO)


def _where(one: AsideRow) -> tuple[str, int]:
    return one.product.code or "", one.to_location


def _units(move: MoveRow) -> Decimal:
    return amount(move.quantity, move.uom.digits)


def _told(state: OutcomeState, rows: Sequence[ReturnRow], words: str | None = None) -> Outcome:
    if not rows:
        return Outcome(state=state, words=words)
    first = min(rows, key=lambda row: row.id)
    return Outcome(state=state, reference=first.number, source_id=str(first.id), words=words)
