"""The life of one order in values: what should exist after each thing that a system says."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.flow.facts import HUB, KeptRecord, RootFacts
from hub.model.effects import CREATE_ORDER, SHIP_GOODS, CreateOrder, PostInvoice, RequestFulfilment, ShipGoods
from hub.model.intents import DeliveryState, Intent
from hub.model.manifest import ChannelRules
from hub.model.observation import NaturalKey
from hub.model.order import OrderStatus
from hub.model.vocabulary import Kind
from tests.kit.facts import ERP, SHOP, WMS, at, binding, cancel, d, eur, landscape
from tests.kit.flows import accept, apply, flowing, moved, order_of, seen, states
from tests.kit.managed import (
    CODE,
    ERP_BINDING,
    ERP_CREATE,
    ERP_SHIP,
    FULFIL,
    INVOICE,
    NAMED,
    SHOP_SHIP,
    TRACKING,
    WMS_BINDING,
    erp_request,
    erp_shipment,
    invoice,
    managed,
    offering,
    sale,
    shop_order,
    shop_parcel,
    units_of,
    wms_request,
    wms_shipment,
)

S = DeliveryState
PLANNED = (erp_request(), erp_shipment())
ASKED = (wms_request(), wms_shipment())
LEFT = (wms_request(status="CLOSED"), wms_shipment(status="SHIPPED"))


def wanted(known: RootFacts) -> dict[str, Intent]:
    return {intent.key: intent for intent in flowing(known).intents}


def test_a_placed_order_should_stand_at_the_erp_under_the_code_of_its_channel() -> None:
    (intent,) = wanted(managed()).values()
    content = intent.content
    assert (intent.key, intent.source, intent.kind, intent.source_id) == (ERP_CREATE, ERP, Kind.ORDER, None)
    assert isinstance(content, CreateOrder)
    assert (content.reference, content.currency_code, content.warehouse) == (CODE, "EUR", None)
    (line,) = content.lines
    assert (line.line_no, line.sku, line.quantity, line.unit_price, line.factor) == (1, "MUG", d(2), eur(10), d(1))
    assert (content.customer_email, content.placed_at) == ("ann@example.com", at(5))
    assert content.ship_to is not None
    assert content.ship_to.city == "Brussels"


def test_what_the_hub_does_not_manage_gets_nothing_of_its_own_accord() -> None:
    for records in (
        (shop_order(),),
        (shop_order(), sale(), *PLANNED),
        (shop_order(), sale(), *PLANNED, *LEFT, invoice()),
    ):
        assert flowing(managed(*records, managed_by="EXTERNAL")).intents == ()


def test_the_erp_s_planned_shipment_should_be_asked_of_the_warehouse() -> None:
    known = wanted(managed(shop_order(), sale(), *PLANNED))
    (intent,) = known.values()
    content = intent.content
    assert (intent.key, intent.source, intent.kind, intent.source_id) == (FULFIL, WMS, Kind.SHIPMENT, None)
    assert isinstance(content, RequestFulfilment)
    assert (content.reference, content.warehouse) == (NAMED, "WH")
    assert [(line.line_no, line.sku, line.quantity) for line in content.lines] == [(1, "MUG", d(2))]


def test_nothing_is_asked_while_the_warehouse_works() -> None:
    assert wanted(managed(shop_order(), sale(), *PLANNED, *ASKED)) == {}


def test_what_has_left_is_told_to_the_erp_and_to_the_shop_with_its_tracking() -> None:
    known = wanted(managed(shop_order(), sale(), *PLANNED, *LEFT))
    assert sorted(known) == [ERP_SHIP, SHOP_SHIP]
    erp, shop = known[ERP_SHIP], known[SHOP_SHIP]
    assert (erp.kind, erp.source_id, shop.kind, shop.source_id) == (Kind.SHIPMENT, "41", Kind.ORDER, "shop-1")
    for intent, line in ((erp, "80"), (shop, "a")):
        assert isinstance(intent.content, ShipGoods)
        assert units_of(*intent.content.lines) == [(line, d(2))]
        assert (intent.content.tracking, intent.content.reference) == ((TRACKING,), NAMED)
        assert (intent.content.carrier, intent.content.warehouse) == ("DHL", "WH")


def test_the_erp_s_draft_is_posted_once_what_it_bills_has_left() -> None:
    assert INVOICE not in wanted(managed(shop_order(), sale(), *PLANNED, *ASKED, invoice()))
    known = wanted(managed(shop_order(), sale(), *PLANNED, *LEFT, invoice()))
    assert known[INVOICE].content == PostInvoice(total=eur("24.20"))
    assert (known[INVOICE].kind, known[INVOICE].source_id) == (Kind.INVOICE, "6")
    assert INVOICE not in wanted(managed(shop_order(), sale(), *PLANNED, *LEFT, invoice(status="POSTED")))


def test_an_order_that_every_system_shows_as_done_wants_nothing_more() -> None:
    done = (
        sale(status="COMPLETED"),
        erp_request(status="CLOSED"),
        erp_shipment(status="SHIPPED"),
        *LEFT,
        shop_parcel(),
        invoice(status="POSTED"),
    )
    known = managed(shop_order(shipped=2), *done)
    assert order_of(known).status is OrderStatus.COMPLETED
    assert wanted(known) == {}


def test_a_closed_order_still_tells_the_shop_what_left() -> None:
    done = (sale(status="COMPLETED"), erp_request(status="CLOSED"), erp_shipment(status="SHIPPED"), *LEFT)
    known = managed(shop_order(), *done, invoice(status="POSTED"))
    assert order_of(known).status is OrderStatus.COMPLETED
    assert list(wanted(known)) == [SHOP_SHIP]


# ------------------------------------------------------------------ in any order, again and again

EVERYTHING: tuple[KeptRecord, ...] = (
    shop_order(), sale(), *PLANNED, *LEFT, invoice(),
)  # fmt: skip


def told_in(order: Sequence[KeptRecord]) -> RootFacts:
    known = managed(shop_order())
    for one in order:
        known = seen(known, one)
    return known


@settings(max_examples=20, deadline=None)
@given(st.permutations(EVERYTHING))
def test_whatever_came_first_the_same_is_wanted_in_the_end_and_nothing_twice(order: Sequence[KeptRecord]) -> None:
    known = told_in(order)
    open_rows = {key for key, state in states(known).items() if state == S.PENDING}
    assert open_rows == {ERP_SHIP, SHOP_SHIP, INVOICE}
    again = apply(apply(known))
    assert again.deliveries == known.deliveries
    assert len({row.key for row in known.deliveries}) == len(known.deliveries)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.sampled_from(EVERYTHING), max_size=9), st.randoms(use_true_random=False))
def test_a_finished_create_is_never_made_again(records: list[KeptRecord], dice: random.Random) -> None:
    known = apply(managed())
    known = moved(known, ERP_CREATE, S.DONE, source_id="erp-1", claimed_at=at(140))
    for one in records:
        known = seen(known, replace(one, lives=dice.random() < 0.7) if one.source == ERP else one)
    creates = [row for row in known.deliveries if isinstance(row.content, CreateOrder)]
    assert [(row.key, row.state) for row in creates] == [(ERP_CREATE, S.DONE)]


# ------------------------------------------------------------------ cancel


def test_an_order_that_is_called_off_before_the_erp_has_it_never_gets_there() -> None:
    known = accept(apply(managed()), cancel())
    assert states(known)[ERP_CREATE] == "WITHDRAWN"
    assert next(row for row in known.deliveries if row.key == ERP_CREATE).withdrawn_because


def test_units_that_are_called_off_are_not_ordered() -> None:
    known = accept(apply(managed(shop_order(3))), cancel({1: 1}))
    create = wanted(known)[ERP_CREATE].content
    assert isinstance(create, CreateOrder)
    assert [line.quantity for line in create.lines] == [d(2)]


def test_units_that_are_called_off_are_not_asked_of_the_warehouse() -> None:
    known = accept(apply(managed(shop_order(3), sale(3), erp_request(3), erp_shipment(3))), cancel({1: 1}))
    asked = wanted(known)[FULFIL].content
    assert isinstance(asked, RequestFulfilment)
    assert [line.quantity for line in asked.lines] == [d(2)]
    whole = accept(apply(managed(shop_order(), sale(), *PLANNED)), cancel())
    assert states(whole)[FULFIL] == "WITHDRAWN"


@pytest.mark.parametrize("state", [S.CLAIMED, S.UNKNOWN, S.ACCEPTED, S.DONE])
def test_while_a_request_may_stand_at_the_warehouse_nobody_else_is_told_of_a_cancel(state: DeliveryState) -> None:
    known = moved(apply(managed(shop_order(), sale(), *PLANNED)), FULFIL, state, claimed_at=at(199))
    known = accept(known, cancel())
    assert [key for key in states(known) if "/cancel:" in key] == []
    known = seen(seen(known, wms_request()), wms_shipment())
    assert [key for key in states(known) if "/cancel:" in key] == [f"{WMS}/cancel:k1:9"]


def test_after_the_warehouse_gave_it_back_erp_and_shop_are_told_and_nothing_is_asked_again() -> None:
    known = accept(apply(managed(shop_order(), sale(), *PLANNED, *ASKED)), cancel())
    assert list(states(known)) == [f"{WMS}/cancel:k1:9"]
    known = moved(known, f"{WMS}/cancel:k1:9", S.DONE, {1: 2})
    known = seen(seen(known, wms_request(status="CANCEL_ACCEPTED")), wms_shipment(status="CANCELLED"))
    assert states(known)[f"{ERP}/cancel:k1"] == "PENDING"
    known = moved(known, f"{ERP}/cancel:k1", S.DONE, {1: 2})
    assert states(known)[f"{SHOP}/cancel:k1"] == "PENDING"
    assert FULFIL not in states(known)


# ------------------------------------------------------------------ sources that take nothing


def test_a_source_that_takes_no_such_effect_gets_no_intent() -> None:
    plain = landscape(binding(SHOP), binding(ERP), binding(WMS))
    for records in (
        (shop_order(),),
        (shop_order(), sale(), *PLANNED),
        (shop_order(), sale(), *PLANNED, *LEFT, invoice()),
    ):
        assert wanted(managed(*records, landscape=plain)) == {}


def test_units_called_off_before_the_erp_had_the_order_count_as_called_off_ever_after() -> None:
    known = accept(apply(managed(shop_order(3))), cancel({1: 1}))
    known = moved(known, ERP_CREATE, S.DONE, source_id="erp-1", claimed_at=at(140))
    known = seen(known, sale(2))
    line = order_of(known).lines[0].quantities
    assert (line.ordered, line.cancelled) == (d(3), d(1))
    assert [key for key in states(known) if key == f"{ERP}/cancel:k1"] == []
    known = seen(known, shop_order(3, seen=(250, 251), cancelled=1))
    assert order_of(known).conflicts == ()
    known = seen(seen(known, erp_request(2)), erp_shipment(2))
    asked = wanted(known)[FULFIL].content
    assert isinstance(asked, RequestFulfilment)
    assert [one.quantity for one in asked.lines] == [d(2)]
    again = accept(known, cancel({1: 1}), "k2")
    targets = next(row for row in again.deliveries if row.key == f"{ERP}/cancel:k2").cancel.lines
    assert [(target.line, target.cancelled) for target in targets] == [("70", d(1))]


# ------------------------------------------------------------------ orders born in the hub


def born_here(channel: str) -> RootFacts:
    """An order of the hub's own, sold through a channel, with the shop taking orders."""
    told = shop_order().content
    assert told.order is not None
    assert told.order.commercial is not None
    head = replace(told.order, commercial=replace(told.order.commercial, channel=channel), payment=None)
    own = replace(shop_order(), source=HUB, source_id="o1", content=replace(told, order=head, status="ACCEPTED"))
    shop = binding(SHOP, writes=offering(CREATE_ORDER, SHIP_GOODS))
    channels = {"web": ChannelRules(source=SHOP), "desk": ChannelRules()}
    return managed(own, landscape=replace(landscape(shop, ERP_BINDING, WMS_BINDING), channels=channels))


@pytest.mark.parametrize(("channel", "mirrored"), [("web", True), (SHOP, True), ("desk", False), ("unheard", False)])
def test_an_order_of_the_hub_s_shows_in_the_shop_that_it_was_sold_for(channel: str, *, mirrored: bool) -> None:
    known = born_here(channel)
    assert sorted(wanted(known)) == [ERP_CREATE, f"{SHOP}/order.create"][: 2 if mirrored else 1]


def test_the_shop_is_still_told_of_it_when_the_erp_speaks_for_the_order() -> None:
    known = seen(born_here("web"), sale())
    assert sorted(wanted(known)) == [f"{SHOP}/order.create"]
    shown = seen(known, shop_order(bears=(), refers=(NaturalKey(scheme="order.code", value=CODE),), number="C9"))
    assert wanted(shown) == {}
    assert order_of(shown).number == CODE
