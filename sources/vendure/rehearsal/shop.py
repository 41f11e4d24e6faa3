"""The shop itself: ids, codes, stock, states; every change says its event (systems.md 5)."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NoReturn, TypeVar

from graphql import GraphQLError

from hub.clock import Clock
from sources.vendure.rehearsal.state import (
    SHIPPING_NET,
    Customer,
    Event,
    Line,
    Location,
    Order,
    Parcel,
    Payment,
    Refund,
    Refusal,
    Variant,
)

T = TypeVar("T")
CODE_LETTERS = "123456789ABCDEFGHJKLMNPQRSTUVWXYZ"
CODE_LENGTH = 16
PROCESS: dict[str, tuple[str, ...]] = {
    "Created": ("AddingItems", "Draft"),
    "Draft": ("Cancelled", "ArrangingPayment"),
    "AddingItems": ("ArrangingPayment", "Cancelled"),
    "ArrangingPayment": ("PaymentAuthorized", "PaymentSettled", "AddingItems", "Cancelled"),
    "PaymentAuthorized": ("PaymentSettled", "Cancelled", "Modifying", "ArrangingAdditionalPayment"),
    "PaymentSettled": (
        "PartiallyDelivered",
        "Delivered",
        "PartiallyShipped",
        "Shipped",
        "Cancelled",
        "Modifying",
        "ArrangingAdditionalPayment",
    ),
    "PartiallyShipped": ("Shipped", "PartiallyDelivered", "Cancelled", "Modifying"),
    "Shipped": ("PartiallyDelivered", "Delivered", "Cancelled", "Modifying"),
    "PartiallyDelivered": ("Delivered", "Cancelled", "Modifying"),
    "Delivered": ("Cancelled",),
    "Modifying": ("PaymentAuthorized", "PaymentSettled", "PartiallyShipped", "Shipped", "PartiallyDelivered"),
    "ArrangingAdditionalPayment": ("PaymentAuthorized", "PaymentSettled", "PartiallyShipped", "Shipped", "Cancelled"),
    "Cancelled": (),
}
PARCEL_PROCESS: dict[str, tuple[str, ...]] = {
    "Pending": ("Shipped", "Delivered", "Cancelled"),
    "Shipped": ("Delivered", "Cancelled"),
    "Delivered": ("Cancelled",),
    "Cancelled": (),
}
PRODUCTS = (
    ("TSHIRT-M", "T-shirt M", 1990, (10_000, 200)),
    ("MUG", "Mug", 750, (50_000, 0)),
    ("LAPTOP", "Laptop", 89_900, (5, 2)),
    ("CHAIR-OAK", "Oak chair", 12_900, (4_000, 60)),
    ("LAMP-DESK", "Desk lamp", 3_450, (9_000, 0)),
    ("CABLE-2M", "Cable 2 m", 495, (80_000, 500)),
)
"""SKU, name, price, on hand in each location."""
LOCATIONS = (("Main DC", "WH"), ("East DC", "WH-EAST"))


class Shop:
    """All that one rehearsed shop knows. In memory; it outlives the hub, not itself."""

    def __init__(self, clock: Clock, *, seed: int = 1) -> None:
        """An empty shop with products; *seed* decides its codes."""
        self._clock = clock
        self._random = random.Random(seed)  # noqa: S311 - codes of a rehearsal, not secrets
        self._whim = random.Random(seed)  # noqa: S311 - as above, apart, so that reading does not change the codes
        self._last: dict[str, int] = {}
        self.orders: dict[int, Order] = {}
        self.customers: dict[int, Customer] = {}
        self.variants: dict[int, Variant] = {}
        self.locations: dict[int, Location] = {}
        self.groups: dict[str, int] = {}
        self.listeners: list[Callable[[Event], None]] = []
        for name, code in LOCATIONS:
            self.open(name, code)
        for sku, name, price, there in PRODUCTS:
            self.offer(sku, name, price, there)

    def now(self) -> datetime:
        """The shop's clock. It keeps microseconds and shows milliseconds, so equality on what it shows fails."""
        return self._clock.now()

    def next_id(self, kind: str) -> int:
        """The next number of a kind; each kind counts by itself, so numbers collide."""
        self._last[kind] = self._last.get(kind, 0) + 1
        return self._last[kind]

    def word(self, length: int = CODE_LENGTH) -> str:
        """A random upper-case code."""
        return "".join(self._random.choices(CODE_LETTERS, k=length))

    def in_any_order(self, rows: Sequence[T]) -> list[T]:
        """The rows as the database happens to give them: another order each time."""
        return self._whim.sample(rows, k=len(rows))

    def tell(self, kind: str, **facts: object) -> None:
        """Say an event to whoever listens."""
        for listener in self.listeners:
            listener(Event(type=kind, facts=facts))

    def open(self, name: str, code: str) -> Location:
        """A new stock location; *code* is what other systems call it."""
        number = self.next_id("location")
        self.locations[number] = Location(id=number, name=name, description=code, created=self.now())
        return self.locations[number]

    def offer(self, sku: str, name: str, price: int, there: Sequence[int]) -> Variant:
        """A new variant with so much on hand in each location."""
        first, *others = there
        number = self.next_id("variant")
        elsewhere = dict(zip(list(self.locations)[1:], others, strict=False))
        made = Variant(
            id=number, sku=sku, name=name, price=price, on_hand=first, elsewhere=elsewhere, created=self.now()
        )
        self.variants[number] = made
        return made

    # ------------------------------------------------------------------ orders

    def cart(self) -> Order:
        """A new cart: an order in every list, with a code, not placed."""
        now = self.now()
        order = Order(id=self.next_id("order"), code=self.word(), created=now, updated=now)
        self.orders[order.id] = order
        self.tell("order.change", change="created", **{**facts_of(order), "state": "Created"})
        self.tell("order.state", **{"from": "Created", "to": "AddingItems"}, **facts_of(order))
        return order

    def draft(self) -> Order:
        """A new draft: an order that somebody at the desk writes, in every list, with a code, not placed."""
        now = self.now()
        order = Order(id=self.next_id("order"), code=self.word(), created=now, updated=now, state="Draft", active=False)
        self.orders[order.id] = order
        self.tell("order.change", change="created", **{**facts_of(order), "state": "Created"})
        self.tell("order.state", **{"from": "Created", "to": "Draft"}, **facts_of(order))
        return order

    def refer(self, order: Order, reference: str | None) -> None:
        """Set `hubRequestId`. The database lets no second order bear it, and says so in its own words."""
        if reference is not None and any(
            one.request_id == reference and one is not order for one in self.orders.values()
        ):
            message = 'duplicate key value violates unique constraint "UQ_c02756b5e8b8978b8c458b9e6dc"'
            raise GraphQLError(message)
        order.request_id = reference
        self.tell("order.change", change="updated", **facts_of(order))

    def saleable(self, variant: Variant) -> int:
        """Units that may be sold, from all places together."""
        return variant.on_hand + sum(variant.elsewhere.values()) - variant.allocated

    def count(self, variant: Variant, place: int, on_hand: int) -> None:
        """Write what is on hand in one place."""
        if place == next(iter(self.locations)):
            variant.on_hand = on_hand
        else:
            variant.elsewhere[place] = on_hand

    def add(self, order: Order, variant: Variant, quantity: int) -> Line:
        """Put units into a cart."""
        now = self.now()
        line = next((line for line in order.lines if line.variant is variant), None)
        if line is None:
            line = Line(id=self.next_id("line"), variant=variant, quantity=0, created=now, updated=now)
            order.lines.append(line)
        line.quantity += quantity
        line.updated = order.updated = now
        return line

    def buyer(self, email: str, first_name: str, last_name: str, phone: str | None = None) -> Customer:
        """The customer with this e-mail, or a new one."""
        now = self.now()
        for customer in self.customers.values():
            if customer.email == email:
                customer.first_name, customer.last_name, customer.updated = first_name, last_name, now
                return customer
        made = Customer(
            id=self.next_id("customer"),
            email=email,
            first_name=first_name,
            last_name=last_name,
            phone=phone,
            created=now,
            updated=now,
        )
        self.customers[made.id] = made
        return made

    def move(self, order: Order, state: str) -> Refusal | None:
        """Change the order's state. `updatedAt` stays: the shop saves twice and writes the old value back."""
        if state not in PROCESS.get(order.state, ()):
            return _no_transition(
                "Order", order.state, state, message=f'Cannot transition Order from "{order.state}" to "{state}"'
            )
        before, order.state = order.state, state
        self.tell("order.state", **{"from": before, "to": state}, **facts_of(order))
        return None

    def pay(self, order: Order, method: str, *, settled: bool, transaction: str | None = None) -> None:
        """Take the money: the order is placed, its stock allocated."""
        now = self.now()
        payment = Payment(
            id=self.next_id("payment"),
            method=method,
            amount=order.total_gross,
            state="Settled" if settled else "Authorized",
            transaction=transaction or self.word(10).lower(),
            created=now,
            updated=now,
        )
        order.payments.append(payment)
        order.active, order.placed_at = False, now.replace(microsecond=now.microsecond // 1000 * 1000)
        for line in order.lines:
            line.placed = line.quantity
            line.variant.allocated += line.quantity
        self.tell("payment.state", paymentId=payment.id, **{"from": "Created", "to": payment.state}, **facts_of(order))
        self.move(order, "PaymentSettled" if settled else "PaymentAuthorized")
        self.tell("order.placed", **facts_of(order))

    def settle(self, order: Order, payment: Payment) -> None:
        """The authorised money has come."""
        payment.state, payment.updated = "Settled", self.now()
        self.move(order, "PaymentSettled")
        self.tell("payment.state", paymentId=payment.id, **{"from": "Authorized", "to": "Settled"}, **facts_of(order))

    def take_off(self, order: Order, wanted: list[tuple[Line, int]], *, shipping: bool) -> None:
        """Shrink lines, whatever has left already; all gone is Cancelled. Nothing is refunded.

        Unless all is gone no event is said: only `updatedAt` and the quantities tell.
        """
        now = self.now()
        for line, quantity in wanted:
            gone_out = order.units(line.id, ("Pending", "Shipped", "Delivered"))
            waiting = max(0, line.quantity - gone_out)
            released = max(0, min(waiting, quantity))
            line.variant.allocated -= released
            line.variant.on_hand += max(0, quantity - released)
            line.quantity -= quantity
            line.updated = order.updated = now
        if shipping:
            order.shipping_net = 0
        if all(line.quantity == 0 for line in order.lines):
            self.move(order, "Cancelled")

    # ------------------------------------------------------------------ parcels

    def fulfil(self, order: Order, lines: list[tuple[int, int]], method: str, tracking: str) -> Parcel:
        """Pack units. Nothing here guards against a second parcel with the same units made at the same time."""
        now = self.now()
        parcel = Parcel(
            id=self.next_id("fulfillment"),
            state="Pending",
            method=method,
            tracking=tracking,
            lines=lines,
            created=now,
            updated=now,
        )
        order.parcels.append(parcel)
        for line in order.lines:
            units = sum(n for at, n in lines if at == line.id)
            line.variant.allocated -= units
            line.variant.on_hand -= units
        self._say_parcel(order, parcel, "Created")
        return parcel

    def move_parcel(self, order: Order, parcel: Parcel, state: str) -> Refusal | None:
        """Change a parcel's state; the order follows where its process lets it."""
        if state not in PARCEL_PROCESS.get(parcel.state, ()):
            return _no_transition(
                "Fulfillment", parcel.state, state, message="errorResult.FULFILLMENT_STATE_TRANSITION_ERROR"
            )
        before, parcel.state, parcel.updated = parcel.state, state, self.now()
        if state == "Cancelled":
            for line in order.lines:
                units = sum(n for at, n in parcel.lines if at == line.id)
                line.variant.allocated += units
                line.variant.on_hand += units
        follows = {"Shipped": ("Shipped", "Delivered"), "Delivered": ("Delivered",)}.get(state)
        if follows is not None:
            is_all = all(order.units(line.id, follows) >= line.quantity for line in order.lines)
            target = state if is_all else f"Partially{state}"
            if target in PROCESS[order.state]:
                self.move(order, target)
        self._say_parcel(order, parcel, before)
        return None

    def _say_parcel(self, order: Order, parcel: Parcel, before: str) -> None:
        self.tell(
            "fulfillment.state", fulfillmentId=parcel.id, orderIds=[order.id], **{"from": before, "to": parcel.state}
        )

    # ------------------------------------------------------------------ money back

    def refund(self, payment: Payment, amount: int, reason: str | None) -> Refund:
        """Promise money back."""
        now = self.now()
        refund = Refund(id=self.next_id("refund"), total=amount, reason=reason, created=now, updated=now)
        payment.refunds.append(refund)
        return refund

    def settle_refund(self, order: Order, refund: Refund, transaction: str) -> None:
        """The money is back; the order's state says nothing of it."""
        refund.state, refund.transaction, refund.updated = "Settled", transaction, self.now()
        self.tell("refund.state", refundId=refund.id, **{"from": "Pending", "to": "Settled"}, **facts_of(order))

    # ------------------------------------------------------------------ finding

    def order_with(self, what: str, number: str) -> Order | None:
        """The order that has the line, parcel, payment or refund with this id."""
        for order in self.orders.values():
            held: dict[str, list[int]] = {
                "line": [line.id for line in order.lines],
                "fulfillment": [parcel.id for parcel in order.parcels],
                "payment": [payment.id for payment in order.payments],
                "refund": [refund.id for payment in order.payments for refund in payment.refunds],
            }
            if number in {str(one) for one in held[what]}:
                return order
        return None

    def lost(self, kind: str, number: str) -> NoReturn:
        """Say what the shop says where an id leads nowhere."""
        message = f'No {kind} with the id "{number}" could be found'
        raise GraphQLError(message, extensions={"code": "ENTITY_NOT_FOUND"})


def facts_of(order: Order) -> dict[str, object]:
    """What an event says of an order: numbers where GraphQL has strings."""
    return {"orderId": order.id, "code": order.code, "state": order.state, "updatedAt": stamp(order.updated)}


def stamp(moment: datetime) -> str:
    """Milliseconds with Z."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def start_shipping(order: Order) -> None:
    """Choose the only shipping method there is."""
    order.shipping_net = SHIPPING_NET


def _no_transition(kind: str, before: str, after: str, *, message: str) -> Refusal:
    words = f'Cannot transition {kind} from "{before}" to "{after}"'
    code = "ORDER_STATE_TRANSITION_ERROR" if kind == "Order" else "FULFILLMENT_STATE_TRANSITION_ERROR"
    return Refusal(
        typename=f"{kind}StateTransitionError",
        code=code,
        message=message,
        more={"transitionError": words, "fromState": before, "toState": after},
    )
