"""The shop's refunds are written down as they are promised, with what the ERP had credited by then."""

from hub.clock import SystemClock
from hub.settings import Secret
from sources.vendure.rehearsal.stand import make_stand
from tests.crash.judge.returned import Bought, Payback
from tests.crash.till import Till, is_back

REASON = "return [C0-R1/1]"


def test_a_refund_is_told_with_what_was_credited_when_it_was_promised() -> None:
    shop = make_stand(SystemClock(), user="hub", password=Secret("p"), seed=1).shop
    order = shop.cart()
    shop.add(order, next(iter(shop.variants.values())), 3)
    shop.move(order, "ArrangingPayment")
    shop.pay(order, "dummy", settled=True)
    credited, till = set[str](), Till(shop)
    till.is_credited = credited.__contains__
    with till.watching():
        refund = shop.refund(order.payments[0], 100, REASON)
    credited.add("C0-R1")
    with till.watching():
        shop.settle_refund(order, refund, "C0-R1/1")
    with till.watching():
        pass
    assert till.done == 2
    assert list(till.paybacks("acme")) == [
        Payback(tenant="acme", code=order.code, name="C0-R1/1", cents=100, state="Settled", is_credited=False)
    ]
    assert list(till.bought("acme")) == []


def test_what_was_taken_off_after_it_left_has_come_back() -> None:
    shop = make_stand(SystemClock(), user="hub", password=Secret("p"), seed=1).shop
    order = shop.cart()
    line = shop.add(order, next(iter(shop.variants.values())), 3)
    shop.move(order, "ArrangingPayment")
    shop.pay(order, "dummy", settled=True)
    shop.move_parcel(order, shop.fulfil(order, [(line.id, 3)], "carrier", "T1"), "Shipped")
    shop.take_off(order, [(line, 2)], shipping=False)
    paid = order.payments[0].amount
    assert list(Till(shop).bought("acme")) == [
        Bought(tenant="acme", code=order.code, cents=paid, back=((line.variant.sku, 2),))
    ]


def test_requests_that_give_goods_or_money_back_are_told_from_cancels() -> None:
    cancel = {"query": "mutation { cancelOrder(input: $input) }"}
    assert is_back({**cancel, "variables": {"input": {"reason": "return C0-R1"}}})
    assert not is_back({**cancel, "variables": {"input": {"reason": "wish-1"}}})
    assert is_back({"query": "mutation { refundOrder(input: $input) }"})
    assert not is_back({"query": "query { order }"})
