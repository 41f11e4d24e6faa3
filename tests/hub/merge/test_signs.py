"""By what two things look like one."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hub.merge.signs import WINDOW, are_alike, customer_sign, lock_names, order_sign
from hub.model.observation import Content
from hub.model.order import Order, OrderCommercial, OrderGroups, OrderStatus
from hub.model.party import Customer, CustomerGroups, CustomerProfile
from tests.kit.facts import START, eur

HEAD = OrderCommercial(po_number="PO 7", total=eur(10), placed_at=START)
ORDER = Order(
    id="o1", version=1, number="A", status=OrderStatus.ACCEPTED, customer_id="c1", groups=OrderGroups(commercial=HEAD)
)
BUYER = CustomerGroups(profile=CustomerProfile(email="ann@example.org"))


def test_an_order_looks_by_customer_purchase_order_or_not_at_all() -> None:
    found = order_sign(ORDER)
    assert found is not None
    assert (found.sign, found.customer_id, found.total) == ("po7", "c1", eur(10).amount)
    for lacking in (
        replace(ORDER, customer_id=None),
        replace(ORDER, groups=OrderGroups()),
        replace(ORDER, groups=OrderGroups(commercial=replace(HEAD, po_number=None))),
    ):
        assert order_sign(lacking) is None


def test_an_order_that_nobody_has_priced_looks_like_another_one_without_a_price() -> None:
    bare = order_sign(replace(ORDER, groups=OrderGroups(commercial=replace(HEAD, total=None))))
    priced = order_sign(replace(ORDER, id="o2"))
    assert bare is not None
    assert priced is not None
    assert are_alike(bare, replace(bare, id="o3"))
    assert not are_alike(bare, priced)


def test_orders_within_the_window_are_alike_and_never_with_themselves() -> None:
    one = order_sign(ORDER)
    assert one is not None
    other = replace(one, id="o2")
    assert are_alike(one, other)
    assert not are_alike(one, one)
    assert not are_alike(one, replace(other, placed_at=START + WINDOW + timedelta(seconds=1)))
    assert are_alike(one, replace(other, placed_at=None))
    assert not are_alike(one, replace(other, sign="po8"))


def test_customers_are_alike_only_where_no_source_holds_both() -> None:
    one = customer_sign(Customer(id="c1", version=1, number="1", groups=BUYER), ("shop",))
    assert one is not None
    assert are_alike(one, replace(one, id="c2", sources=("erp",)))
    assert not are_alike(one, replace(one, id="c2", sources=("erp", "shop")))
    assert customer_sign(Customer(id="c1", version=1, number="1")) is None


def test_what_may_look_like_another_is_locked_by_that() -> None:
    order, buyer = Content(order=ORDER.groups), Content(customer=BUYER)
    assert list(lock_names(order)) == list(lock_names(Content(order=OrderGroups(commercial=HEAD))))
    assert [len(list(lock_names(one))) for one in (order, buyer, Content())] == [1, 1, 0]
    assert not set(lock_names(order)) & set(lock_names(buyer))
