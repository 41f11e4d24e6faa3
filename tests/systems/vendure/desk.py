"""What happens in the shop and how things stand there, through Vendure's own Shop and Admin APIs alone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from time import monotonic
from typing import Any, TypeAlias

from hub.settings import Secret
from sources.vendure.rehearsal.hands import Hands
from tests.systems.vendure.start import Vendure

Json: TypeAlias = dict[str, Any]  # Any: JSON
CANCELLED = "ORDER_CANCELLATION"
ORDER = """query($id: ID!) { order(id: $id) {
  id code state currencyCode total totalWithTax orderPlacedAt
  customer { id emailAddress firstName lastName }
  shippingAddress { fullName streetLine1 city countryCode }
  lines { id quantity orderPlacedQuantity proratedUnitPrice productVariant { sku name } }
  payments { state amount transactionId }
  fulfillments { id state trackingCode lines { orderLineId quantity } }
  history(options: {take: 100}) { items { type data } } } }"""

PRICED = "query($id: ID!) { order(id: $id) { lines { id unitPriceWithTax } payments { id } } }"
SAID_NO = "... on ErrorResult { errorCode message }"
REFUND = f"mutation($i: RefundOrderInput!) {{ refundOrder(input: $i) {{ {SAID_NO} ... on Refund {{ id state }} }} }}"
SETTLE = f"mutation($i: SettleRefundInput!) {{ settleRefund(input: $i) {{ {SAID_NO} ... on Refund {{ id state }} }} }}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """An order of the shop."""

    id: str
    code: str

    @property
    def tracking(self) -> str:
        """The number that its parcel gets when it is shipped."""
        return f"TRACK{self.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The people of the shop and its customers."""

    hands: Hands

    async def place(self, *units: int) -> Placed:
        """A guest checks out and pays through the Shop API, one line for each number of units."""
        order, _ = await self.placed_at(*units)
        return order

    async def placed_at(self, *units: int) -> tuple[Placed, float]:
        """As `place`, and when the reply came that it is paid, by the monotonic clock."""
        made = await self.hands.place(units)
        replied = monotonic()
        return Placed(id=made, code=(await self.hands.order(made))["code"]), replied

    async def ship(self, order: Placed) -> None:
        """Fulfil all lines by the Admin API and hand the parcel over; returns with the reply that says so."""
        await self.hands.ship(order.id)

    async def deliver(self, order: Placed) -> None:
        """The parcel arrives."""
        await self.hands.deliver(order.id)

    async def pay_back(self, order: Placed, units: int, key: str) -> int:
        """Take units of the first line off again and refund what they cost, under a key of the caller; in cents."""
        found = await self.hands.admin(PRICED, id=order.id)
        line = min(found["lines"], key=lambda one: int(one["id"]))
        await self.hands.take_off(order.id, line["id"], units)
        owed: int = units * line["unitPriceWithTax"]
        wanted = {"amount": owed, "reason": "return", "lines": [], "shipping": 0, "adjustment": 0}
        refund = await self.hands.admin(REFUND, i={**wanted, "paymentId": found["payments"][0]["id"]})
        if refund["state"] == "Pending":
            await self.hands.admin(SETTLE, i={"id": refund["id"], "transactionId": key})
        return owed

    async def truth(self, order: Placed) -> Json:
        """The order as the Admin API shows it, its lines in the order in which they were put into the cart."""
        found: Json = await self.hands.admin(ORDER, id=order.id)
        found["lines"].sort(key=lambda line: int(line["id"]))
        return found

    async def units(self, order: Placed) -> tuple[str, list[tuple[int, int]]]:
        """State of the order; of each line units now and when it was placed."""
        found = await self.truth(order)
        return found["state"], [(line["quantity"], line["orderPlacedQuantity"]) for line in found["lines"]]

    async def cancellations(self, order: Placed) -> list[Json]:
        """What the shop's own history says of cancellations, the newest first."""
        return [one["data"] for one in (await self.truth(order))["history"]["items"] if one["type"] == CANCELLED]


@asynccontextmanager
async def desk_of(vendure: Vendure) -> AsyncIterator[Desk]:
    """The desk of a running shop."""
    hands = Hands(vendure.url, user=vendure.seeded.user, password=Secret(vendure.seeded.password))
    try:
        yield Desk(hands=hands)
    finally:
        await hands.close()
