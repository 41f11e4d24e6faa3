"""A shop full of life: orders in every stage, made by the shop's own rules, and traffic that moves one at a time."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sources.kit.rehearsal.backdating import Backdating
from sources.vendure.rehearsal.shop import Shop, start_shipping
from sources.vendure.rehearsal.state import Customer, Order

COMPANIES = (
    ("ACME", "Acme Industrial", "acme.example"),
    ("BETA", "Beta Retail", "beta.example"),
    ("GAMMA", "Gamma Hotels", "gamma.example"),
    ("DELTA", "Delta Schools", "delta.example"),
)
FIRST_NAMES = ("Jan", "Ana", "Piet", "Sofie", "Luc", "Emma", "Noor", "Tom", "Eva", "Bart")
LAST_NAMES = ("Peeters", "Silva", "Janssens", "Maes", "Jacobs", "Mertens", "Claes", "Wouters")
STREETS = (("Kerkstraat 12", "Gent", "9000"), ("Rue Haute 7", "Brussels", "1000"), ("Meir 44", "Antwerpen", "2000"))
METHODS = ("bpost", "DHL", "UPS")
HISTORY = timedelta(days=30)

STAGES = (
    ("cart", 4),
    ("authorized", 8),
    ("settled", 30),
    ("packed", 8),
    ("part shipped", 8),
    ("shipped", 14),
    ("part delivered", 4),
    ("delivered", 14),
    ("part cancelled", 4),
    ("cancelled", 4),
    ("returned", 2),
)
"""Each stage and its share of a hundred."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Buyer:
    """Who places an order."""

    email: str
    first_name: str
    last_name: str
    group: str | None
    company: str | None


