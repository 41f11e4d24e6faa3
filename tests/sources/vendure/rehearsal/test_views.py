"""State as GraphQL shows it."""

from hub.clock import SystemClock
from sources.kit.rehearsal.backdating import Backdating
from sources.vendure.rehearsal.scene import Scene
from sources.vendure.rehearsal.shop import Shop
from sources.vendure.rehearsal.state import Refusal
from sources.vendure.rehearsal.views import line_view, order_view, refusal_view


def test_an_order_is_shown_with_everything_under_it() -> None:
    clock = Backdating(SystemClock())
    shop = Shop(clock)
    Scene(shop, clock).seed(100)
    orders = [order_view(shop, order) for order in shop.orders.values()]
    assert {view["state"] for view in orders} >= {"AddingItems", "PaymentSettled", "Shipped", "Delivered", "Cancelled"}
    for view in orders:
        assert view["total"] == view["subTotal"] + view["shipping"]
        assert view["totalQuantity"] == sum(line["quantity"] for line in view["lines"])
        assert (view["orderPlacedAt"] is None) is (view["active"] is True)


def test_units_in_a_cancelled_parcel_are_not_listed_under_their_line() -> None:
    clock = Backdating(SystemClock())
    shop = Shop(clock)
    scene = Scene(shop, clock)
    scene.step_of("ACME")
    (order,) = shop.orders.values()
    scene.advance(order)
    line = order.lines[0]
    assert line_view(shop, order, line)["fulfillmentLines"]
    shop.move_parcel(order, order.parcels[0], "Cancelled")
    assert line_view(shop, order, line)["fulfillmentLines"] == []
    assert order_view(shop, order)["fulfillments"][0]["state"] == "Cancelled"


def test_a_refusal_is_an_error_result() -> None:
    refusal = Refusal(typename="T", code="C", message="m", more={"x": 1})
    assert refusal_view(refusal) == {"__typename": "T", "errorCode": "C", "message": "m", "x": 1}
