"""Hands for the checks of what gives goods and money back: they act and look at the shop's own desk."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from decimal import Decimal

from hub.model.effects import REFUND, TAKE_BACK, Effect, GoodsLine, Refund, TakeBack
from hub.model.intents import Intent, IntentOf
from hub.model.values import Money
from hub.model.vocabulary import Kind
from sources.kit.taking import Stood
from sources.vendure.rehearsal.hands import Hands, HandsFailed

_LINES = """query($id:ID!){order(id:$id){code totalWithTax lines{id quantity orderPlacedQuantity productVariant{sku}}
  payments{id amount refunds{id state total reason transactionId}}}}"""
_AGAIN = """mutation($i:RefundOrderInput!){refundOrder(input:$i){
  __typename ... on ErrorResult { errorCode message }}}"""
_LOOKING = b"HubOrders("


class BackTaking:
    """Units that come back from a customer."""

    steps: Sequence[bytes] = (b"cancelOrder(",)
    looking = _LOOKING

    def __init__(self, hands: Hands, source: str) -> None:
        self._hands, self._source = hands, source

    async def sample(self) -> Intent:
        """Two of four, one of two, of an order that has been delivered."""
        order = await self._hands.place((4, 2))
        await self._hands.ship(order)
        await self._hands.deliver(order)
        return await self._wanted(order, 2, 1)

    async def bearing(self, intent: Intent) -> Sequence[Stood]:
        """The order, once something has come back."""
        order = await self._hands.admin(_LINES, id=intent.source_id)
        back = {
            line["productVariant"]["sku"]: Decimal(line["orderPlacedQuantity"] - line["quantity"])
            for line in order["lines"]
        }
        return [Stood(source_id=str(intent.source_id), lines=back)] if any(back.values()) else []

    async def hopeless(self) -> Intent | None:
        """Of an order that nothing has left of."""
        return await self._wanted(await self._hands.place((2, 2)), 1, 1)

    async def again(self, intent: Intent) -> bool | None:
        """The same units once more: the shop takes them off while there are any."""
        lines = intent.content.lines if isinstance(intent.content, TakeBack) else ()
        for line in lines:
            await self._hands.take_off(str(intent.source_id), str(line.line), int(line.quantity))
        return True

    async def _wanted(self, order: str, *units: int) -> Intent:
        found = await self._hands.admin(_LINES, id=order)
        lines = tuple(
            GoodsLine(
                line_no=number,
                sku=line["productVariant"]["sku"],
                quantity=Decimal(n),
                unit="C62",
                line=line["id"],
            )
            for number, (line, n) in enumerate(zip(found["lines"], units, strict=True), start=1)
        )
        return _intent(self._source, TAKE_BACK, TakeBack(reference=f"{found['code']}-R1", lines=lines), order)


class RefundTaking:
    """Money that goes back to a customer."""

    steps: Sequence[bytes] = (b"refundOrder(", b"settleRefund(")
    looking = _LOOKING

    def __init__(self, hands: Hands, source: str) -> None:
        self._hands, self._source = hands, source

    async def sample(self) -> Intent:
        """A part of what was paid."""
        return await self._wanted(await self._hands.place((2, 1)), Decimal("12.34"))

    async def bearing(self, intent: Intent) -> Sequence[Stood]:
        """Refunds that bear the reference, in their reason or as their transaction."""
        content = intent.content
        if not isinstance(content, Refund):
            return []
        order = await self._hands.admin(_LINES, id=intent.source_id)
        wanted = int(content.amount.amount * 100)
        return [
            Stood(
                source_id=refund["id"],
                lines={},
                is_whole=(refund["state"], refund["total"], refund["transactionId"])
                == ("Settled", wanted, content.reference),
            )
            for payment in order["payments"]
            for refund in payment["refunds"]
            if content.reference in (refund["transactionId"] or refund["reason"] or "")
        ]

    async def hopeless(self) -> Intent | None:
        """More than was paid."""
        order = await self._hands.place((1,))
        paid = (await self._hands.admin(_LINES, id=order))["totalWithTax"]
        return await self._wanted(order, (Decimal(paid) + 1) / 100)

    async def again(self, intent: Intent) -> bool | None:
        """A second refund of the same amount."""
        content = intent.content
        if not isinstance(content, Refund):
            return None
        order = await self._hands.admin(_LINES, id=intent.source_id)
        wanted = {
            "paymentId": order["payments"][0]["id"],
            "amount": int(content.amount.amount * 100),
            "reason": "again",
            "lines": [],
            "shipping": 0,
            "adjustment": 0,
        }
        try:
            await self._hands.admin(_AGAIN, i=wanted)
        except HandsFailed:
            return False
        return True

    async def _wanted(self, order: str, amount: Decimal) -> Intent:
        reference = f"RF-{uuid.uuid4().hex[:12]}".upper()
        content = Refund(reference=reference, amount=Money(amount=amount, currency_code="EUR"), reason="returned")
        return _intent(self._source, REFUND, content, order)


def _intent(source: str, action: str, content: Effect, order: str) -> Intent:
    key = f"{source}/{action}:{uuid.uuid4().hex[:8]}"
    return IntentOf(source=source, kind=Kind.ORDER, source_id=order, action=action, key=key, content=content)
