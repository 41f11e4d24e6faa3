"""What an item is counted in, and what else it may be ordered in."""

from decimal import Decimal

from hub.flow.entering import Entrance
from hub.model.product import Product, ProductGroups, ProductItem, UnitConversion
from tests.kit.entering import sources
from tests.kit.facts import START

CASE = UnitConversion(unit="CS", factor=Decimal(12))
MUG = Product(id="p", version=1, sku="MUG", groups=ProductGroups(item=ProductItem(base_unit="EA", units=(CASE,))))
KNOWN = Entrance(landscape=sources(), now=START, products={"MUG": MUG})


def test_an_item_is_counted_as_its_source_says_else_in_pieces() -> None:
    assert (KNOWN.unit_of("MUG"), KNOWN.unit_of("JUG")) == ("EA", "C62")


def test_a_unit_that_the_item_is_handled_in_has_a_factor() -> None:
    assert [KNOWN.factor("MUG", unit) for unit in (None, "EA", "CS", "KGM")] == [1, 1, 12, None]
    assert KNOWN.factor("JUG", "KGM") == 1
