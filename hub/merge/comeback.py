"""Where a return stands on its three axes: work, goods, money (domain.md 2.7.1, Mark-1). Pure arithmetic."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal

from hub.merge.authority import places, roles
from hub.model.billing import CreditMemo, CreditMemoStatus, Payment, PaymentKind, PaymentStatus
from hub.model.returns import ReturnFinancialState, ReturnLine, ReturnPhysicalState, ReturnStatus
from hub.model.vocabulary import FieldGroup, Kind, SystemKind

RANKS: Mapping[ReturnStatus, int] = {
    ReturnStatus.REQUESTED: 0,
    ReturnStatus.IN_REVIEW: 1,
    ReturnStatus.AUTHORIZED: 2,
    ReturnStatus.IN_TRANSIT: 3,
    ReturnStatus.PARTIALLY_RECEIVED: 4,
    ReturnStatus.RECEIVED: 5,
    ReturnStatus.INSPECTED: 6,
    ReturnStatus.CREDITED: 7,
    ReturnStatus.CLOSED: 8,
}
"""The ladder. What is not on it ends a return."""
ENDED = frozenset({ReturnStatus.DECLINED, ReturnStatus.CANCELLED, ReturnStatus.EXPIRED})
COUNTED = frozenset({ReturnStatus.INSPECTED, ReturnStatus.CREDITED, ReturnStatus.CLOSED})
"""Nothing more of it is expected."""

_RECEIPT = range(RANKS[ReturnStatus.IN_TRANSIT], RANKS[ReturnStatus.INSPECTED] + 1)
_CAME = RANKS[ReturnStatus.PARTIALLY_RECEIVED]
_NEVER_POSTED = (CreditMemoStatus.DRAFT, CreditMemoStatus.VOID, CreditMemoStatus.UNKNOWN)

Claims = Sequence[tuple[SystemKind, ReturnStatus]]
"""What each system says, every one once."""


def stands_at(claims: Claims) -> ReturnStatus:
    """The highest rank whose owner says that it was reached: goods by the warehouse, the rest by the ERP.

    What people have told the hub counts too: no system may have heard of it yet, nor ever hears that they call it off
    (goods that come all the same bring it back). What only a dock knows was asked for
    by nobody.
    """
    if not claims:
        return ReturnStatus.UNKNOWN
    if is_blind(claims):
        return ReturnStatus.REQUESTED
    head, ours = _first(claims, FieldGroup.RETURNS), _by_people(claims)
    if head in ENDED:
        return head
    if ours in ENDED and not is_authorized(head):
        return ours
    if ours is ReturnStatus.CANCELLED and all(RANKS.get(status, -1) < _CAME for _, status in claims):
        return ours
    told = RANKS.get(ours, -1)
    reached = [
        status for status, rank in RANKS.items() if max(RANKS.get(_first(claims, _owner(rank)), -1), told) >= rank
    ]
    return max(reached, key=RANKS.__getitem__, default=ReturnStatus.REQUESTED)


def is_blind(claims: Claims) -> bool:
    """Whether goods came in that nobody but the dock knows of."""
    return bool(claims) and all(
        system is SystemKind.WMS and RANKS.get(status, -1) >= RANKS[ReturnStatus.PARTIALLY_RECEIVED]
        for system, status in claims
    )


def is_authorized(status: ReturnStatus) -> bool:
    """Whether somebody has allowed it."""
    return RANKS.get(status, -1) >= RANKS[ReturnStatus.AUTHORIZED]


def goods(status: ReturnStatus, lines: Collection[ReturnLine]) -> ReturnPhysicalState:
    """Where the goods are, by what was asked to come back and what came."""
    wanted = sum((max(line.requested, line.authorized) for line in lines), Decimal(0))
    came = sum((line.received for line in lines), Decimal(0))
    if came == 0:
        if status in ENDED:
            return ReturnPhysicalState.NOT_EXPECTED
        if status is ReturnStatus.IN_TRANSIT:
            return ReturnPhysicalState.IN_TRANSIT
        return ReturnPhysicalState.AWAITING if wanted > 0 else ReturnPhysicalState.UNKNOWN
    if came == sum((line.kept for line in lines), Decimal(0)):
        return ReturnPhysicalState.NOT_EXPECTED if came >= wanted else ReturnPhysicalState.AWAITING
    if any(line.extra > 0 for line in lines):
        return ReturnPhysicalState.OVER_RECEIVED
    return ReturnPhysicalState.RECEIVED if came >= wanted else ReturnPhysicalState.PARTIAL


def money(
    status: ReturnStatus, lines: Collection[ReturnLine], memos: Collection[CreditMemo], payments: Collection[Payment]
) -> ReturnFinancialState:
    """How far the money is: refunds before credit memos, and what came back unpaid is pending."""
    refunds = [payment for payment in payments if payment.kind is PaymentKind.REFUND]
    if any(payment.status is PaymentStatus.SUCCEEDED for payment in refunds):
        return ReturnFinancialState.REFUNDED
    if any(payment.status is PaymentStatus.FAILED for payment in refunds):
        return ReturnFinancialState.REFUND_FAILED
    came = sum((line.received for line in lines), Decimal(0))
    credited = sum((line.credited for line in lines), Decimal(0))
    posted = [memo for memo in memos if memo.status not in _NEVER_POSTED]
    if posted or RANKS.get(status, -1) >= RANKS[ReturnStatus.CREDITED]:
        owed = sum((min(line.received, line.authorized) for line in lines), Decimal(0)) or came
        whole = not posted or credited >= owed
        return ReturnFinancialState.CREDITED if whole else ReturnFinancialState.PARTIAL
    return ReturnFinancialState.PENDING if came > 0 else ReturnFinancialState.NONE


def _by_people(claims: Claims) -> ReturnStatus:
    """What people have told the hub; UNKNOWN where they have told nothing."""
    return next((status for system, status in claims if system is SystemKind.HUB), ReturnStatus.UNKNOWN)


def _owner(rank: int) -> FieldGroup:
    return FieldGroup.FULFILLMENT if rank in _RECEIPT else FieldGroup.RETURNS


def _first(claims: Claims, group: FieldGroup) -> ReturnStatus:
    place = places(roles(group, Kind.RETURN))
    return min(claims, key=lambda claim: place[claim[0]])[1]
