"""Status, facets and counters of an order from what its sources say (domain.md 2.4): pure arithmetic on units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from hub.merge.counters import (
    BY_RANK,
    GROUP_OF,
    GROUP_OF_RANK,
    RANK,
    TERMINAL,
    Statement,
    in_order,
)
from hub.model.order import LineQuantities, OrderFacets, OrderStatus, PaymentState
from hub.model.vocabulary import FacetState, FieldGroup

ZERO = Decimal(0)
_ONE = Decimal(1)
_COUNTER_OF_RANK = {3: "allocated", 4: "released", 5: "picked", 6: "shipped", 7: "invoiced"}
_COMPLETED = RANK[OrderStatus.COMPLETED]

Units = tuple[tuple[Decimal, int], ...]
"""(quantity, rank) of the open units of a line, highest rank first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DerivedLine:
    """What follows for one line."""

    status: OrderStatus
    quantities: LineQuantities
    units: Units


@dataclass(frozen=True, slots=True, kw_only=True)
class Derived:
    """What follows for an order."""

    status: OrderStatus
    is_partial: bool
    facets: OrderFacets
    lines: tuple[DerivedLine, ...]


def derive(
    statements: Sequence[Statement], rows: int, *, accepted: bool, payment: PaymentState = PaymentState.UNKNOWN
) -> Derived:
    """The order's status: the highest rank that every open unit has reached; partial if some are further.

    UNKNOWN if sources tell a status and none of them could be mapped. Terminal if nothing is open and nothing left.
    """
    head, heard = owner_claim(statements, accepted=accepted), Hearing(statements, accepted=accepted)
    lines = [_line(heard, row, head) for row in range(rows)]
    status, is_partial = status_of([unit for line in lines for unit in line.units])
    if head is OrderStatus.UNKNOWN:
        lines = [DerivedLine(status=head, quantities=line.quantities, units=line.units) for line in lines]
        status = head
    elif status is None:
        status = _closed([line.quantities for line in lines], head) or _claimed(heard)
    return Derived(
        status=status,
        is_partial=is_partial,
        facets=facets([line.quantities for line in lines], payment),
        lines=tuple(lines),
    )


def inputs_of(statements: Sequence[Statement], whole: Derived, *, accepted: bool) -> frozenset[str]:
    """The sources whose word *whole* is: who speaks for all of it, and everybody without whom it would differ."""
    rows, payment = len(whole.lines), whole.facets.payment
    owner = next((s.source for s in in_order(statements, FieldGroup.LIFECYCLE, accepted=accepted) if s.claim), None)
    return frozenset(
        said.source
        for said in statements
        if said.source == owner
        or derive([one for one in statements if one is not said], rows, accepted=accepted, payment=payment) != whole
    )


def status_of(units: Sequence[tuple[Decimal, int]]) -> tuple[OrderStatus | None, bool]:
    """(status, is partial) of open units with their ranks; None where no unit is open."""
    ranks = [rank for quantity, rank in units if quantity > 0]
    if not ranks:
        return None, False
    return BY_RANK[min(ranks)], max(ranks) > min(ranks)


def owner_claim(statements: Sequence[Statement], *, accepted: bool) -> OrderStatus | None:
    """The word on the whole order of whoever speaks for it; UNKNOWN if words were told and none could be mapped."""
    words = [said.claim for said in in_order(statements, FieldGroup.LIFECYCLE, accepted=accepted) if said.claim]
    mapped = [word for word in words if word is not OrderStatus.UNKNOWN]
    if mapped:
        return mapped[0]
    return OrderStatus.UNKNOWN if words else None


