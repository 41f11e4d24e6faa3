"""What is examined before an ERP is asked, and what a failed check does."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from hub.flow.cycle.checks import Check, CheckName, CheckState, checks_of, failed
from hub.flow.cycle.scene import scene_of
from hub.flow.facts import HUB, RootFacts
from hub.flow.order import flow
from hub.merge.assemble import assemble
from hub.model.cases import HoldType
from hub.model.effects import CreateOrder
from hub.model.order import Order, OrderCommercial, OrderGroups, OrderParties, OrderPayment, PaymentState
from hub.model.values import Address
from hub.model.vocabulary import Kind
from tests.kit.facts import ERP, SHOP, at, eur, line
from tests.kit.flows import apply, flowing, seen, states
from tests.kit.managed import ERP_CREATE, FULFIL, erp_request, erp_shipment, managed, sale, shop_order


def checks(known: RootFacts) -> dict[CheckName, Check]:
    picture = assemble(known)
    order = picture.documents["o1"]
    assert isinstance(order, Order)
    return {one.name: one for one in checks_of(scene_of(order, known, picture, (), known.holds))}


def said(**groups: Any) -> OrderGroups:
    told = shop_order().content.order
    assert told is not None
    return replace(told, **groups)


def test_every_check_gives_a_verdict_and_says_whose_word_it_rests_on() -> None:
    found = checks(managed())
    assert [name.value for name in found] == ["CUSTOMER", "CREDIT", "PRICE", "PAYMENT", "SKU_MAPPING", "ADDRESS"]
    assert {name.value: (one.state.value, one.source) for name, one in found.items()} == {
        "CUSTOMER": ("WAIVED", HUB),
        "CREDIT": ("WAIVED", HUB),
        "PRICE": ("PASS", SHOP),
        "PAYMENT": ("PASS", SHOP),
        "SKU_MAPPING": ("WAIVED", HUB),
        "ADDRESS": ("PASS", SHOP),
    }
    assert failed(tuple(found.values())) is None
    assert all(one.words for one in found.values() if one.state is CheckState.WAIVED)


def test_an_unpaid_order_waits_on_a_hold_and_goes_on_by_itself_once_it_is_paid() -> None:
    unpaid = said(payment=OrderPayment(state=PaymentState.PENDING))
    known = apply(managed(shop_order(order=unpaid)))
    assert states(known) == {}
    (hold,) = flowing(known).holds
    assert (hold.type, hold.placed_by, hold.reason) == (
        HoldType.PAYMENT_PENDING, HUB, "shop says that the payment is pending",
    )  # fmt: skip
    paid = seen(known, shop_order(seen=(50, 51)))
    assert states(paid) == {ERP_CREATE: "PENDING"}
    assert flowing(paid).holds == ()


def test_what_an_erp_says_of_money_keeps_nothing_back_it_bills_after_the_goods_have_left() -> None:
    bought = said(payment=None)
    waits = OrderGroups(commercial=OrderCommercial(), payment=OrderPayment(state=PaymentState.PENDING))
    known = managed(shop_order(order=bought), sale(order=waits), erp_request(), erp_shipment())
    assert checks(known)[CheckName.PAYMENT].state is CheckState.WAIVED
    assert [intent.key for intent in flowing(known).intents] == [FULFIL]


@pytest.mark.parametrize(
    ("groups", "name"),
    [
        ({"parties": OrderParties(ship_to=Address(name="Ann", country="BE"))}, CheckName.ADDRESS),
        ({"payment": OrderPayment(state=PaymentState.VOIDED)}, CheckName.PAYMENT),
        ({"commercial": OrderCommercial(placed_at=at(5), currency_code="USD")}, CheckName.PRICE),
    ],
)
def test_an_order_that_fails_a_check_is_asked_of_nobody(groups: dict[str, Any], name: CheckName) -> None:
    known = managed(shop_order(order=said(**groups)))
    assert checks(known)[name].state is CheckState.FAIL
    assert flowing(known).intents == ()


def test_an_item_that_no_erp_knows_keeps_the_order_where_it_is() -> None:
    product = {(ERP, Kind.PRODUCT): at(100)}
    known = managed(coverage=product)
    assert checks(known)[CheckName.SKU_MAPPING].words == "no ERP knows MUG of shop"
    assert flowing(known).intents == ()
    mapped = replace(known, items={"MUG": frozenset({ERP})})
    assert checks(mapped)[CheckName.SKU_MAPPING].state is CheckState.PASS
    assert [intent.key for intent in flowing(mapped).intents] == [ERP_CREATE]


def test_a_create_that_waits_for_a_check_says_why_it_was_withdrawn() -> None:
    known = apply(managed())
    unpaid = seen(known, shop_order(seen=(50, 51), order=said(payment=OrderPayment(state=PaymentState.FAILED))))
    (row,) = unpaid.deliveries
    assert (row.state.value, row.withdrawn_because) == ("WITHDRAWN", "shop says that the payment is failed")
    assert states(seen(unpaid, shop_order(seen=(60, 61)))) == {ERP_CREATE: "PENDING"}


def test_a_line_without_a_price_is_sold_at_the_erp_s_own() -> None:
    bare = shop_order()
    bare = replace(bare, content=replace(bare.content, lines=(line("a", 2),)))
    known = managed(bare)
    assert checks(known)[CheckName.PRICE].state is CheckState.WAIVED
    (intent,) = flow(known, assemble(known)).intents
    assert isinstance(intent.content, CreateOrder)
    assert intent.content.lines[0].unit_price is None
    assert eur(1).currency_code == intent.content.currency_code
