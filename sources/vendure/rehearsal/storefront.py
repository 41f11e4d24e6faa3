"""The Shop API's fields over the shop: enough to check out as a guest."""

from __future__ import annotations

from typing import Any

from graphql import GraphQLError, GraphQLResolveInfo

from sources.vendure.rehearsal.session import Door, Visit
from sources.vendure.rehearsal.shop import Shop, start_shipping
from sources.vendure.rehearsal.state import SHIPPING_NET, Order, Refusal, gross
from sources.vendure.rehearsal.views import View, order_view, refusal_view

Info = GraphQLResolveInfo
Input = dict[str, Any]  # Any: GraphQL input
METHODS = {"dummy": True, "dummy-auth": False}
"""Payment methods, and whether they settle at once."""

_NO_ORDER = Refusal(
    typename="NoActiveOrderError",
    code="NO_ACTIVE_ORDER_ERROR",
    message="There is no active Order associated with the current session",
)
_EMAIL_TAKEN = Refusal(
    typename="EmailAddressConflictError",
    code="EMAIL_ADDRESS_CONFLICT_ERROR",
    message="The email address is not available.",
)
_NEGATIVE = Refusal(
    typename="NegativeQuantityError",
    code="NEGATIVE_QUANTITY_ERROR",
    message="The quantity for an OrderItem cannot be negative",
)
_NO_METHOD = Refusal(
    typename="IneligibleShippingMethodError",
    code="INELIGIBLE_SHIPPING_METHOD_ERROR",
    message="This Order is not eligible for the selected ShippingMethod",
)
_NOT_PAYABLE = Refusal(
    typename="OrderPaymentStateError",
    code="ORDER_PAYMENT_STATE_ERROR",
    message='A Payment may only be added when Order is in "ArrangingPayment" state',
)
_NO_PAYMENT_METHOD = Refusal(
    typename="IneligiblePaymentMethodError",
    code="INELIGIBLE_PAYMENT_METHOD_ERROR",
    message="This Order is not eligible for the selected PaymentMethod",
    more={"eligibilityCheckerMessage": None},
)