class Hearing:
    """What sources say of an order: heard for each of its lines, put in order and searched once."""

    __slots__ = ("_accepted", "_claimed", "_counters", "_in_order", "statements")

    def __init__(self, statements: Sequence[Statement], *, accepted: bool) -> None:
        self.statements = statements
        self._accepted = accepted
        self._counters = {name for said in statements for told in said.rows.values() for name in told}
        self._in_order: dict[FieldGroup, Sequence[Statement]] = {}
        self._claimed: dict[int, Decimal] = {}

    def told(self, row: int, counter: str) -> Decimal:
        """The owner's word on a counter of a row, else the next one's; zero where nobody tells it."""
        if counter not in self._counters:
            return ZERO
        words = (said.tells(row, counter) for said in self._speaking(GROUP_OF[counter]))
        return next((word for word in words if word is not None), ZERO)

    def reached(self, row: int, rank: int, open_units: Decimal) -> Decimal:
        """How many units of a row have reached a rank, by the owner of the rank (Mark-1); may exceed what is open.

        A counter of the row decides; else a claim on the whole order; another source's claim only while every source
        before it neither tells that counter of the order nor declares the group.
        """
        counter = _COUNTER_OF_RANK.get(rank)
        if counter in self._counters:
            return self._reached(row, rank, open_units, counter)
        if rank not in self._claimed:
            self._claimed[rank] = self._reached(row, rank, _ONE, None)
        return open_units if self._claimed[rank] else ZERO

    def _reached(self, row: int, rank: int, open_units: Decimal, counter: str | None) -> Decimal:
        group, owner_spoke = GROUP_OF_RANK[rank], False
        for said in self._speaking(group):
            value = said.tells(row, counter) if counter else None
            if value is not None:
                return value
            if not owner_spoke and said.rank >= rank:
                return open_units
            owner_spoke = owner_spoke or _speaks(said, counter, group)
        return ZERO

    def _speaking(self, group: FieldGroup) -> Sequence[Statement]:
        if group not in self._in_order:
            self._in_order[group] = in_order(self.statements, group, accepted=self._accepted)
        return self._in_order[group]


def facets(lines: Sequence[LineQuantities], payment: PaymentState) -> OrderFacets:
    """How much of the order has reached each step; what a later step implies counts."""
    wanted = [line.ordered - line.cancelled - line.rejected for line in lines]

    def state(name: str, of: Sequence[Decimal]) -> FacetState:
        return facet([getattr(line, name) for line in lines], of)

    return OrderFacets(
        allocation=state("allocated", wanted),
        release=state("released", wanted),
        pick=state("picked", wanted),
        pack=state("packed", wanted),
        ship=state("shipped", wanted),
        delivery=state("delivered", wanted),
        invoice=state("invoiced", wanted),
        return_=state("returned", [line.shipped for line in lines]),
        payment=payment,
    )


def facet(done: Sequence[Decimal], wanted: Sequence[Decimal]) -> FacetState:
    """NONE: nothing yet. OVER: some line has more than wanted. FULL: every line has what is wanted."""
    if max(done, default=ZERO) <= 0:
        return FacetState.NONE
    pairs = list(zip(done, wanted, strict=True))
    if any(have > want for have, want in pairs):
        return FacetState.OVER
    return FacetState.FULL if all(have >= want for have, want in pairs) else FacetState.PARTIAL


def _speaks(said: Statement, counter: str | None, group: FieldGroup) -> bool:
    if counter is not None and said.speaks_of(counter):
        return True
    if group is FieldGroup.LIFECYCLE:
        return said.claim not in (None, OrderStatus.UNKNOWN)
    return group in said.declares


def _line(heard: Hearing, row: int, head: OrderStatus | None) -> DerivedLine:
    quantities = _quantities(heard, row, head)
    units = units_of(quantities, _base(heard, quantities, row))
    status, _ = status_of(units)
    if status is None:
        status = _closed([quantities], head) or _claimed(heard)
    return DerivedLine(status=status, quantities=quantities, units=units)


