"""Holding an order by hand: whether it may be, and what a hold of a type keeps it from (domain.md 2.4.2). Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from hub.flow.facts import HUB
from hub.model.cases import Hold, HoldType
from hub.model.command import UserError, UserErrorCode
from hub.model.order import Order, OrderStatus

BLOCKS: Mapping[HoldType, tuple[OrderStatus, ...]] = {
    HoldType.CREDIT: (OrderStatus.ALLOCATED, OrderStatus.RELEASED),
    HoldType.APPROVAL: (OrderStatus.VALIDATED, OrderStatus.ALLOCATED, OrderStatus.RELEASED),
    HoldType.WAREHOUSE: (OrderStatus.PICKED, OrderStatus.SHIPPED),
}
"""What a hold keeps an order from; RELEASED where it is not listed."""
ENDED = frozenset({OrderStatus.COMPLETED, OrderStatus.CANCELLED, OrderStatus.REJECTED})


def blocks_of(held: HoldType) -> tuple[OrderStatus, ...]:
    """The statuses that a hold of a type keeps an order from."""
    return BLOCKS.get(held, (OrderStatus.RELEASED,))


def refusal_of_version(order: Order, expected: int | None) -> UserError | None:
    """Why a decision about another version than this one is refused."""
    if expected is None or expected == order.version:
        return None
    message = f"the order is at version {order.version}, not {expected}: look again"
    return UserError(code=UserErrorCode.CONFLICT, message=message, field=("expectedVersion",), retryable=True)


def refusal_to_hold(order: Order) -> UserError | None:
    """Why an order cannot be held; None where it can."""
    if order.status not in ENDED:
        return None
    message = f"the order is {order.status.value.lower()}: there is nothing left to hold"
    return UserError(code=UserErrorCode.NOT_ALLOWED_IN_STATUS, message=message, field=("order",))


def refusal_to_release(holds: Iterable[Hold], ids: Sequence[str] | None = None) -> UserError | None:
    """Why these holds cannot be released by hand; None where they can. None as *ids*: all that people placed."""
    known = {hold.id: hold for hold in holds}
    by_people = {name for name, hold in known.items() if hold.placed_by != HUB}
    if ids is None:
        if by_people:
            return None
        message = "nobody holds it by hand" + (": what a system holds is released there" if known else "")
        return UserError(code=UserErrorCode.NOT_ALLOWED_IN_STATUS, message=message, field=("order",))
    if missing := [name for name in ids if name not in known]:
        message = f"{len(missing)} of these holds do not stand"
        return UserError(code=UserErrorCode.NOT_FOUND, message=message, field=("holdIds",))
    if any(name not in by_people for name in ids):
        message = "a system holds it: it is released there"
        return UserError(code=UserErrorCode.NOT_ALLOWED_IN_STATUS, message=message, field=("holdIds",))
    return None
