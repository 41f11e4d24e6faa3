"""The Admin API's fields for orders that the shop's own people write: drafts, until they are paid."""

from __future__ import annotations

import asyncio
from typing import Any

from graphql import GraphQLError

from sources.vendure.rehearsal.session import Door, Fields, Visit
from sources.vendure.rehearsal.shop import Shop, start_shipping
from sources.vendure.rehearsal.state import (
    EMAIL_TAKEN,
    NEGATIVE,
    NO_METHOD,
    SHIPPING_NET,
    Customer,
    Order,
    Refusal,
    Variant,
    gross,
    stuck,
)
from sources.vendure.rehearsal.views import View, order_view, refusal_view

Input = dict[str, Any]  # Any: GraphQL input
MOST_UNITS = 999
RACE_SECONDS = 0.005
"""Between the shop's check and its write."""
COUNTRIES = {"BE": "Belgium", "NL": "Netherlands", "DE": "Germany", "FR": "France"}

_NOT_OPEN = Refusal(
    typename="OrderModificationError",
    code="ORDER_MODIFICATION_ERROR",
    message='Order contents may only be modified when in the "AddingItems" state',
)
_TOO_LONG = Refusal(
    typename="OrderLimitError",
    code="ORDER_LIMIT_ERROR",
    message=f"Cannot add items. An order may consist of a maximum of {MOST_UNITS} items",
    more={"maxItems": MOST_UNITS},
)
_NOT_PAYABLE = Refusal(
    typename="ManualPaymentStateError",
    code="MANUAL_PAYMENT_STATE_ERROR",
    message='A manual payment may only be added when in the "ArrangingPayment" or "ArrangingAdditionalPayment" states',
)


