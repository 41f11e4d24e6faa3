"""What the rehearsed shop holds in memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal

TAX = Decimal("0.21")
SHIPPING_NET = 500
TAX_PERCENT = 21


def gross(net: int) -> int:
    """With 21 % tax, rounded half up as the shop does: per line, so totals differ from other systems by cents."""
    return int((Decimal(net) * (1 + TAX)).quantize(Decimal(1), rounding=ROUND_HALF_UP))


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """A stock location: its description is the code that other systems share."""

    id: int
    name: str
    description: str
    created: datetime


@dataclass(slots=True, kw_only=True)
class Variant:
    """A product variant and its stock; orders take from the first location alone."""

    id: int
    sku: str
    name: str
    price: int
    on_hand: int
    allocated: int = 0
    elsewhere: dict[int, int] = field(default_factory=dict)
    """On hand in other locations, by their ids."""
    created: datetime = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(slots=True, kw_only=True)
class Customer:
    """A person; `registered` ones cannot check out as guests."""

    id: int
    email: str
    first_name: str
    last_name: str
    phone: str | None = None
    group: str | None = None
    registered: bool = False
    created: datetime
    updated: datetime


@dataclass(slots=True, kw_only=True)
class Line:
    """An order line."""

    id: int
    variant: Variant
    quantity: int
    placed: int = 0
    created: datetime
    updated: datetime

    @property
    def net(self) -> int:
        """Line price before tax."""
        return self.quantity * self.variant.price


@dataclass(slots=True, kw_only=True)
class Refund:
    """Money on its way back."""

    id: int
    total: int
    state: str = "Pending"
    reason: str | None = None
    transaction: str | None = None
    created: datetime
    updated: datetime


@dataclass(slots=True, kw_only=True)
class Payment:
    """Money that came."""

    id: int
    method: str
    amount: int
    state: str
    transaction: str
    created: datetime
    updated: datetime
    refunds: list[Refund] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Parcel:
    """A fulfilment: (line id, units) pairs."""

    id: int
    state: str
    method: str
    tracking: str
    lines: list[tuple[int, int]]
    created: datetime
    updated: datetime


@dataclass(slots=True, kw_only=True)
class Order:
    """An order, a cart, or what a cart became."""

    id: int
    code: str
    state: str = "AddingItems"
    active: bool = True
    created: datetime
    updated: datetime
    placed_at: datetime | None = None
    customer: Customer | None = None
    address: dict[str, str | None] | None = None
    billing_address: dict[str, str | None] | None = None
    request_id: str | None = None
    shipping_net: int = 0
    lines: list[Line] = field(default_factory=list)
    payments: list[Payment] = field(default_factory=list)
    parcels: list[Parcel] = field(default_factory=list)

    @property
    def sub_total(self) -> int:
        """Lines before tax."""
        return sum(line.net for line in self.lines)

    @property
    def sub_total_gross(self) -> int:
        """Lines with tax, rounded line by line."""
        return sum(gross(line.net) for line in self.lines)

    @property
    def total(self) -> int:
        """Lines and shipping before tax."""
        return self.sub_total + self.shipping_net

    @property
    def total_gross(self) -> int:
        """Lines and shipping with tax."""
        return self.sub_total_gross + gross(self.shipping_net)

    def units(self, line_id: int, states: tuple[str, ...]) -> int:
        """Units of a line in parcels of these states."""
        return sum(n for parcel in self.parcels if parcel.state in states for at, n in parcel.lines if at == line_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """An error result: HTTP 200, a typed no."""

    typename: str
    code: str
    message: str
    more: dict[str, object] = field(default_factory=dict)


EMAIL_TAKEN = Refusal(
    typename="EmailAddressConflictError",
    code="EMAIL_ADDRESS_CONFLICT_ERROR",
    message="The email address is not available.",
)
NEGATIVE = Refusal(
    typename="NegativeQuantityError",
    code="NEGATIVE_QUANTITY_ERROR",
    message="The quantity for an OrderItem cannot be negative",
)
NO_METHOD = Refusal(
    typename="IneligibleShippingMethodError",
    code="INELIGIBLE_SHIPPING_METHOD_ERROR",
    message="This Order is not eligible for the selected ShippingMethod",
)


def stuck(order: Order, state: str, words: str) -> Refusal:
    """Why an order cannot enter a state, the shop's reason in *words*."""
    return Refusal(
        typename="OrderStateTransitionError",
        code="ORDER_STATE_TRANSITION_ERROR",
        message=f'Cannot transition Order from "{order.state}" to "{state}"',
        more={"transitionError": words, "fromState": order.state, "toState": state},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What the webhook plugin posts."""

    type: str
    facts: dict[str, object]
