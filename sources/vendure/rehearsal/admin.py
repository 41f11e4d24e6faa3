"""The Admin API's fields over the shop."""

from __future__ import annotations

import asyncio
from typing import Any

from graphql import GraphQLError

from sources.vendure.rehearsal.lists import page_of, value_of_customer, value_of_good
from sources.vendure.rehearsal.session import Door, Fields, Visit
from sources.vendure.rehearsal.shop import PROCESS, Shop
from sources.vendure.rehearsal.state import Line, Order, Refusal, Variant
from sources.vendure.rehearsal.views import (
    CURRENCY,
    View,
    customer_view,
    location_view,
    order_view,
    parcel_view,
    payment_view,
    refund_view,
    refusal_view,
    variant_view,
)

Input = dict[str, Any]  # Any: GraphQL input
RACE_SECONDS = 0.005
"""Between the shop's check and its write."""

_EMPTY = Refusal(
    typename="EmptyOrderLineSelectionError",
    code="EMPTY_ORDER_LINE_SELECTION_ERROR",
    message="At least one OrderLine must be specified",
)
_TOO_MANY = Refusal(
    typename="QuantityTooGreatError",
    code="QUANTITY_TOO_GREAT_ERROR",
    message="The specified quantity is greater than the available OrderItems",
)
_NOTHING = Refusal(
    typename="NothingToRefundError", code="NOTHING_TO_REFUND_ERROR", message="There is nothing to refund"
)
_OTHER_ORDER = Refusal(
    typename="MultipleOrderError", code="MULTIPLE_ORDER_ERROR", message="errorResult.MULTIPLE_ORDER_ERROR"
)
_FULFILLED = Refusal(
    typename="ItemsAlreadyFulfilledError",
    code="ITEMS_ALREADY_FULFILLED_ERROR",
    message="One or more OrderItems are already part of a Fulfillment",
)


