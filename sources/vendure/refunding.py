"""`refund.create`: so much is given back under one reference, once (design Flow-1).

Vendure lets two refunds of the same money be made at one moment (systems.md 5.7), so it is looked before and after. The
reference stands in the refund's reason from the moment it is made, and in its transaction id once it is settled; money
moves only when it is settled, so a double that slipped through is left pending, and said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from hub.errors import SourceRefused
from hub.model.effects import Refund
from hub.model.intents import Outcome, OutcomeState
from hub.ports import SourceCall
from sources.vendure.client import VendureClient
from sources.vendure.mutations import GIVE_BACK, SETTLE_REFUND
from sources.vendure.orders import UNREADABLE, Orders
from sources.vendure.wire import VendureOrder, VendurePayment, VendureRefund

FAILED, SETTLED, PENDING = "Failed", "Settled", "Pending"
MOST_STEPS = 20
"""Of one call: each payment of an order is one refund, made and settled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How far a refund is."""

    ours: tuple[VendureRefund, ...]
    """Those that make up the amount, oldest first."""
    doubles: tuple[VendureRefund, ...]
    """More of the reference than was wanted."""
    missing: int
    """Minor units that no refund stands for yet."""

    @property
    def pending(self) -> list[VendureRefund]:
        """Made, and not given yet."""
        return [one for one in self.ours if one.state == PENDING]


class Refunding:
    """One refund of one order, on its way to the customer."""

    def __init__(self, client: VendureClient, orders: Orders, order_id: str, content: Refund, *, digits: int) -> None:
        """*digits*: of the shop's minor units."""
        self._client, self._orders = client, orders
        self._id, self._content = order_id, content
        self._digits = digits

    async def execute(self, call: SourceCall) -> Outcome:
        """Make what is missing and settle what is pending, looking after each step.

        PARTIAL: the shop went away half-way. REFUSED: it is more than was paid and not given back.
        """
        order = await self._orders.placed(call, self._id)
        for _ in range(MOST_STEPS):
            told = self._told(order)
            step = self._step(order) if told.state in (OutcomeState.ABSENT, OutcomeState.PARTIAL) else None
            if step is None:
                return told
            words = await self._act(call, step)
            try:
                after = await self._orders.placed(call, self._id)
            except UNREADABLE:
                if words is not None:
                    raise
                return Outcome(state=self._unread(order, step), reference=order.code)
            if words is not None and self._standing(after) == self._standing(order):
                return Outcome(state=OutcomeState.REFUSED, reference=order.code, words=words)
            order = after
        return self._told(order)

    async def resolve(self, call: SourceCall) -> Outcome:
        """Look what bears the reference; nothing else."""
        return self._told(await self._orders.placed(call, self._id))

    async def _act(self, call: SourceCall, step: tuple[str, str, dict[str, Any]]) -> str | None:  # Any: GraphQL input
        """Take a step. What it refuses may be done already: its words are kept, and what the shop holds decides."""
        document, field, wanted = step
        try:
            await self._client.act(call, document, {"input": wanted}, field)
        except SourceRefused as refused:
            return refused.message
        return None

    def _unread(self, order: VendureOrder, step: tuple[str, str, dict[str, Any]]) -> OutcomeState:  # Any: as above
        """It said yes to the step, and cannot be asked now."""
        there = self._standing(order)
        is_last = step[1] == "settleRefund" and len(there.pending) == 1 and not there.missing
        return OutcomeState.ACCEPTED if is_last else OutcomeState.PARTIAL

    def _step(self, order: VendureOrder) -> tuple[str, str, dict[str, Any]] | None:  # Any: GraphQL input
        there, content = self._standing(order), self._content
        for one in there.pending:
            return SETTLE_REFUND, "settleRefund", {"id": one.id, "transactionId": content.reference}
        payment = payment_for(order, there.missing)
        if payment is None or not there.missing:
            return None
        wanted = {
            "paymentId": payment.id,
            "amount": min(there.missing, left_of(payment)),
            "reason": reason_of(content),
            "lines": [],
            "shipping": 0,
            "adjustment": 0,
        }
        return GIVE_BACK, "refundOrder", wanted

    def _told(self, order: VendureOrder) -> Outcome:
        there = self._standing(order)
        words = _doubled(there, self._content) if there.doubles else None
        first = next((one.id for one in there.ours), None)
        if not there.missing and not there.pending:
            return Outcome(state=OutcomeState.DONE, reference=order.code, source_id=first, words=words)
        lacking = self._lacking(order, there)
        if lacking and not there.pending:
            return Outcome(state=OutcomeState.REFUSED, reference=order.code, words=lacking)
        state = OutcomeState.PARTIAL if there.ours else OutcomeState.ABSENT
        return Outcome(state=state, reference=order.code, source_id=first, words=words)

    def _standing(self, order: VendureOrder) -> Standing:
        return standing(order, self._content, self._units(self._content.amount.amount))

    def _lacking(self, order: VendureOrder, there: Standing) -> str | None:
        amount = self._content.amount
        if amount.currency_code != order.currency_code:
            return f"the order was paid in {order.currency_code}, not in {amount.currency_code}"
        units = amount.amount.scaleb(self._digits)
        if units != int(units) or units <= 0:
            return f"{amount.amount} is no amount that can be given back in {order.currency_code}"
        left = sum(left_of(payment) for payment in order.payments or ())
        if left < there.missing:
            rest = Decimal(left).scaleb(-self._digits)
            return f"{amount.amount} should be given back, and {rest} of what was paid is left"
        return None

    def _units(self, amount: Decimal) -> int:
        return int(amount.scaleb(self._digits))


