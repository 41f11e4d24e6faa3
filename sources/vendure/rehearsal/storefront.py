"""The Shop API's fields over the shop: enough to check out as a guest."""

from __future__ import annotations

from typing import Any

from sources.vendure.rehearsal.session import Door, Fields, Visit
from sources.vendure.rehearsal.shop import Shop, start_shipping
from sources.vendure.rehearsal.state import EMAIL_TAKEN, NEGATIVE, NO_METHOD, SHIPPING_NET, Order, Refusal, gross, stuck
from sources.vendure.rehearsal.views import View, order_view, refusal_view

Input = dict[str, Any]  # Any: GraphQL input
METHODS = {"dummy": True, "dummy-auth": False}
"""Payment methods, and whether they settle at once."""

_NO_ORDER = Refusal(
    typename="NoActiveOrderError",
    code="NO_ACTIVE_ORDER_ERROR",
    message="There is no active Order associated with the current session",
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
    """Root value of the Shop API; `fields` names its methods."""

    def __init__(self, shop: Shop, door: Door) -> None:
        self._shop = shop
        self._door = door

    def fields(self) -> Fields:
        """Every field by the vendor's name."""
        return {
            "activeOrder": self.active_order,
            "orderByCode": self.order_by_code,
            "eligibleShippingMethods": self.eligible_shipping_methods,
            "addItemToOrder": self.add_item_to_order,
            "setCustomerForOrder": self.set_customer_for_order,
            "setOrderShippingAddress": self.set_order_shipping_address,
            "setOrderCustomFields": self.set_order_custom_fields,
            "setOrderShippingMethod": self.set_order_shipping_method,
            "transitionOrderToState": self.transition_order_to_state,
            "addPaymentToOrder": self.add_payment_to_order,
        }

    def active_order(self, visit: Visit, _args: Input) -> View | None:
        """The visitor's cart."""
        order = self._door.cart(visit)
        return order_view(self._shop, order) if order else None

    def order_by_code(self, visit: Visit, args: Input) -> View | None:
        """A placed order, for whoever knows its code."""
        code: str = args["code"]
        for order in self._shop.orders.values():
            if order.code == code and order.placed_at is not None:
                return order_view(self._shop, order)
        return None

    def eligible_shipping_methods(self, visit: Visit, _args: Input) -> list[View]:
        """The only shipping method."""
        return [
            {
                "id": "1",
                "price": SHIPPING_NET,
                "priceWithTax": gross(SHIPPING_NET),
                "code": "standard",
                "name": "Standard",
            }
        ]

    def add_item_to_order(self, visit: Visit, args: Input) -> View:
        """Put units into the cart; with too little stock it refuses and has added what there was."""
        variant_id, quantity = args["productVariantId"], args["quantity"]
        variant = self._shop.variants.get(int(variant_id) if variant_id.isdigit() else 0)
        if variant is None:
            self._shop.lost("ProductVariant", variant_id)
        if quantity < 0:
            return refusal_view(NEGATIVE)
        order = self._door.cart(visit)
        if order is None:
            order = self._shop.cart()
            self._door.keep_cart(visit, order)
        in_cart = sum(line.quantity for line in order.lines if line.variant is variant)
        saleable = max(0, self._shop.saleable(variant) - in_cart)
        self._shop.add(order, variant, min(quantity, saleable))
        if quantity > saleable:
            return self._too_few(order, saleable)
        return order_view(self._shop, order)

    def set_customer_for_order(self, visit: Visit, args: Input) -> View:
        """Say who buys; a registered e-mail is refused."""
        given: Input = args["input"]
        order = self._door.cart(visit)
        if order is None:
            return refusal_view(_NO_ORDER)
        email = given["emailAddress"]
        if any(one.registered and one.email == email for one in self._shop.customers.values()):
            return refusal_view(EMAIL_TAKEN)
        order.customer = self._shop.buyer(email, given["firstName"], given["lastName"], given.get("phoneNumber"))
        return order_view(self._shop, order)

    def set_order_shipping_address(self, visit: Visit, args: Input) -> View:
        """Say where it goes."""
        given: Input = args["input"]
        order = self._door.cart(visit)
        if order is None:
            return refusal_view(_NO_ORDER)
        order.address = {**given, "country": "Belgium" if given["countryCode"] == "BE" else None}
        return order_view(self._shop, order)

    def set_order_custom_fields(self, visit: Visit, args: Input) -> View:
        """Set `hubRequestId`; a second order with the same one fails with the database's own words."""
        given: Input = args["input"]
        order = self._door.cart(visit)
        if order is None:
            return refusal_view(_NO_ORDER)
        wanted = (given.get("customFields") or {}).get("hubRequestId")
        self._shop.refer(order, wanted)
        return order_view(self._shop, order)

    def set_order_shipping_method(self, visit: Visit, args: Input) -> View:
        """Choose how it goes."""
        methods: list[str] = args["shippingMethodId"]
        order = self._door.cart(visit)
        if order is None:
            return refusal_view(_NO_ORDER)
        if methods != ["1"]:
            return refusal_view(NO_METHOD)
        start_shipping(order)
        return order_view(self._shop, order)

    def transition_order_to_state(self, visit: Visit, args: Input) -> View | None:
        """Go to the till, if all is said."""
        state: str = args["state"]
        order = self._door.cart(visit)
        if order is None:
            return None
        if state == "ArrangingPayment" and order.customer is None:
            words = 'Cannot transition Order to the "ArrangingPayment" state without Customer details'
            return refusal_view(stuck(order, state, words))
        refused = self._shop.move(order, state)
        return refusal_view(refused) if refused else order_view(self._shop, order)

    def add_payment_to_order(self, visit: Visit, args: Input) -> View:
        """Pay: the order is placed."""
        given: Input = args["input"]
        order = self._door.cart(visit)
        if order is None:
            return refusal_view(_NO_ORDER)
        if order.state != "ArrangingPayment":
            return refusal_view(_NOT_PAYABLE)
        if given["method"] not in METHODS:
            return refusal_view(_NO_PAYMENT_METHOD)
        self._shop.pay(order, given["method"], settled=METHODS[given["method"]])
        return order_view(self._shop, order)

    def _too_few(self, order: Order, saleable: int) -> View:
        return {
            "__typename": "InsufficientStockError",
            "errorCode": "INSUFFICIENT_STOCK_ERROR",
            "message": f"Only {saleable} items were added to the order due to insufficient stock",
            "quantityAvailable": saleable,
            "order": order_view(self._shop, order),
        }
