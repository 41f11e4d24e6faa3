"""A draft order of the shop, step by step: each step one request of the Admin API."""

from __future__ import annotations

from dataclasses import dataclass

from hub.errors import OutcomeUnknown, SourceRefused
from hub.model.effects import CreateOrder
from hub.ports import SourceCall
from sources.vendure.basket import Basket, address_input
from sources.vendure.client import VendureClient
from sources.vendure.documents import QUOTES
from sources.vendure.mutations import ADD, BEGIN, BILL_TO, BUYER, CLAIM, DROP, METHOD, MOVE, PAY, SHIP_TO
from sources.vendure.orders import UNREADABLE
from sources.vendure.wire_answers import DraftBegun, ShippingQuote


@dataclass(frozen=True, slots=True, kw_only=True)
class Till:
    """How orders of the hub's are placed in one shop."""

    shipping_method: str
    """Code of the method for orders whose service the shop does not know."""
    payment_method: str
    """What the manual payment is called."""
    buyer: str | None = None
    """E-mail of the customer for orders that name none."""


class Drafts:
    """The steps; whoever takes them decides what a refusal means."""

    def __init__(self, client: VendureClient, source: str, till: Till) -> None:
        self._client, self._source, self._till = client, source, till

    async def begin(self, call: SourceCall) -> DraftBegun:
        """An empty draft."""
        return await self._client.make(call, BEGIN, {}, "createDraftOrder", DraftBegun)

    async def claim(self, call: SourceCall, order: str, reference: str) -> None:
        """Write the reference. Raises SourceRefused with `code` DUPLICATE where another order bears it."""
        wanted = {"id": order, "customFields": {"hubRequestId": reference}}
        await self._client.act(call, CLAIM, {"order": order, "input": wanted}, "setDraftOrderCustomFields")

    async def drop(self, call: SourceCall, order: str) -> None:
        """Delete the draft; nothing happens where it is none any more."""
        await self._client.act(call, DROP, {"order": order}, "deleteDraftOrder")

    async def forget(self, call: SourceCall, order: str) -> None:
        """As `drop`, where it does not matter whether it succeeds: what stays is deleted by the next call."""
        try:
            await self.drop(call, order)
        except (*UNREADABLE, OutcomeUnknown, SourceRefused):
            return

    async def fill(self, call: SourceCall, order: str, made: Basket, content: CreateOrder) -> None:
        """Lines, buyer, addresses, method; then it waits to be paid. Raises SourceRefused at what the shop rejects."""
        for variant, units in made.items.items():
            item = {"order": order, "input": {"productVariantId": variant, "quantity": units}}
            await self._client.act(call, ADD, item, "addItemToDraftOrder")
        await self._client.act(call, BUYER, {"order": order, **made.buyer}, "setCustomerForDraftOrder")
        if content.ship_to is not None:
            where = {"order": order, "input": address_input(content.ship_to)}
            await self._client.act(call, SHIP_TO, where, "setDraftOrderShippingAddress")
        if content.bill_to is not None:
            where = {"order": order, "input": address_input(content.bill_to)}
            await self._client.act(call, BILL_TO, where, "setDraftOrderBillingAddress")
        method = {"order": order, "method": await self._method(call, order, content.shipping_service)}
        await self._client.act(call, METHOD, method, "setDraftOrderShippingMethod")
        await self._client.act(call, MOVE, {"order": order, "state": "ArrangingPayment"}, "transitionOrderToState")

    async def pay(self, call: SourceCall, order: str, reference: str) -> None:
        """A manual payment over all of it: settled at once, for Vendure knows no other, and the order is placed."""
        payment = {"orderId": order, "method": self._till.payment_method, "transactionId": reference, "metadata": {}}
        await self._client.act(call, PAY, {"input": payment}, "addManualPaymentToOrder")

    async def _method(self, call: SourceCall, order: str, service: str | None) -> str:
        """Id of the method that the order names by code or name, else of the one that the settings name."""
        quotes = await self._client.query(
            call, QUOTES, {"order": order}, "eligibleShippingMethodsForDraftOrder", list[ShippingQuote]
        )
        for wanted in (service, self._till.shipping_method):
            for quote in quotes:
                if wanted and wanted.strip().lower() in (quote.code.lower(), quote.name.lower()):
                    return quote.id
        offered = ", ".join(quote.code for quote in quotes) or "none"
        message = f"the shop offers no shipping method {service or self._till.shipping_method} here: {offered}"
        raise SourceRefused(message, source=self._source)