class DraftDesk:
    """A person at the desk who writes an order for a customer; `fields` names its methods."""

    def __init__(self, shop: Shop, door: Door) -> None:
        self._shop, self._door = shop, door

    def fields(self) -> Fields:
        """Every field by the vendor's name."""
        return {
            "createDraftOrder": self.create,
            "deleteDraftOrder": self.delete,
            "setDraftOrderCustomFields": self.set_custom_fields,
            "addItemToDraftOrder": self.add_item,
            "setCustomerForDraftOrder": self.set_customer,
            "setDraftOrderShippingAddress": self.set_shipping_address,
            "setDraftOrderBillingAddress": self.set_billing_address,
            "eligibleShippingMethodsForDraftOrder": self.eligible_methods,
            "setDraftOrderShippingMethod": self.set_method,
            "transitionOrderToState": self.move,
            "addManualPaymentToOrder": self.pay,
        }

    def create(self, visit: Visit, _args: Input) -> View:
        """An empty draft: an order in every list, with a code, not placed."""
        self._door.require(visit)
        return order_view(self._shop, self._shop.draft())

    def delete(self, visit: Visit, args: Input) -> View:
        """The draft is gone, its code and its reference with it; an order that is none stays."""
        self._door.require(visit)
        order = self._shop.orders.get(_number(args["orderId"]))
        if order is None or order.state != "Draft":
            words = f"No draft Order with the ID {args['orderId']} was found"
            return {"__typename": "DeletionResponse", "result": "NOT_DELETED", "message": words}
        del self._shop.orders[order.id]
        return {"__typename": "DeletionResponse", "result": "DELETED", "message": None}

    def set_custom_fields(self, visit: Visit, args: Input) -> View:
        """Set `hubRequestId`; a second order with the same one fails with the database's own words."""
        order = self._order(visit, args["orderId"])
        self._shop.refer(order, (args["input"].get("customFields") or {}).get("hubRequestId"))
        return order_view(self._shop, order)

    def add_item(self, visit: Visit, args: Input) -> View:
        """Put units on the draft; with too little stock it refuses and has added what there was."""
        order, given = self._order(visit, args["orderId"]), args["input"]
        variant, units = self._variant(given["productVariantId"]), int(given["quantity"])
        refusal = _unfit(order, units)
        if refusal is not None:
            return refusal_view(refusal)
        on_it = sum(line.quantity for line in order.lines if line.variant is variant)
        there = max(0, self._shop.saleable(variant) - on_it)
        if min(units, there) > 0:
            self._shop.add(order, variant, min(units, there))
        if units > there or units == 0:
            few = f"Only {there}" if there and units else "No"
            words = f"{few} items were added to the order due to insufficient stock"
            more = {"quantityAvailable": there if units else 0, "order": order_view(self._shop, order)}
            return refusal_view(
                Refusal(typename="InsufficientStockError", code="INSUFFICIENT_STOCK_ERROR", message=words, more=more)
            )
        return order_view(self._shop, order)

    def set_customer(self, visit: Visit, args: Input) -> View:
        """Say who buys: a known customer, or a new one; a registered e-mail is refused as a new one's."""
        order = self._order(visit, args["orderId"])
        number, given = args.get("customerId"), args.get("input")
        if number is not None:
            order.customer = self._customer(number)
        elif given is not None:
            email = given["emailAddress"].lower()
            if any(one.registered and one.email == email for one in self._shop.customers.values()):
                return refusal_view(EMAIL_TAKEN)
            order.customer = self._shop.buyer(email, given["firstName"], given["lastName"], given.get("phoneNumber"))
        else:
            message = 'Either "customerId" or "input" must be supplied to setCustomerForDraftOrder'
            raise GraphQLError(message, extensions={"code": "USER_INPUT_ERROR"})
        return order_view(self._shop, order)

    def set_shipping_address(self, visit: Visit, args: Input) -> View:
        """Say where it goes."""
        order = self._order(visit, args["orderId"])
        order.address = _address(args["input"])
        return order_view(self._shop, order)

    def set_billing_address(self, visit: Visit, args: Input) -> View:
        """Say who gets the bill."""
        order = self._order(visit, args["orderId"])
        order.billing_address = _address(args["input"])
        return order_view(self._shop, order)

    def eligible_methods(self, visit: Visit, args: Input) -> list[View]:
        """The only shipping method."""
        self._order(visit, args["orderId"])
        price = {"price": SHIPPING_NET, "priceWithTax": gross(SHIPPING_NET)}
        return [{"id": "1", "code": "standard", "name": "Standard", **price}]

    def set_method(self, visit: Visit, args: Input) -> View:
        """Choose how it goes."""
        order = self._order(visit, args["orderId"])
        if args["shippingMethodId"] != "1":
            return refusal_view(NO_METHOD)
        start_shipping(order)
        return order_view(self._shop, order)

    def move(self, visit: Visit, args: Input) -> View:
        """Go to the till, if all is said and all is there."""
        order, state = self._order(visit, args["id"]), args["state"]
        lack = self._lack(order) if state == "ArrangingPayment" and order.state == "Draft" else None
        if lack is not None:
            return refusal_view(stuck(order, state, lack))
        from_draft = order.state == "Draft"
        refused = self._shop.move(order, state)
        if refused is not None:
            return refusal_view(refused)
        order.active = order.active or (from_draft and state == "ArrangingPayment")
        return order_view(self._shop, order)

    async def pay(self, visit: Visit, args: Input) -> View:
        """A manual payment over all of it, settled at once: the order is placed.

        Two at one moment both pass the check: one payment stays, and the units are allocated twice.
        """
        given = args["input"]
        order = self._order(visit, given["orderId"])
        if order.state != "ArrangingPayment":
            return refusal_view(_NOT_PAYABLE)
        await asyncio.sleep(RACE_SECONDS)
        order.payments.clear()
        self._shop.pay(order, given["method"], settled=True, transaction=given.get("transactionId"))
        return order_view(self._shop, order)

    def _lack(self, order: Order) -> str | None:
        """What keeps a draft from the till, in the shop's words."""
        if not order.lines:
            return 'Cannot transition Order to the "ArrangingPayment" state when it is empty'
        if order.customer is None:
            return 'Cannot transition Order to the "ArrangingPayment" state without Customer details'
        if not order.shipping_net:
            return 'Cannot transition Order to the "ArrangingPayment" state without a ShippingMethod'
        short = [line.variant.name for line in order.lines if line.quantity > self._shop.saleable(line.variant)]
        if short:
            names = ", ".join(short)
            return f'Cannot transition Order to the "ArrangingPayment" state due to insufficient stock of {names}'
        return None

    def _order(self, visit: Visit, number: str) -> Order:
        self._door.require(visit)
        order = self._shop.orders.get(_number(number))
        if order is None:
            self._shop.lost("Order", number)
        return order

    def _variant(self, number: str) -> Variant:
        variant = self._shop.variants.get(_number(number))
        if variant is None:
            self._shop.lost("ProductVariant", number)
        return variant

    def _customer(self, number: str) -> Customer:
        customer = self._shop.customers.get(_number(number))
        if customer is None:
            message = f'No customer with the id "{number}" was found in this Channel'
            raise GraphQLError(message, extensions={"code": "USER_INPUT_ERROR"})
        return customer


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else 0


def _unfit(order: Order, units: int) -> Refusal | None:
    if units < 0:
        return NEGATIVE
    if order.state not in ("Draft", "AddingItems"):
        return _NOT_OPEN
    return _TOO_LONG if sum(line.quantity for line in order.lines) + units > MOST_UNITS else None


def _address(given: Input) -> dict[str, str | None]:
    code = given["countryCode"]
    if code not in COUNTRIES:
        message = f'The countryCode "{code}" was not recognized'
        raise GraphQLError(message, extensions={"code": "USER_INPUT_ERROR"})
    return {**given, "country": COUNTRIES[code]}
