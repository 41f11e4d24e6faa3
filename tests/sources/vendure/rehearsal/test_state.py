"""What the rehearsed shop holds."""

from datetime import UTC, datetime

import pytest

from sources.vendure.rehearsal.state import Line, Order, Parcel, Variant, gross

NOW = datetime(2026, 11, 21, tzinfo=UTC)


@pytest.mark.parametrize(("net", "right"), [(1990, 2408), (3980, 4816), (2250, 2723), (500, 605), (0, 0), (-750, -908)])
def test_tax_is_rounded_half_up_as_recorded(net: int, right: int) -> None:
    assert gross(net) == right


def test_totals_round_line_by_line() -> None:
    shirt = Variant(id=1, sku="S", name="S", price=1990, on_hand=9)
    mug = Variant(id=2, sku="M", name="M", price=750, on_hand=9)
    lines = [
        Line(id=1, variant=shirt, quantity=2, created=NOW, updated=NOW),
        Line(id=2, variant=mug, quantity=3, created=NOW, updated=NOW),
    ]
    order = Order(id=1, code="C", created=NOW, updated=NOW, lines=lines, shipping_net=500)
    assert (order.sub_total, order.sub_total_gross, order.total, order.total_gross) == (6230, 7539, 6730, 8144)


def test_units_are_counted_by_the_state_of_their_parcel() -> None:
    parcels = [
        Parcel(id=number, state=state, method="", tracking="", lines=[(1, 2), (2, 1)], created=NOW, updated=NOW)
        for number, state in enumerate(("Shipped", "Delivered", "Cancelled"))
    ]
    order = Order(id=1, code="C", created=NOW, updated=NOW, parcels=parcels)
    assert (order.units(1, ("Shipped", "Delivered")), order.units(2, ("Cancelled",)), order.units(3, ("Shipped",))) == (
        4,
        1,
        0,
    )
