"""What is still to come of a command beside its deliveries."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from hub.flow.cycle.remaining import remaining
from hub.flow.cycle.scene import scene_of
from hub.flow.facts import HUB, KeptCommand, KeptDelivery, RootFacts
from hub.merge.assemble import assemble
from hub.model.command import AmendCommand, Command, LineWanted, OperationState, ReleaseCommand, SubmitCommand
from hub.model.effects import CREATE_ORDER, CreateOrder
from hub.model.intents import DeliveryState
from hub.model.manifest import Landscape
from hub.model.order import OrderCommercial, OrderGroups
from hub.model.values import Address
from tests.kit.facts import ALL, ERP, SHOP, at, delivery, facts, landscape, line, order_record
from tests.kit.flows import order_of
from tests.kit.managed import (
    CODE,
    ERP_BINDING,
    SHOP_BINDING,
    TRIO,
    erp_request,
    erp_shipment,
    managed,
    offering,
    sale,
    shop_order,
    wms_request,
    wms_shipment,
)

S = DeliveryState
QUEUED, REJECTED = OperationState.QUEUED, OperationState.REJECTED
SUBMIT = SubmitCommand(
    order_id="o1", channel=SHOP, customer_id="c1", currency_code="EUR", ship_to=Address(city="Ghent"),
    lines=(LineWanted(line_ref="1", sku="a", quantity=Decimal(2)),),
)  # fmt: skip
AMEND, RELEASE = AmendCommand(order_id="o1", ship_to=Address(city="Ghent")), ReleaseCommand(order_id="o1")
SELLING = replace(SHOP_BINDING, manifest=replace(SHOP_BINDING.manifest, writes=offering(CREATE_ORDER)))
MIRRORED = landscape(SELLING, ERP_BINDING)


def remains(command: Command, known: RootFacts, *, is_done: bool = False) -> OperationState | None:
    """Of one command on an order."""
    kept = KeptCommand(id="k9", operation="any", actor="rep", command=command, accepted_at=at(100), is_done=is_done)
    known = replace(known, commands=(kept,))
    return remaining(scene_of(order_of(known), known, assemble(known), (), ())).get("k9")


def create(source: str, state: DeliveryState, key: str = "order.create") -> KeptDelivery:
    """The order on its way to a source."""
    content = CreateOrder(reference=CODE, lines=(), currency_code="EUR")
    return replace(delivery(source, state), key=f"{source}/{key}", action=CREATE_ORDER, content=content)


def born_here(known: Landscape, *deliveries: KeptDelivery) -> RootFacts:
    """An order that the hub itself bore, sold for the shop."""
    own = shop_order().content
    sold = OrderGroups(commercial=OrderCommercial(channel=SHOP, currency_code="EUR"))
    record = order_record(HUB, replace(own, order=sold, status="ACCEPTED"), (0, 1))
    return facts(record, landscape=known, managed_by="HUB", now=at(200), deliveries=deliveries)


@pytest.mark.parametrize("command", [SUBMIT, AMEND])
def test_what_the_erp_has_not_been_told_yet_is_queued(command: Command) -> None:
    assert remains(command, managed()) is QUEUED
    assert remains(command, managed(deliveries=(create(ERP, S.WITHDRAWN),))) is QUEUED
    assert remains(command, managed(shop_order(), sale())) is None
    assert remains(command, managed(deliveries=(create(ERP, S.DONE),))) is None


def test_a_no_is_an_answer_until_the_order_is_offered_anew() -> None:
    refused = create(ERP, S.REFUSED)
    assert remains(SUBMIT, managed(deliveries=(refused,))) is None
    anew = create(ERP, S.PENDING, "order.create:2")
    assert remains(SUBMIT, managed(deliveries=(anew, refused))) is QUEUED


def test_a_shop_that_should_show_it_counts_too() -> None:
    at_erp = create(ERP, S.DONE)
    assert remains(SUBMIT, born_here(MIRRORED, at_erp)) is QUEUED
    assert remains(SUBMIT, born_here(MIRRORED, at_erp, create(SHOP, S.DONE))) is None
    assert remains(SUBMIT, born_here(TRIO, at_erp)) is None


def test_where_no_system_takes_orders_there_is_nothing_to_wait_for() -> None:
    assert remains(SUBMIT, managed(landscape=ALL)) is None


def test_an_order_that_ended_before_anybody_had_it_was_never_submitted() -> None:
    ended = managed(shop_order(status="CANCELLED"))
    assert remains(SUBMIT, ended) is REJECTED
    assert remains(AMEND, ended) is None
    assert remains(RELEASE, ended) is REJECTED


def test_a_release_is_queued_until_warehouses_have_what_has_a_supply() -> None:
    planned = (shop_order(), sale(), erp_request(), erp_shipment())
    assert remains(RELEASE, managed(*planned)) is QUEUED
    assert remains(RELEASE, managed(*planned, wms_request(), wms_shipment())) is None
    short = replace(sale().content, lines=(line("70", 2, backordered=1),))
    half = (shop_order(), replace(sale(), content=short), erp_request(units=1), erp_shipment(units=1))
    assert remains(RELEASE, managed(*half)) is QUEUED
    assert remains(RELEASE, managed(*half, wms_request(units=1), wms_shipment(units=1))) is None


def test_what_was_carried_out_once_stays_so() -> None:
    assert remains(SUBMIT, managed(), is_done=True) is None
    assert remains(RELEASE, managed(shop_order(status="CANCELLED")), is_done=True) is None


def test_what_was_given_up_once_stays_so() -> None:
    given_up = KeptCommand(
        id="k9", operation="any", actor="rep", command=SUBMIT, accepted_at=at(100), is_done=True, remains=REJECTED
    )
    known = managed(shop_order(status="CANCELLED"), commands=(given_up,))
    assert remaining(scene_of(order_of(known), known, assemble(known), (), ())) == {"k9": REJECTED}
