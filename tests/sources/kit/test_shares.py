"""Units that came, divided among the moves that were planned for them."""

from decimal import Decimal

import pytest

from hub.model.effects import GoodsLine
from sources.kit.shares import divided, summed, units_of

ONE, TWO, THREE = Decimal(1), Decimal(2), Decimal(3)
PLANNED = [(1, "MUG", TWO), (2, "MUG", ONE), (3, "LAMP", ONE)]


@pytest.mark.parametrize(
    ("came", "filled", "more"),
    [
        ({"MUG": THREE, "LAMP": ONE}, {1: TWO, 2: ONE, 3: ONE}, {}),
        ({"MUG": ONE}, {1: ONE, 2: Decimal(0), 3: Decimal(0)}, {}),
        ({"MUG": Decimal(5)}, {1: Decimal(4), 2: ONE, 3: Decimal(0)}, {}),
        ({"CHAIR": ONE}, {1: Decimal(0), 2: Decimal(0), 3: Decimal(0)}, {"CHAIR": ONE}),
    ],
)
def test_moves_are_filled_in_order_and_what_is_over_goes_on_the_first(
    came: dict[str, Decimal], filled: dict[int, Decimal], more: dict[str, Decimal]
) -> None:
    assert divided(PLANNED, came) == (filled, more)


def test_units_are_counted_in_the_sources_own_unit() -> None:
    lines = [
        GoodsLine(line_no=at, sku="MUG", quantity=Decimal(6), unit="C62", factor=Decimal(factor))
        for at, factor in enumerate((6, 1))
    ]
    assert units_of(lines) == {"MUG": Decimal(7)}
    assert summed([("MUG", ONE), ("LAMP", Decimal(0)), ("MUG", TWO)]) == {"MUG": THREE}
