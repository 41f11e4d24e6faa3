"""The Admin API's fields over the shop."""

from __future__ import annotations

from typing import Any

from graphql import GraphQLError, GraphQLResolveInfo

from sources.vendure.rehearsal.lists import DEFAULT, page_of
from sources.vendure.rehearsal.session import Door, Visit
from sources.vendure.rehearsal.shop import PROCESS, Shop
from sources.vendure.rehearsal.state import Line, Order, Refusal
from sources.vendure.rehearsal.views import (
    CURRENCY,
    View,
    customer_view,
    order_view,
    parcel_view,
    payment_view,
    refund_view,
    refusal_view,
    variant_view,
)

Info = GraphQLResolveInfo
Input = dict[str, Any]  # Any: GraphQL input

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
_OTHER_ORDER = Refusal(
    typename="MultipleOrderError", code="MULTIPLE_ORDER_ERROR", message="errorResult.MULTIPLE_ORDER_ERROR"
)
_FULFILLED = Refusal(
    typename="ItemsAlreadyFulfilledError",
    code="ITEMS_ALREADY_FULFILLED_ERROR",
    message="One or more OrderItems are already part of a Fulfillment",
)


class AdminRoot:
    """Root value of the Admin API; each method is a field."""

    def __init__(self, shop: Shop, door: Door) -> None:
        self._shop = shop
        self._door = door

    # ------------------------------------------------------------------ sessions

    def login(self, info: Info, *, username: str, password: str, **_: object) -> View:
        """Begin a session."""
        visit = _visit(info)
        if not self._door.admit(visit, username, password):
            return {
                "__typename": "InvalidCredentialsError",
                "errorCode": "INVALID_CREDENTIALS_ERROR",
                "message": "The provided credentials are invalid",
                "authenticationError": "",
            }
        return {"__typename": "CurrentUser", "id": "1", "identifier": username}

    def logout(self, info: Info) -> View:
        """End the session."""
        self._door.dismiss(_visit(info))
        return {"success": True}

    def me(self, info: Info) -> View | None:
        """Who asks."""
        self._known(info)
        return {"id": "1", "identifier": self._door.user}

    # ------------------------------------------------------------------ reading

    def order(self, info: Info, *, id: str) -> View | None:  # noqa: A002 - the vendor's argument
        """One order; null where there is none."""
        self._known(info)
        order = self._find(id)
        return order_view(self._shop, order) if order else None

    def orders(self, info: Info, *, options: Input | None = None) -> View:
        """The list, carts included."""
        self._known(info)
        page, total = page_of(list(self._shop.orders.values()), options)
        return {"items": [order_view(self._shop, order) for order in page], "totalItems": total}

    def customers(self, info: Info, *, options: Input | None = None) -> View:
        """All customers."""
        self._known(info)
        people = list(self._shop.customers.values())
        return {"items": [customer_view(self._shop, one) for one in _slice(people, options)], "totalItems": len(people)}

    def productVariants(self, info: Info, *, options: Input | None = None) -> View:  # noqa: N802 - the vendor's field
        """All variants with stock."""
        self._known(info)
        variants = list(self._shop.variants.values())
        return {"items": [variant_view(one) for one in _slice(variants, options)], "totalItems": len(variants)}

    def activeChannel(self, info: Info) -> View:  # noqa: N802 - the vendor's field
        """The only channel."""
        self._known(info)
        return {"id": "1", "code": "__default_channel__", "token": "public", "defaultCurrencyCode": CURRENCY}

    def globalSettings(self, info: Info) -> View:  # noqa: N802 - the vendor's field
        """The order process and the digits of money."""
        self._known(info)
        process = [{"name": name, "to": list(after)} for name, after in PROCESS.items()]
        return {"id": "1", "serverConfig": {"orderProcess": process, "moneyStrategyPrecision": 2}}

    # ------------------------------------------------------------------ writing

    def cancelOrder(self, info: Info, *, input: Input) -> View:  # noqa: N802, A002 - the vendor's names
        """Take units off. Refunds nothing; a negative quantity puts units back."""
        self._known(info)
        order = self._find(input["orderId"])
        if order is None:
            raise self._shop.missing("Order", input["orderId"])
        if input.get("lines") is None and order.active:
            return self._said(order, self._shop.move(order, "Cancelled"))
        asked = input.get("lines")
        if asked is None:
            asked = [{"orderLineId": str(line.id), "quantity": line.quantity} for line in order.lines]
        wanted = self._wanted(order, asked)
        if isinstance(wanted, Refusal):
            return refusal_view(wanted)
        self._shop.take_off(order, wanted, shipping=bool(input.get("cancelShipping")))
        return order_view(self._shop, order)

    def addFulfillmentToOrder(self, info: Info, *, input: Input) -> View:  # noqa: N802, A002 - the vendor's names
        """Pack units into a parcel."""
        self._known(info)
        lines = [(int(one["orderLineId"]), int(one["quantity"])) for one in input["lines"]]
        if sum(units for _, units in lines) == 0:
            return refusal_view(_EMPTY)
        order = self._shop.order_with("line", str(lines[0][0]))
        if order is None:
            raise self._shop.missing("OrderLine", str(lines[0][0]))
        for line_id, units in lines:
            line = next(line for line in order.lines if line.id == line_id)
            if order.units(line_id, ("Pending", "Shipped", "Delivered")) + units > line.quantity:
                return refusal_view(_FULFILLED)
        arguments = {one["name"]: one["value"] for one in input["handler"]["arguments"]}
        parcel = self._shop.fulfil(order, lines, arguments.get("method", ""), arguments.get("trackingCode", ""))
        return parcel_view(parcel)

    def transitionFulfillmentToState(self, info: Info, *, id: str, state: str) -> View:  # noqa: N802, A002 - as above
        """Move a parcel on. The answer still shows the parcel's old `updatedAt`."""
        self._known(info)
        order = self._shop.order_with("fulfillment", id)
        if order is None:
            raise self._shop.missing("Fulfillment", id)
        parcel = next(parcel for parcel in order.parcels if str(parcel.id) == id)
        before = parcel.updated
        refused = self._shop.move_parcel(order, parcel, state)
        return refusal_view(refused) if refused else {**parcel_view(parcel), "updatedAt": before}

    def settlePayment(self, info: Info, *, id: str) -> View:  # noqa: N802, A002 - the vendor's names
        """The authorised money has come."""
        self._known(info)
        order = self._shop.order_with("payment", id)
        if order is None:
            raise self._shop.missing("Payment", id)
        payment = next(payment for payment in order.payments if str(payment.id) == id)
        self._shop.settle(order, payment)
        return payment_view(payment)

    def refundOrder(self, info: Info, *, input: Input) -> View:  # noqa: N802, A002 - the vendor's names
        """Promise money back."""
        self._known(info)
        number, amount = input["paymentId"], input.get("amount") or 0
        order = self._shop.order_with("payment", number)
        if order is None:
            raise self._shop.missing("Payment", number)
        if input.get("shipping") is None:
            message = 'null value in column "shipping" of relation "refund" violates not-null constraint'
            raise GraphQLError(message)
        payment = next(payment for payment in order.payments if str(payment.id) == number)
        most = payment.amount - sum(refund.total for refund in payment.refunds)
        if amount > most:
            message = "The amount specified exceeds the refundable amount for this payment"
            more: dict[str, object] = {"maximumRefundable": most}
            refusal = Refusal(typename="RefundAmountError", code="REFUND_AMOUNT_ERROR", message=message, more=more)
            return refusal_view(refusal)
        return refund_view(payment, self._shop.refund(order, payment, amount, input.get("reason")))

    def settleRefund(self, info: Info, *, input: Input) -> View:  # noqa: N802, A002 - the vendor's names
        """The money is back."""
        self._known(info)
        order = self._shop.order_with("refund", input["id"])
        if order is None:
            raise self._shop.missing("Refund", input["id"])
        for payment in order.payments:
            for refund in payment.refunds:
                if str(refund.id) == input["id"]:
                    self._shop.settle_refund(order, refund, input["transactionId"])
                    return refund_view(payment, refund)
        raise self._shop.missing("Refund", input["id"])

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

    def _known(self, info: Info) -> None:
        self._door.require(_visit(info))


def _visit(info: Info) -> Visit:
    visit: Visit = info.context
    return visit


def _slice(rows: list[Any], options: Input | None) -> list[Any]:  # Any: variants or customers
    wanted = options or {}
    skip = wanted.get("skip") or 0
    return rows[skip : skip + (wanted.get("take") or DEFAULT)]
