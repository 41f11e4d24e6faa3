"""Orders that become the hub's: at the first telling, from the baseline on, and never again."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from hub.merge.capture import capture
from hub.merge.keys import RecordKey
from hub.merge.shelf import Shelf
from hub.merge.turn import Turning, turn
from hub.model.manifest import Landscape
from hub.model.observation import Content
from hub.model.order import OrderCommercial, OrderGroups
from hub.model.vocabulary import Kind
from tests.kit.merging import ERP, SHOP, at, landscape, order
from tests.kit.shelves import indexed, record, shelf_of

BASELINE = at(0)


def capturing() -> Landscape:
    plain = landscape()
    shop = replace(plain.sources[SHOP], captures=True, baseline_at=BASELINE)
    return replace(plain, sources={**plain.sources, SHOP: shop})


def placed_at(seconds: float) -> Content:
    return order(order=OrderGroups(commercial=OrderCommercial(placed_at=at(seconds))))


def managed(before: Shelf, shelf: Shelf, sources: Landscape) -> str:
    capture(before, shelf, sources)
    return shelf.roots["a"].managed_by


def test_an_order_is_captured_when_its_channel_first_tells_of_it() -> None:
    shelf = shelf_of(record(SHOP, "s0", placed_at(1), entity="a"))
    assert managed(Shelf(now=at(0)), shelf, capturing()) == "HUB"
    assert shelf.roots["a"].flow_version == 1


def test_an_order_from_before_the_baseline_or_of_a_channel_that_mirrors_stays_external() -> None:
    assert managed(Shelf(now=at(0)), shelf_of(record(SHOP, "s0", placed_at(-1), entity="a")), capturing()) == "EXTERNAL"
    assert managed(Shelf(now=at(0)), shelf_of(record(SHOP, "s0", placed_at(1), entity="a")), landscape()) == "EXTERNAL"
    assert managed(Shelf(now=at(0)), shelf_of(record(ERP, "7", placed_at(1), entity="a")), capturing()) == "EXTERNAL"


def test_what_was_told_before_is_not_taken_over_by_turning_capture_on() -> None:
    known = shelf_of(record(SHOP, "s0", placed_at(1), entity="a"))
    assert managed(known, known.copy(), capturing()) == "EXTERNAL"


def test_a_cart_that_is_placed_at_last_is_told_for_the_first_time() -> None:
    cart = shelf_of(record(SHOP, "s0", order(order=OrderGroups()), entity="a"))
    assert managed(cart, shelf_of(record(SHOP, "s0", placed_at(1), entity="a")), capturing()) == "HUB"


def test_an_order_that_is_gone_already_is_nobody_s() -> None:
    gone = shelf_of(record(SHOP, "s0", placed_at(1), entity="a"))
    name = RecordKey(SHOP, Kind.ORDER, "s0", "")
    gone.records[name] = replace(gone.records[name], gone_at=at(2))
    assert managed(Shelf(now=at(0)), gone, capturing()) == "EXTERNAL"


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(min_value=-9e6, max_value=-1, allow_nan=False), min_size=1, max_size=12))
def test_no_order_from_before_the_baseline_gets_any_intent(instants: list[float]) -> None:
    rows = [record(SHOP, f"s{n}", placed_at(seconds), entity=f"e{n}") for n, seconds in enumerate(instants)]
    shelf = shelf_of(*rows)
    capture(Shelf(now=at(0)), shelf, capturing())
    turning = Turning(landscape=capturing(), mint=lambda: "minted", correlation_id="c")
    where = indexed(shelf)[1]
    for root in sorted(shelf.roots):
        assert turn(shelf, where, root, turning).result.intents == ()
    assert shelf.deliveries == {}
