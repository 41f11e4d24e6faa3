"""The shop's own rules."""

from datetime import UTC, datetime

import pytest
from graphql import GraphQLError

from sources.vendure.rehearsal.shop import Shop, stamp, start_shipping
from sources.vendure.rehearsal.state import Event, Order

NOW = datetime(2026, 11, 21, 12, 0, 0, 123_456, tzinfo=UTC)


class Standing:
    def now(self) -> datetime:
        return NOW

    def monotonic(self) -> float:
        return 0.0


def placed(shop: Shop, units: int = 3) -> Order:
    order = shop.cart()
    shop.add(order, shop.variants[1], units)
    start_shipping(order)
    shop.move(order, "ArrangingPayment")
    shop.pay(order, "dummy", settled=True)
    return order


def test_codes_are_random_by_seed_and_ids_count_each_by_itself() -> None:
    one, other, third = (Shop(Standing(), seed=seed) for seed in (1, 1, 2))
    assert one.cart().code == other.cart().code != third.cart().code
    order = placed(one)
    assert (order.id, order.lines[0].id, order.payments[0].id) == (2, 1, 1)


def test_only_the_moment_of_placing_is_kept_in_milliseconds() -> None:
    order = placed(Shop(Standing()))
    assert order.placed_at == NOW.replace(microsecond=123_000)
    assert order.updated == NOW
    assert stamp(order.updated) == "2026-11-21T12:00:00.123Z"


def test_paying_allocates_cancelling_releases_packing_takes_from_the_shelf() -> None:
    shop = Shop(Standing())
    variant = shop.variants[1]
    before = variant.on_hand
    order = placed(shop)
    assert (variant.on_hand, variant.allocated) == (before, 3)
    shop.take_off(order, [(order.lines[0], 1)], shipping=False)
    assert (variant.on_hand, variant.allocated) == (before, 2)
    shop.fulfil(order, [(order.lines[0].id, 2)], "m", "t")
    assert (variant.on_hand, variant.allocated) == (before - 2, 0)
    shop.take_off(order, [(order.lines[0], 1)], shipping=False)
    assert variant.on_hand == before - 1


def test_each_thing_that_happens_is_said_as_the_real_plugin_says_it() -> None:
    shop = Shop(Standing())
    said: list[Event] = []
    shop.listeners.append(said.append)
    order = placed(shop)
    assert [(event.type, event.facts.get("to")) for event in said] == [
        ("order.change", None),
        ("order.state", "AddingItems"),
        ("order.state", "ArrangingPayment"),
        ("payment.state", "Settled"),
        ("order.state", "PaymentSettled"),
        ("order.placed", None),
    ]
    said.clear()
    shop.take_off(order, [(order.lines[0], 1)], shipping=False)
    assert said == []
    parcel = shop.fulfil(order, [(order.lines[0].id, 2)], "m", "t")
    shop.move_parcel(order, parcel, "Shipped")
    assert [(event.type, event.facts["to"]) for event in said] == [
        ("fulfillment.state", "Pending"),
        ("order.state", "Shipped"),
        ("fulfillment.state", "Shipped"),
    ]
    said.clear()
    shop.settle_refund(order, shop.refund(order.payments[0], 5, None), "tx")
    assert [(event.type, event.facts["to"]) for event in said] == [("refund.state", "Settled")]


def test_an_unpaid_order_does_not_follow_its_parcel() -> None:
    shop = Shop(Standing())
    order = shop.cart()
    shop.add(order, shop.variants[1], 1)
    shop.move(order, "ArrangingPayment")
    shop.pay(order, "dummy-auth", settled=False)
    parcel = shop.fulfil(order, [(order.lines[0].id, 1)], "m", "t")
    assert shop.move_parcel(order, parcel, "Shipped") is None
    assert order.state == "PaymentAuthorized"


def test_a_step_that_the_process_lacks_is_refused() -> None:
    shop = Shop(Standing())
    order = placed(shop)
    refused = shop.move(order, "AddingItems")
    assert refused is not None
    assert refused.more["transitionError"] == 'Cannot transition Order from "PaymentSettled" to "AddingItems"'
    assert order.state == "PaymentSettled"


def test_what_an_id_does_not_lead_to_is_lost_in_words() -> None:
    shop = Shop(Standing())
    assert shop.order_with("line", "9") is None
    with pytest.raises(GraphQLError, match='No Payment with the id "9"'):
        shop.lost("Payment", "9")


def test_a_buyer_is_known_by_email() -> None:
    shop = Shop(Standing())
    one = shop.buyer("a@mail.example", "A", "B")
    assert shop.buyer("a@mail.example", "A2", "B2") is one
    assert one.first_name == "A2"


def test_rows_come_in_any_order_and_none_is_missing() -> None:
    shop = Shop(Standing())
    orders = {tuple(shop.in_any_order([1, 2, 3, 4])) for _ in range(20)}
    assert len(orders) > 1
    assert {tuple(sorted(one)) for one in orders} == {(1, 2, 3, 4)}