class AdminRoot:
    """Root value of the Admin API; `fields` names its methods."""

    def __init__(self, shop: Shop, door: Door) -> None:
        self._shop = shop
        self._door = door

    def fields(self) -> Fields:
        """Every field by the vendor's name."""
        return {
            "login": self.login,
            "logout": self.logout,
            "me": self.me,
            "order": self.order,
            "orders": self.orders,
            "customers": self.customers,
            "productVariants": self.product_variants,
            "stockLocations": self.stock_locations,
            "activeChannel": self.active_channel,
            "globalSettings": self.global_settings,
            "cancelOrder": self.cancel_order,
            "addFulfillmentToOrder": self.add_fulfillment_to_order,
            "transitionFulfillmentToState": self.transition_fulfillment_to_state,
            "settlePayment": self.settle_payment,
            "refundOrder": self.refund_order,
            "settleRefund": self.settle_refund,
        }

    # ------------------------------------------------------------------ sessions

    def login(self, visit: Visit, args: Input) -> View:
        """Begin a session."""
        username, password = args["username"], args["password"]
        if not self._door.admit(visit, username, password):
            return {
                "__typename": "InvalidCredentialsError",
                "errorCode": "INVALID_CREDENTIALS_ERROR",
                "message": "The provided credentials are invalid",
                "authenticationError": "",
            }
        return {"__typename": "CurrentUser", "id": "1", "identifier": username}

    def logout(self, visit: Visit, _args: Input) -> View:
        """End the session."""
        self._door.dismiss(visit)
        return {"success": True}

    def me(self, visit: Visit, _args: Input) -> View | None:
        """Who asks."""
        self._door.require(visit)
        return {"id": "1", "identifier": self._door.user}

    # ------------------------------------------------------------------ reading

    def order(self, visit: Visit, args: Input) -> View | None:
        """One order; null where there is none."""
        number: str = args["id"]
        self._door.require(visit)
        order = self._find(number)
        return order_view(self._shop, order) if order else None

    def orders(self, visit: Visit, args: Input) -> View:
        """The list, carts included."""
        options: Input | None = args.get("options")
        self._door.require(visit)
        page, total = page_of(list(self._shop.orders.values()), options)
        return {"items": [order_view(self._shop, order) for order in page], "totalItems": total}

    def customers(self, visit: Visit, args: Input) -> View:
        """The list of customers."""
        options: Input | None = args.get("options")
        self._door.require(visit)
        page, total = page_of(list(self._shop.customers.values()), options, value_of_customer)
        return {"items": [customer_view(self._shop, one) for one in page], "totalItems": total}

    def product_variants(self, visit: Visit, args: Input) -> View:
        """All variants with stock."""
        options: Input | None = args.get("options")
        self._door.require(visit)
        page, total = page_of(list(self._shop.variants.values()), options, value_of_good)
        return {"items": [variant_view(self._shop, one) for one in page], "totalItems": total}

    def stock_locations(self, visit: Visit, args: Input) -> View:
        """All places where stock lies."""
        options: Input | None = args.get("options")
        self._door.require(visit)
        page, total = page_of(list(self._shop.locations.values()), options, value_of_good)
        return {"items": [location_view(one) for one in page], "totalItems": total}

    def active_channel(self, visit: Visit, _args: Input) -> View:
        """The only channel."""
        self._door.require(visit)
        return {"id": "1", "code": "__default_channel__", "token": "public", "defaultCurrencyCode": CURRENCY}

    def global_settings(self, visit: Visit, _args: Input) -> View:
        """The order process and the digits of money."""
        self._door.require(visit)
        process = [{"name": name, "to": list(after)} for name, after in PROCESS.items()]
        return {"id": "1", "serverConfig": {"orderProcess": process, "moneyStrategyPrecision": 2}}

    # ------------------------------------------------------------------ writing

    def cancel_order(self, visit: Visit, args: Input) -> View:
        """Take units off. Refunds nothing; a negative quantity puts units back."""
        given: Input = args["input"]
        self._door.require(visit)
        order = self._find(given["orderId"])
        if order is None:
            self._shop.lost("Order", given["orderId"])
        if given.get("lines") is None and order.active:
            return self._said(order, self._shop.move(order, "Cancelled"))
        asked = given.get("lines")
        if asked is None:
            asked = [{"orderLineId": str(line.id), "quantity": line.quantity} for line in order.lines]
        wanted = self._wanted(order, asked)
        if isinstance(wanted, Refusal):
            return refusal_view(wanted)
        self._shop.take_off(order, wanted, shipping=bool(given.get("cancelShipping")))
        return order_view(self._shop, order)

    async def add_fulfillment_to_order(self, visit: Visit, args: Input) -> View:
        """Pack units into a parcel. Two at the same moment both pass the check (systems.md 5.7)."""
        given: Input = args["input"]
        self._door.require(visit)
        lines = [(int(one["orderLineId"]), int(one["quantity"])) for one in given["lines"]]
        if sum(units for _, units in lines) == 0:
            return refusal_view(_EMPTY)
        order = self._shop.order_with("line", str(lines[0][0]))
        if order is None:
            self._shop.lost("OrderLine", str(lines[0][0]))
        for line_id, units in lines:
            line = next(line for line in order.lines if line.id == line_id)
            if order.units(line_id, ("Pending", "Shipped", "Delivered")) + units > line.quantity:
                return refusal_view(_FULFILLED)
            if units > line.variant.on_hand + sum(line.variant.elsewhere.values()):
                return refusal_view(_not_on_hand(line.variant))
        await asyncio.sleep(RACE_SECONDS)
        arguments = {one["name"]: one["value"] for one in given["handler"]["arguments"]}
        parcel = self._shop.fulfil(order, lines, arguments.get("method", ""), arguments.get("trackingCode", ""))
        return parcel_view(parcel)

    def transition_fulfillment_to_state(self, visit: Visit, args: Input) -> View:
        """Move a parcel on. The answer still shows the parcel's old `updatedAt`."""
        number: str = args["id"]
        state: str = args["state"]
        self._door.require(visit)
        order = self._shop.order_with("fulfillment", number)
        if order is None:
            self._shop.lost("Fulfillment", number)
        parcel = next(parcel for parcel in order.parcels if str(parcel.id) == number)
        before = parcel.updated
        refused = self._shop.move_parcel(order, parcel, state)
        return refusal_view(refused) if refused else {**parcel_view(parcel), "updatedAt": before}

    def settle_payment(self, visit: Visit, args: Input) -> View:
        """The authorised money has come."""
        number: str = args["id"]
        self._door.require(visit)
        order = self._shop.order_with("payment", number)
        if order is None:
            self._shop.lost("Payment", number)
        payment = next(payment for payment in order.payments if str(payment.id) == number)
        self._shop.settle(order, payment)
        return payment_view(payment)

    async def refund_order(self, visit: Visit, args: Input) -> View:
        """Promise money back. Two at the same moment both pass the check (systems.md 5.7)."""
        given: Input = args["input"]
        self._door.require(visit)
        number, amount = given["paymentId"], given.get("amount") or 0
        order = self._shop.order_with("payment", number)
        if order is None:
            self._shop.lost("Payment", number)
        if given.get("shipping") is None:
            message = 'null value in column "shipping" of relation "refund" violates not-null constraint'
            raise GraphQLError(message)
        payment = next(payment for payment in order.payments if str(payment.id) == number)
        if not amount and not given["shipping"]:
            return refusal_view(_NOTHING)
        most = payment.amount - sum(refund.total for refund in payment.refunds if refund.state != "Failed")
        if amount > most:
            message = "The amount specified exceeds the refundable amount for this payment"
            more: dict[str, object] = {"maximumRefundable": most}
            refusal = Refusal(typename="RefundAmountError", code="REFUND_AMOUNT_ERROR", message=message, more=more)
            return refusal_view(refusal)
        await asyncio.sleep(RACE_SECONDS)
        return refund_view(payment, self._shop.refund(payment, amount, given.get("reason")))

    def settle_refund(self, visit: Visit, args: Input) -> View:
        """The money is back."""
        given: Input = args["input"]
        self._door.require(visit)
        order = self._shop.order_with("refund", given["id"])
        if order is None:
            self._shop.lost("Refund", given["id"])
        payment, refund = next(
            (payment, refund)
            for payment in order.payments
            for refund in payment.refunds
            if str(refund.id) == given["id"]
        )
        if refund.state != "Pending":
            message = f'Cannot transition Refund from "{refund.state}" to "Settled"'
            raise GraphQLError(message, extensions={"code": "ILLEGAL_OPERATION"})
        self._shop.settle_refund(order, refund, given["transactionId"])
        return refund_view(payment, refund)

    # ------------------------------------------------------------------ shared

    def _wanted(self, order: Order, asked: list[Input]) -> list[tuple[Line, int]] | Refusal:
        if sum(one["quantity"] for one in asked) == 0:
            return _EMPTY
        lines = {str(line.id): line for one in self._shop.orders.values() for line in one.lines}
        if any(one["orderLineId"] not in lines for one in asked):
            message = "Cannot read properties of undefined (reading 'id')"
            raise GraphQLError(message)
        own = {str(line.id) for line in order.lines}
        if any(one["orderLineId"] not in own for one in asked):
            return _OTHER_ORDER
        if order.active:
            return Refusal(
                typename="CancelActiveOrderError",
                code="CANCEL_ACTIVE_ORDER_ERROR",
                message="Cannot cancel OrderLines from an Order in this state",
                more={"orderState": order.state},
            )
        wanted = [(lines[one["orderLineId"]], int(one["quantity"])) for one in asked]
        return _TOO_MANY if any(line.quantity < units for line, units in wanted) else wanted

    def _said(self, order: Order, refused: Refusal | None) -> View:
        return refusal_view(refused) if refused else order_view(self._shop, order)

    def _find(self, number: str) -> Order | None:
        return self._shop.orders.get(int(number)) if number.isascii() and number.isdigit() else None


def _not_on_hand(variant: Variant) -> Refusal:
    there = variant.on_hand + sum(variant.elsewhere.values())
    words = f'Cannot create a Fulfillment as "{variant.name}" has insufficient stockOnHand ({there})'
    return Refusal(
        typename="InsufficientStockOnHandError",
        code="INSUFFICIENT_STOCK_ON_HAND_ERROR",
        message=words,
        more={"productVariantId": variant.id, "productVariantName": variant.name, "stockOnHand": there},
    )