def _quantities(heard: Hearing, row: int, head: OrderStatus | None) -> LineQuantities:
    """Counters of a row by their owners; a unit that reached a step has reached those before it.

    But one that waits for supply is allocated nowhere, though the warehouse may have accepted the request for it.
    """

    def word(counter: str) -> Decimal:
        return heard.told(row, counter)

    ordered, cancelled, rejected = word("ordered"), word("cancelled"), word("rejected")
    open_units = max(ordered - cancelled - rejected, ZERO) if head not in TERMINAL else ZERO

    def at(rank: int) -> Decimal:
        return heard.reached(row, rank, open_units)

    delivered = word("delivered")
    shipped = max(at(6), delivered)
    packed = max(word("packed"), shipped)
    picked = max(at(5), packed)
    released = max(at(4), picked)
    if head is OrderStatus.CANCELLED:
        cancelled = max(cancelled, ordered - rejected - shipped)
    if head is OrderStatus.REJECTED:
        rejected = max(rejected, ordered - cancelled - shipped)
    waiting = _waiting(word("backordered"), ordered - cancelled - rejected, picked)
    return LineQuantities(
        ordered=ordered,
        cancelled=cancelled,
        rejected=rejected,
        allocated=_allocated(max(at(3), released), ordered - cancelled - rejected - waiting, picked, waiting),
        backordered=waiting,
        released=released,
        picked=picked,
        short_picked=word("short_picked"),
        packed=packed,
        shipped=shipped,
        delivered=delivered,
        invoiced=at(7),
        return_requested=word("return_requested"),
        returned=word("returned"),
        credited=word("credited"),
    )


def _waiting(told: Decimal, open_units: Decimal, picked: Decimal) -> Decimal:
    """Units that wait for supply: neither taken back nor in anybody's hands."""
    return max(min(told, open_units - picked), ZERO)


def _allocated(told: Decimal, supplied: Decimal, picked: Decimal, waiting: Decimal) -> Decimal:
    """Units that have a supply; where some wait for one, no more than the others (domain.md 2.6.1)."""
    return max(min(told, supplied), picked) if waiting else told


def _base(heard: Hearing, quantities: LineQuantities, row: int) -> tuple[Decimal, ...]:
    """Units that have reached ranks 1, 2 and 8 by claims on the whole order."""
    open_units = quantities.ordered - quantities.cancelled - quantities.rejected
    silent = all(
        said.claim is None for said in heard.statements
    )  # nobody tells how the order stands: that it is kept at all means it was accepted
    first, second, last = (heard.reached(row, rank, open_units) for rank in (1, 2, _COMPLETED))
    return (open_units if silent else first), second, last


def units_of(quantities: LineQuantities, base: tuple[Decimal, ...] = (ZERO, ZERO, ZERO)) -> Units:
    """The open units of a line with their ranks, highest first.

    A backordered unit waits where it stands: VALIDATED, or RELEASED once a warehouse has its request.
    Rank 7 counts only what was shipped, rank 8 only what was invoiced.
    """
    open_units = max(quantities.ordered - quantities.cancelled - quantities.rejected, ZERO)
    invoiced = min(quantities.invoiced, quantities.shipped)
    completed = min(invoiced, max(base[2], quantities.delivered))
    upwards = [
        open_units,
        base[0],
        base[1],
        quantities.allocated,
        quantities.released,
        quantities.picked,
        quantities.shipped,
        invoiced,
        completed,
    ]
    units: list[tuple[Decimal, int]] = []
    above = ZERO
    for rank in reversed(range(len(upwards))):
        have = min(max(upwards[rank], above), open_units)
        if have > above:
            units.append((have - above, rank))
            above = have
    return tuple(units)


def _closed(lines: Sequence[LineQuantities], head: OrderStatus | None) -> OrderStatus | None:
    """The end of an order of which nothing is open."""
    if head in TERMINAL:
        return head
    if not any(line.ordered > 0 for line in lines):
        return None
    return OrderStatus.CANCELLED if any(line.cancelled > 0 for line in lines) else OrderStatus.REJECTED


def _claimed(heard: Hearing) -> OrderStatus:
    """Status by claims alone, where no line tells of any unit."""
    top = 0
    for rank in range(1, len(BY_RANK)):
        if heard.reached(-1, rank, _ONE) > 0:
            top = rank
    if top == 0 and not any(said.claim for said in heard.statements):
        return OrderStatus.ACCEPTED
    return BY_RANK[top]
