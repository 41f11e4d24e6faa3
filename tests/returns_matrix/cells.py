"""The matrix of returns: each cell lived through in values, by people, warehouse, ERP, shop and the hub itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import product

from hub.flow.facts import RootFacts
from hub.flow.returns.refund import refundable
from hub.model.cases import ExceptionCode
from hub.model.effects import SendOut
from hub.model.intents import DeliveryState
from hub.model.returns import Disposition, ReturnCondition, ReturnStatus, ReturnType
from tests.kit.facts import ERP, at
from tests.kit.flows import apply, moved, seen
from tests.kit.returned import after, allowed, at_source, came, cases_of, close, exchange, looked, memo, pay, returned

CAME = {
    "full": (came(3),),
    "partial": (came(2),),
    "none": (),
    "over": (came(4),),
    "wrong item": (came(2), came(1, ReturnCondition.WRONG_ITEM, sku="CUP")),
}
TAKEN = (Disposition.RESTOCK, Disposition.QUARANTINE, Disposition.SCRAP, Disposition.KEEP_WITH_CUSTOMER)
GETS = (ReturnType.REFUND, ReturnType.CREDIT, ReturnType.EXCHANGE)
"""What the proof asks for."""
AGAIN = (ReturnType.REPLACEMENT, ReturnType.ADVANCE_REPLACEMENT)
"""The same goods once more: beside what the proof asks for."""
PAID = (ReturnType.REFUND, ReturnType.EXCHANGE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One cell, and how it ended."""

    what: str
    taken: Disposition
    gets: ReturnType
    status: ReturnStatus
    cases: tuple[ExceptionCode, ...]
    orders: int
    """Orders that went out."""
    closes: bool
    """Whether a person can close it."""

    @property
    def is_right(self) -> bool:
        """Closed, or in exactly one case and closed by a person; with an order where one was to go out, else none."""
        is_closed = self.status is ReturnStatus.CLOSED
        ended = self.cases == () if is_closed else len(self.cases) == 1
        return ended and self.closes and self.orders == self.wanted

    @property
    def wanted(self) -> int:
        """Orders that should have gone out."""
        if self.gets is ReturnType.ADVANCE_REPLACEMENT:
            return 1
        return int(self.gets not in (ReturnType.REFUND, ReturnType.CREDIT) and self.what != "none")


def cells(gets: tuple[ReturnType, ...] = GETS) -> Iterator[Cell]:
    """Every cell, lived through."""
    for what, taken, kind in product(CAME, TAKEN, gets):
        yield lived(what, taken, kind)


def lived(what: str, taken: Disposition, gets: ReturnType) -> Cell:
    """One cell after all have done what is theirs, and a month more."""
    known = carried_out(what, taken, gets)
    status = returned(known).status
    ended = known if status is ReturnStatus.CLOSED else after(close(), known=known)
    return Cell(
        what=what,
        taken=taken,
        gets=gets,
        status=status,
        cases=tuple(cases_of(known)),
        orders=sum(isinstance(row.content, SendOut) and row.state is DeliveryState.DONE for row in known.deliveries),
        closes=returned(ended).status is ReturnStatus.CLOSED and cases_of(ended) == [],
    )


def carried_out(what: str, taken: Disposition, gets: ReturnType) -> RootFacts:
    """A return after people, warehouse, ERP, shop and hub have done all that is theirs, and a month more."""
    keeps = taken is Disposition.KEEP_WITH_CUSTOMER
    asked = {"exchange_lines": exchange().exchange_lines} if gets is ReturnType.EXCHANGE else {}
    known = settled(allowed(type=gets, **asked))
    known = after(*(() if keeps and what == "full" else CAME[what]), known=known)
    for line in returned(known).lines:
        left = line.authorized - line.received
        if line.received > 0:
            judged = Disposition.RESTOCK if keeps else taken
            known = after(looked(str(line.received), judged, line.line_no), known=known)
        if keeps and left > 0 and what != "none":
            known = after(looked(str(left), taken, line.line_no), known=known)
    return long_after(settled(known), gets)


def settled(known: RootFacts) -> RootFacts:
    """Every system has done what it was told."""
    while waiting := [row for row in known.deliveries if row.state is DeliveryState.PENDING]:
        for row in waiting:
            name = "o2" if isinstance(row.content, SendOut) else row.source_id
            known = moved(known, row.key, DeliveryState.DONE, source_id=name)
    return known


def long_after(known: RootFacts, gets: ReturnType) -> RootFacts:
    """The same once the ERP has credited what came and the customer has the money, a month later."""
    mugs = next(line for line in returned(known).lines if line.sku == "MUG")
    if units := int(min(mugs.received, mugs.authorized)):
        known = seen(known, at_source(ERP, "INSPECTED", {"MUG": (3, int(mugs.received))}))
        known = seen(known, memo("POSTED", units))
        left = refundable(returned(known), known)
        known = settled(after(pay(), known=known)) if gets in PAID and left is not None and left.amount else known
    return apply(replace(settled(known), now=at(3600) + timedelta(days=31)))
