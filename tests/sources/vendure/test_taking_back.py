"""What has come back, told to the shop: totals per line, and never what is still to leave."""

from decimal import Decimal
from typing import Any

from hub.model.effects import GoodsLine, TakeBack
from hub.model.intents import OutcomeState
from sources.vendure.taking_back import outcome, taken_off
from tests.sources.vendure.made import line, order, parcel

GONE = parcel("9", "Delivered", ("1", 5))


def back(units: object, sku: str = "MUG", *, factor: int = 1, at: str | None = "1") -> TakeBack:
    """So many units have come back in all."""
    quantity = Decimal(str(units))
    wanted = GoodsLine(line_no=1, sku=sku, quantity=quantity, unit="C62", line=at, factor=Decimal(factor))
    return TakeBack(reference="CODE-R1", lines=(wanted,))


def told(content: TakeBack, **changes: Any) -> tuple[OutcomeState, str | None]:  # Any: fields of an order
    found = outcome(order(**{"state": "Delivered", "fulfillments": [GONE]} | changes), content)
    return found.state, found.words


def test_units_that_are_with_the_customer_are_taken_off_by_the_total_that_should_have_come_back() -> None:
    delivered = order(state="Delivered", fulfillments=[GONE], lines=[line(quantity=4)])
    assert outcome(delivered, back(3)).state is OutcomeState.ABSENT
    assert taken_off(delivered, back(3)) == {
        "orderId": "7",
        "lines": [{"orderLineId": "1", "quantity": 2}],
        "cancelShipping": False,
        "reason": "return CODE-R1",
    }


def test_a_total_that_is_reached_or_passed_is_done() -> None:
    assert told(back(2), lines=[line(quantity=3)]) == (OutcomeState.DONE, None)
    assert told(back(2), lines=[line(quantity=1)]) == (OutcomeState.DONE, None)
    assert told(back(10, factor=5), lines=[line(quantity=3)]) == (OutcomeState.DONE, None)


def test_one_line_of_two_is_a_part() -> None:
    second = GoodsLine(line_no=2, sku="LAMP", quantity=Decimal(1), unit="C62", line="2")
    content = TakeBack(reference="CODE-R1", lines=(*back(1).lines, second))
    lines = [line(quantity=4), line("2", 2, 2, "LAMP")]
    parcels = [parcel("9", "Delivered", ("1", 5), ("2", 2))]
    assert told(content, lines=lines, fulfillments=parcels) == (OutcomeState.PARTIAL, None)


def test_more_than_the_customer_has_is_refused_in_words() -> None:
    words = "MUG: 6 should come back and 5 are with the customer"
    assert told(back(6)) == (OutcomeState.REFUSED, words)


def test_a_line_that_is_still_to_leave_is_not_touched() -> None:
    words = "MUG: 3 are still to leave, and the shop would cancel those instead"
    assert told(back(1), fulfillments=[parcel("9", "Shipped", ("1", 2))]) == (OutcomeState.REFUSED, words)


def test_parts_of_a_unit_and_lines_of_other_orders_are_refused() -> None:
    assert told(back(1, factor=2)) == (OutcomeState.REFUSED, "MUG: 0.5 is no whole number of units")
    assert told(back(1, at="8")) == (OutcomeState.REFUSED, "the order has no such line")
    assert told(back(1, "LAMP", at=None)) == (OutcomeState.REFUSED, "the order has no such line")
