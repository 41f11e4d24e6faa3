"""`order.create`: an order of the hub's stands in the shop, placed, once; UNIQUE by its custom field `hubRequestId`.

The reference is set on an empty draft before anything else, so the shop itself refuses a second one. A draft that bears
the reference and was left half-way is deleted and begun anew: whoever still writes to it finds it gone, and no line is
ever added twice. From `ArrangingPayment` on the lines are whole, and it is gone on with from there.

Two calls that pay at one moment (an owner paused past its lease) make one payment, but Vendure then allocates the units
twice; what is published makes up for it, since on hand is written above what is allocated.

With too little stock Vendure adds what there is; an order is wanted whole, so that is a refusal, and the draft is
deleted. Prices are the shop's own. A draft without a reference, left by a call that ended between two requests, stays
empty in the shop's list of drafts and is nobody's order.
"""

from __future__ import annotations

from typing import Any

from hub.errors import SourceRefused
from hub.model.effects import CreateOrder
from hub.model.intents import Outcome, OutcomeState
from hub.ports import SourceCall
from sources.vendure.basket import Basket, basket
from sources.vendure.client import DUPLICATE, VendureClient
from sources.vendure.drafts import Drafts, Till
from sources.vendure.orders import UNREADABLE, Orders
from sources.vendure.wire import VendureOrder

DRAFT, PAYABLE = "Draft", "ArrangingPayment"


class Creating:
    """One order of the hub's, on its way into the shop."""

    def __init__(self, client: VendureClient, orders: Orders, till: Till, content: CreateOrder) -> None:
        self._client, self._orders, self._till = client, orders, till
        self._drafts = Drafts(client, orders.source, till)
        self._content = content

    async def execute(self, call: SourceCall) -> Outcome:
        """Place the order, unless it is there.

        PARTIAL: begun, and the shop went away, or another call is at work on it. REFUSED, with words: nothing is left.
        """
        found = await self._orders.by_reference(call, self._content.reference)
        if found is None or _is_draft(found):
            made = await self._basket(call)
            return await self._make(call, made, found)
        return await self._pay(call, found.id) if _is_payable(found) else standing(found)

    async def resolve(self, call: SourceCall) -> Outcome:
        """Look how the order stands; nothing else."""
        return standing(await self._orders.by_reference(call, self._content.reference))

    async def _basket(self, call: SourceCall) -> Basket:
        return await basket(call, self._client, self._content, source=self._orders.source, buyer=self._till.buyer)

    async def _make(self, call: SourceCall, made: Basket, left_over: VendureOrder | None) -> Outcome:
        if left_over is not None:
            await self._drafts.drop(call, left_over.id)
        draft = await self._drafts.begin(call)
        try:
            await self._drafts.claim(call, draft.id, self._content.reference)
        except SourceRefused as refused:
            await self._drafts.forget(call, draft.id)
            if refused.facts.get("code") == DUPLICATE:
                return Outcome(state=OutcomeState.PARTIAL, words="another call is at work on this order")
            raise
        try:
            if draft.currency_code != self._content.currency_code:
                message = f"the shop sells in {draft.currency_code}, not in {self._content.currency_code}"
                raise SourceRefused(message, source=self._orders.source)
            await self._drafts.fill(call, draft.id, made, self._content)
        except SourceRefused as refused:
            return await self._refused(call, draft.id, refused)
        except UNREADABLE:
            return Outcome(state=OutcomeState.PARTIAL)
        return await self._pay(call, draft.id)

    async def _refused(self, call: SourceCall, draft: str, refused: SourceRefused) -> Outcome:
        """The shop said no: perhaps because another call has taken the draft away, else the draft goes."""
        try:
            found = await self._orders.by_reference(call, self._content.reference)
        except UNREADABLE:
            return Outcome(state=OutcomeState.PARTIAL)
        if found is None or found.id != draft:
            return Outcome(state=OutcomeState.PARTIAL, words="another call is at work on this order")
        if _is_draft(found):
            await self._drafts.forget(call, draft)
            return Outcome(state=OutcomeState.REFUSED, words=refused.message, cause=refused.cause)
        return standing(found)

    async def _pay(self, call: SourceCall, order_id: str) -> Outcome:
        """The order is paid and thereby placed. What is refused may be done already: what the shop holds decides."""
        refused: SourceRefused | None = None
        try:
            await self._drafts.pay(call, order_id, self._content.reference)
        except SourceRefused as words:
            refused = words
        except UNREADABLE:
            return Outcome(state=OutcomeState.PARTIAL, source_id=order_id)
        try:
            found = await self.resolve(call)
        except UNREADABLE:
            state = OutcomeState.PARTIAL if refused else OutcomeState.ACCEPTED
            return Outcome(state=state, source_id=order_id)
        if refused is not None and found.state is not OutcomeState.DONE:
            return Outcome(state=OutcomeState.REFUSED, words=refused.message, source_id=order_id, cause=refused.cause)
        return found


def standing(order: VendureOrder | None) -> Outcome:
    """What an order that bears the reference means: DONE once it is placed, PARTIAL while it can be gone on with."""
    if order is None:
        return Outcome(state=OutcomeState.ABSENT)
    told: dict[str, Any] = {"reference": order.code, "source_id": order.id}
    if order.order_placed_at is not None:
        return Outcome(state=OutcomeState.DONE, **told)
    if _is_draft(order) or _is_payable(order):
        return Outcome(state=OutcomeState.PARTIAL, **told)
    words = f"an order of this reference was never placed and is {order.state}"
    return Outcome(state=OutcomeState.REFUSED, words=words, **told)


def _is_draft(order: VendureOrder) -> bool:
    return order.order_placed_at is None and order.state == DRAFT


def _is_payable(order: VendureOrder) -> bool:
    return order.order_placed_at is None and order.state == PAYABLE
