"""A shop full of life."""

from datetime import timedelta

from hub.clock import SystemClock
from sources.kit.rehearsal.backdating import Backdating
from sources.vendure.rehearsal.scene import HISTORY, Scene
from sources.vendure.rehearsal.shop import Shop


def scene(seed: int = 1) -> tuple[Shop, Scene]:
    clock = Backdating(SystemClock())
    shop = Shop(clock, seed=seed)
    return shop, Scene(shop, clock, seed=seed)


def test_a_thousand_orders_stand_in_every_stage() -> None:
    shop, made = scene()
    made.seed(1000)
    states = {order.state for order in shop.orders.values()}
    assert len(shop.orders) == 1000
    assert states == {
        "AddingItems",
        "PaymentAuthorized",
        "PaymentSettled",
        "PartiallyShipped",
        "Shipped",
        "PartiallyDelivered",
        "Delivered",
        "Cancelled",
    }
    assert any(parcel.state == "Pending" for order in shop.orders.values() for parcel in order.parcels)
    assert any(line.quantity < line.placed for order in shop.orders.values() for line in order.lines)
    assert any(payment.refunds for order in shop.orders.values() for payment in order.payments)
    groups = {order.customer.group for order in shop.orders.values() if order.customer}
    assert groups == {"ACME", "BETA", "GAMMA", "DELTA", None}


def test_history_lies_in_the_last_thirty_days_and_never_ahead() -> None:
    shop, made = scene()
    made.seed(200)
    now = SystemClock().now()
    moments = [order.placed_at for order in shop.orders.values() if order.placed_at]
    parcels = [parcel.updated for order in shop.orders.values() for parcel in order.parcels]
    assert min(moments) > now - HISTORY - timedelta(minutes=1)
    assert max([*moments, *parcels]) <= now
    assert moments == sorted(moments)


def test_the_same_seed_makes_the_same_scene() -> None:
    one, other = scene(7), scene(7)
    for _, made in (one, other):
        made.seed(60)
    assert [(order.code, order.state) for order in one[0].orders.values()] == [
        (order.code, order.state) for order in other[0].orders.values()
    ]


def test_a_step_moves_one_order() -> None:
    shop, made = scene()
    made.seed(50)
    for _ in range(200):
        before = {order.id: (order.state, [parcel.state for parcel in order.parcels]) for order in shop.orders.values()}
        code = made.step()
        after = {order.id: (order.state, [parcel.state for parcel in order.parcels]) for order in shop.orders.values()}
        moved = [number for number, stands in after.items() if before.get(number) != stands]
        assert [shop.orders[number].code for number in moved] == [code]


def test_a_groups_order_goes_all_the_way_and_then_a_new_one_begins() -> None:
    shop, made = scene()
    codes = [made.step_of("ACME") for _ in range(5)]
    first = next(iter(shop.orders.values()))
    assert codes[:4] == [first.code] * 4
    assert first.state == "Delivered"
    assert codes[4] != first.code


def test_no_other_systems_number_is_handed_out() -> None:
    shop, made = scene()
    made.seed(300)
    words = [
        word
        for order in shop.orders.values()
        for word in (order.code, order.request_id, *(parcel.tracking for parcel in order.parcels))
        if word
    ]
    assert not [word for word in words if word.startswith(("SO-", "PO-", "INV-", "RMA-"))]