def reason_of(content: Refund) -> str:
    """The reason that a refund of this reference bears: `returned [T4D7-R1/1]`."""
    return f"{(content.reason or 'refund')[:400]} [{content.reference}]"


def standing(order: VendureOrder, content: Refund, amount: int) -> Standing:
    """The refunds of the reference; a failed one is none. Settled ones first, for their money has gone."""
    of_it = [one for payment in order.payments or () for one in payment.refunds if _is_of(one, content)]
    alive = sorted((one for one in of_it if one.state != FAILED), key=_by_state_and_age)
    ours: list[VendureRefund] = []
    missing = amount
    for one in alive:
        if one.total <= missing:
            ours.append(one)
            missing -= one.total
    doubles = tuple(one for one in alive if one not in ours)
    return Standing(ours=tuple(ours), doubles=doubles, missing=0 if _is_over(doubles) else missing)


def payment_for(order: VendureOrder, wanted: int) -> VendurePayment | None:
    """The payment that is given back from: one that covers it all, else that with the most left."""
    found = [payment for payment in order.payments or () if left_of(payment) > 0]
    covering = [payment for payment in found if left_of(payment) >= wanted]
    if covering:
        return min(covering, key=lambda one: (len(one.id), one.id))
    return max(found, key=left_of, default=None)


def left_of(payment: VendurePayment) -> int:
    """Minor units of a payment that no refund stands for."""
    if payment.state != SETTLED:
        return 0
    return payment.amount - sum(one.total for one in payment.refunds if one.state != FAILED)


def _is_of(refund: VendureRefund, content: Refund) -> bool:
    return refund.transaction_id == content.reference or (refund.reason or "").endswith(f"[{content.reference}]")


def _is_over(doubles: Sequence[VendureRefund]) -> bool:
    """Whether money of the reference has gone that makes up no part: more must not follow it."""
    return any(one.state == SETTLED for one in doubles)


def _by_state_and_age(one: VendureRefund) -> tuple[bool, int, str]:
    return one.state != SETTLED, len(one.id), one.id


def _doubled(there: Standing, content: Refund) -> str:
    return f"{len(there.doubles)} refunds more than wanted bear the reference {content.reference} in the shop"
