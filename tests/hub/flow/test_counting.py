"""A source's packs in the hub's units."""

from __future__ import annotations

from decimal import Decimal

from hub.flow.counting import in_units
from tests.kit.facts import SHOP, content, line, order_record

SOLD = order_record(SHOP, content(line("a", 2, price=10), line("b", 3)))


def test_a_line_is_multiplied_and_its_price_divided_and_others_stay() -> None:
    told = in_units(SOLD, {"a": Decimal(25)})
    bag, other = told.content.lines
    assert (bag.quantities.ordered, bag.quantities.cancelled) == (Decimal(50), None)
    assert bag.unit_price is not None
    assert bag.unit_price.amount == Decimal("0.4")
    assert other == SOLD.content.lines[1]
    assert (told.factor("a"), told.factor("b")) == (Decimal(25), Decimal(1))


def test_where_nothing_differs_it_is_the_same_record() -> None:
    assert in_units(SOLD, {}) is SOLD
