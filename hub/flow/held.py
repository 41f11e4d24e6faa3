"""Cases of orders that are held: somebody must decide (domain.md 4.2). Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hub.flow.facts import HUB, CaseWanted, RootFacts
from hub.model.cases import CaseQueue, ExceptionCode, Hold, HoldType, RootCause, Severity
from hub.model.order import Order


def held_cases(order: Order, holds: Sequence[Hold], facts: RootFacts) -> Iterator[CaseWanted]:
    """A case for an order that is held for credit: by a system (*holds*, as they should be now), or by a person."""
    by_people = [hold for hold in facts.holds if hold.placed_by != HUB]
    credit = next((hold for hold in (*holds, *by_people) if hold.type is HoldType.CREDIT), None)
    if credit is None:
        return
    why = f": {credit.reason}" if credit.reason else ""
    yield CaseWanted(
        code=ExceptionCode.CREDIT_HOLD,
        dedup_key=f"{ExceptionCode.CREDIT_HOLD}|{order.id}",
        title=f"order {order.number} is held for credit{why}",
        severity=Severity.S2,
        queue=CaseQueue.FINANCE,
        root_cause=RootCause.HUMAN if credit in by_people else RootCause.UNKNOWN,
        suggested=("orderHoldRelease", "orderCancel"),
    )