class Scene:
    """Fills a shop and keeps it moving; the same seed makes the same codes, customers and stages."""

    def __init__(self, shop: Shop, clock: Backdating, *, seed: int = 1) -> None:
        self._shop = shop
        self._clock = clock
        self._random = random.Random(seed)  # noqa: S311 - a scene, not a secret

    def seed(self, orders: int) -> None:
        """Live through the last thirty days: this many orders, every stage among them, oldest first."""
        present = self._clock.now()
        stages = [stage for stage, share in STAGES for _ in range(share)]
        moments = sorted(present - HISTORY * self._random.random() for _ in range(orders))
        for place, moment in enumerate(moments):
            self._clock.at = moment
            order = self._checkout(self._buyer(), stages[place % len(stages)])
            self._live(order, stages[place % len(stages)], present)
        self._clock.at = None

    def step(self) -> str:
        """Move the shop by one event and give the order's code: a new order, or the next stage of an open one."""
        waiting = [order for order in self._shop.orders.values() if order.placed_at and _next(order)]
        if not waiting or self._random.random() < 0.4:
            return self._checkout(self._buyer(), "settled").code
        return self.advance(self._random.choice(waiting[-200:]))

    def step_of(self, group: str) -> str:
        """Move one order of a customer group by one event; place one where none is open."""
        waiting = [
            order
            for order in self._shop.orders.values()
            if order.placed_at and order.customer and order.customer.group == group and _next(order)
        ]
        if waiting:
            return self.advance(self._random.choice(waiting[-20:]))
        company = next(one for one in COMPANIES if one[0] == group)
        return self._checkout(self._employee(company), "settled").code

    def advance(self, order: Order) -> str:
        """Take an open order one step further and give its code."""
        step = _next(order)
        if step is not None:
            self._steps()[step](order)
        return order.code

    # ------------------------------------------------------------------ making

    def _buyer(self) -> Buyer:
        if self._random.random() < 0.6:
            return self._employee(self._random.choice(COMPANIES))
        first, last = self._random.choice(FIRST_NAMES), self._random.choice(LAST_NAMES)
        email = f"{first}.{last}{self._random.randrange(200)}@mail.example".lower()
        return Buyer(email=email, first_name=first, last_name=last, group=None, company=None)

    def _employee(self, company: tuple[str, str, str]) -> Buyer:
        group, name, domain = company
        first, last = self._random.choice(FIRST_NAMES[:4]), self._random.choice(LAST_NAMES[:3])
        email = f"{first}.{last}@{domain}".lower()
        return Buyer(email=email, first_name=first, last_name=last, group=group, company=name)

    def _checkout(self, buyer: Buyer, stage: str) -> Order:
        shop, order = self._shop, self._shop.cart()
        variants = [variant for variant in shop.variants.values() if variant.on_hand - variant.allocated > 50]
        for variant in self._random.sample(variants, k=self._random.randint(1, min(3, len(variants)))):
            shop.add(order, variant, self._random.randint(1, 12))
        if stage == "cart":
            return order
        order.customer = self._known(buyer)
        street, city, postcode = self._random.choice(STREETS)
        order.address = {
            "fullName": f"{buyer.first_name} {buyer.last_name}",
            "company": buyer.company,
            "streetLine1": street,
            "city": city,
            "postalCode": postcode,
            "countryCode": "BE",
            "country": "Belgium",
        }
        start_shipping(order)
        shop.move(order, "ArrangingPayment")
        is_settled = stage != "authorized"
        shop.pay(order, "dummy" if is_settled else "dummy-auth", settled=is_settled)
        return order

    def _known(self, buyer: Buyer) -> Customer:
        customer = self._shop.buyer(buyer.email, buyer.first_name, buyer.last_name)
        if buyer.group is not None:
            customer.group = buyer.group
            self._shop.groups.setdefault(buyer.group, len(self._shop.groups) + 1)
        return customer

    # ------------------------------------------------------------------ living

    def _live(self, order: Order, stage: str, present: datetime) -> None:
        steps: dict[str, tuple[Callable[[Order], None], ...]] = {
            "packed": (self._pack,),
            "part shipped": (self._pack_half, self._ship),
            "shipped": (self._pack, self._ship),
            "part delivered": (self._pack_half, self._ship, self._deliver),
            "delivered": (self._pack, self._ship, self._deliver),
            "part cancelled": (self._cancel_one,),
            "cancelled": (self._cancel,),
            "returned": (self._pack, self._ship, self._deliver, self._return_one),
        }
        for step in steps.get(stage, ()):
            left = present - self._clock.now()
            self._clock.at = self._clock.now() + min(left / 2, timedelta(hours=self._random.uniform(1, 30)))
            step(order)

    def _steps(self) -> dict[str, Callable[[Order], None]]:
        return {
            "settle": lambda order: self._shop.settle(order, order.payments[0]),
            "pack": self._pack,
            "ship": self._ship,
            "deliver": self._deliver,
        }

    def _pack(self, order: Order) -> None:
        self._parcel(order, [(line.id, self._open(order, line.id)) for line in order.lines])

    def _pack_half(self, order: Order) -> None:
        first = order.lines[0]
        units = self._open(order, first.id)
        rest = order.lines[1:]
        self._parcel(order, [(first.id, max(1, units // 2))] if units > 1 or rest else [(first.id, units)])

    def _parcel(self, order: Order, lines: list[tuple[int, int]]) -> None:
        wanted = [(line, units) for line, units in lines if units > 0]
        if wanted:
            tracking = f"3SBPT{self._random.randrange(10**10):010d}"
            self._shop.fulfil(order, wanted, self._random.choice(METHODS), tracking)

    def _ship(self, order: Order) -> None:
        for parcel in order.parcels:
            if parcel.state == "Pending":
                self._shop.move_parcel(order, parcel, "Shipped")

    def _deliver(self, order: Order) -> None:
        for parcel in order.parcels:
            if parcel.state == "Shipped":
                self._shop.move_parcel(order, parcel, "Delivered")

    def _cancel_one(self, order: Order) -> None:
        line = max(order.lines, key=lambda one: one.quantity)
        self._shop.take_off(order, [(line, 1)], shipping=False)

    def _cancel(self, order: Order) -> None:
        self._shop.take_off(order, [(line, line.quantity) for line in order.lines], shipping=True)

    def _return_one(self, order: Order) -> None:
        self._cancel_one(order)
        amount = order.lines[0].variant.price
        refund = self._shop.refund(order.payments[0], amount, "return")
        self._shop.settle_refund(order, refund, self._shop.word(10).lower())

    def _open(self, order: Order, line_id: int) -> int:
        line = next(line for line in order.lines if line.id == line_id)
        return max(0, line.quantity - order.units(line_id, ("Pending", "Shipped", "Delivered")))


def _next(order: Order) -> str | None:
    if order.state == "PaymentAuthorized":
        return "settle"
    if order.state not in ("PaymentSettled", "PartiallyShipped", "Shipped", "PartiallyDelivered"):
        return None
    states = {parcel.state for parcel in order.parcels}
    if "Pending" in states:
        return "ship"
    if "Shipped" in states:
        return "deliver"
    is_packed = all(order.units(line.id, ("Shipped", "Delivered")) >= line.quantity for line in order.lines)
    return None if is_packed else "pack"
