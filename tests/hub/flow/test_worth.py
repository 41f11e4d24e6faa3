"""What the goods are worth that a command concerns."""

from __future__ import annotations

from decimal import Decimal

import pytest

from hub.flow.worth import worth_of
from hub.model.command import CancelCommand, LineQuantity, LineWanted, ReleaseCommand, SubmitCommand
from hub.model.effects import CancelReason
from hub.model.order import Order, OrderCommercial, OrderGroups, OrderLine, OrderStatus
from hub.model.values import Address, Money


def euros(amount: str, currency: str = "EUR") -> Money:
    return Money(amount=Decimal(amount), currency_code=currency)


def line(number: int, price: Money | None) -> OrderLine:
    return OrderLine(id=str(number), line_no=number, sku="MUG", unit_price=price)


ORDER = Order(
    id="o", version=1, number="C0", status=OrderStatus.ACCEPTED,
    groups=OrderGroups(commercial=OrderCommercial(currency_code="EUR", total=euros("99.50"))),
    lines=(line(1, euros("2.50")), line(2, euros("10")), line(3, None), line(4, euros("1", "USD"))),
)  # fmt: skip


def cancel(*lines: tuple[int, int]) -> CancelCommand:
    wanted = tuple(LineQuantity(line_no=number, quantity=Decimal(units)) for number, units in lines)
    return CancelCommand(order_id="o", reason=CancelReason.CUSTOMER, lines=wanted or None)


@pytest.mark.parametrize(
    ("lines", "worth"),
    [
        ((), euros("99.50")),
        (((1, 4), (2, 1)), euros("20.00")),
        (((1, 4), (3, 1)), None),
        (((1, 4), (4, 1)), None),
        (((9, 1),), None),
    ],
)
def test_a_cancel_is_worth_what_it_takes_back(lines: tuple[tuple[int, int], ...], worth: Money | None) -> None:
    assert worth_of(ORDER, cancel(*lines)) == worth


def test_a_release_is_worth_the_order() -> None:
    assert worth_of(ORDER, ReleaseCommand(order_id="o")) == euros("99.50")
    assert worth_of(None, ReleaseCommand(order_id="o")) is None


@pytest.mark.parametrize(("price", "worth"), [(euros("3"), euros("36")), (None, None)])
def test_a_new_order_is_worth_the_prices_agreed(price: Money | None, worth: Money | None) -> None:
    wanted = (LineWanted(line_ref="1", sku="MUG", quantity=Decimal(12), unit_price=price),)
    command = SubmitCommand(
        order_id="n", channel="CS", customer_id="c", currency_code="EUR", lines=wanted, ship_to=Address()
    )
    assert worth_of(None, command) == worth