class ShopRoot:
    """Root value of the Shop API; each method is a field."""

    def __init__(self, shop: Shop, door: Door) -> None:
        self._shop = shop
        self._door = door

    def activeOrder(self, info: Info) -> View | None:  # noqa: N802 - the vendor's field
        """The visitor's cart."""
        order = self._door.cart(_visit(info))
        return order_view(self._shop, order) if order else None

    def orderByCode(self, _info: Info, *, code: str) -> View | None:  # noqa: N802 - the vendor's field
        """A placed order, for whoever knows its code."""
        for order in self._shop.orders.values():
            if order.code == code and order.placed_at is not None:
                return order_view(self._shop, order)
        return None

    def eligibleShippingMethods(self, _info: Info) -> list[View]:  # noqa: N802 - the vendor's field
        """The only shipping method."""
        return [{"id": "1", "price": SHIPPING_NET, "priceWithTax": gross(SHIPPING_NET), "code": "standard", "name": "Standard"}]

    def addItemToOrder(self, info: Info, *, productVariantId: str, quantity: int) -> View:  # noqa: N802, N803 - as above
        """Put units into the cart; with too little stock it refuses and has added what there was."""
        visit = _visit(info)
        variant = self._shop.variants.get(int(productVariantId) if productVariantId.isdigit() else 0)
        if variant is None:
            raise self._shop.missing("ProductVariant", productVariantId)
        if quantity < 0:
            return refusal_view(_NEGATIVE)
        order = self._door.cart(visit)
        if order is None:
            order = self._shop.cart()
            self._door.keep_cart(visit, order)
        in_cart = sum(line.quantity for line in order.lines if line.variant is variant)
        saleable = max(0, variant.on_hand - variant.allocated - in_cart)
        self._shop.add(order, variant, min(quantity, saleable))
        if quantity > saleable:
            return self._too_few(order, saleable)
        return order_view(self._shop, order)

    def setCustomerForOrder(self, info: Info, *, input: Input) -> View:  # noqa: N802, A002 - the vendor's names
        """Say who buys; a registered e-mail is refused."""
        order = self._door.cart(_visit(info))
        if order is None:
            return refusal_view(_NO_ORDER)
        email = input["emailAddress"]
        if any(one.registered and one.email == email for one in self._shop.customers.values()):
            return refusal_view(_EMAIL_TAKEN)
        order.customer = self._shop.buyer(email, input["firstName"], input["lastName"], input.get("phoneNumber"))
        return order_view(self._shop, order)

    def setOrderShippingAddress(self, info: Info, *, input: Input) -> View:  # noqa: N802, A002 - the vendor's names
        """Say where it goes."""
        order = self._door.cart(_visit(info))
        if order is None:
            return refusal_view(_NO_ORDER)
        order.address = {**input, "country": "Belgium" if input["countryCode"] == "BE" else None}
        return order_view(self._shop, order)

    def setOrderCustomFields(self, info: Info, *, input: Input) -> View:  # noqa: N802, A002 - the vendor's names
        """Set `hubRequestId`; a second order with the same one fails with the database's own words."""
        order = self._door.cart(_visit(info))
        if order is None:
            return refusal_view(_NO_ORDER)
        wanted = (input.get("customFields") or {}).get("hubRequestId")
        if wanted is not None and any(
            one.request_id == wanted and one is not order for one in self._shop.orders.values()
        ):
            message = 'duplicate key value violates unique constraint "UQ_c02756b5e8b8978b8c458b9e6dc"'
            raise GraphQLError(message)
        order.request_id = wanted
        return order_view(self._shop, order)

    def setOrderShippingMethod(self, info: Info, *, shippingMethodId: list[str]) -> View:  # noqa: N802, N803 - as above
        """Choose how it goes."""
        order = self._door.cart(_visit(info))
        if order is None:
            return refusal_view(_NO_ORDER)
        if shippingMethodId != ["1"]:
            return refusal_view(_NO_METHOD)
        start_shipping(order)
        return order_view(self._shop, order)

    def transitionOrderToState(self, info: Info, *, state: str) -> View | None:  # noqa: N802 - the vendor's field
        """Go to the till, if all is said."""
        order = self._door.cart(_visit(info))
        if order is None:
            return None
        if state == "ArrangingPayment" and order.customer is None:
            words = 'Cannot transition Order to the "ArrangingPayment" state without Customer details'
            return refusal_view(_stuck(order, state, words))
        refused = self._shop.move(order, state)
        return refusal_view(refused) if refused else order_view(self._shop, order)

    def addPaymentToOrder(self, info: Info, *, input: Input) -> View:  # noqa: N802, A002 - the vendor's names
        """Pay: the order is placed."""
        order = self._door.cart(_visit(info))
        if order is None:
            return refusal_view(_NO_ORDER)
        if order.state != "ArrangingPayment":
            return refusal_view(_NOT_PAYABLE)
        if input["method"] not in METHODS:
            return refusal_view(_NO_PAYMENT_METHOD)
        self._shop.pay(order, input["method"], settled=METHODS[input["method"]])
        return order_view(self._shop, order)

    def _too_few(self, order: Order, saleable: int) -> View:
        return {
            "__typename": "InsufficientStockError",
            "errorCode": "INSUFFICIENT_STOCK_ERROR",
            "message": f"Only {saleable} items were added to the order due to insufficient stock",
            "quantityAvailable": saleable,
            "order": order_view(self._shop, order),
        }


def _visit(info: Info) -> Visit:
    visit: Visit = info.context
    return visit


def _stuck(order: Order, state: str, words: str) -> Refusal:
    return Refusal(
        typename="OrderStateTransitionError",
        code="ORDER_STATE_TRANSITION_ERROR",
        message=f'Cannot transition Order from "{order.state}" to "{state}"',
        more={"transitionError": words, "fromState": order.state, "toState": state},
    )
