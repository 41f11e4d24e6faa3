"""When a warehouse is asked, for how much, and which one after a refusal."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from hub.errors import OutcomeCause
from hub.flow.cycle.requesting import AHEAD, requests_wanted
from hub.flow.cycle.scene import Scene, scene_of
from hub.flow.facts import Allocation, KeptCommand, Placed, RootFacts
from hub.flow.holding import blocks_of
from hub.merge.assemble import assemble
from hub.model.cases import CaseQueue, ExceptionCode, Hold, HoldType
from hub.model.command import AmendCommand, LineQuantity, ReleaseCommand
from hub.model.effects import CreateOrder, RequestFulfilment
from hub.model.intents import DeliveryState
from hub.model.order import OrderCommercial, OrderShipping, PartialPolicy
from hub.model.values import Address
from tests.kit.facts import WMS, at, d, landscape
from tests.kit.flows import apply, flowing, moved, order_of, seen, states
from tests.kit.managed import (
    ERP_CREATE,
    FULFIL,
    NAMED,
    SHOP_BINDING,
    WMS_BINDING,
    erp_request,
    erp_shipment,
    managed,
    sale,
    shop_order,
    wms_request,
    wms_shipment,
)

PLANNED = (shop_order(), sale(), erp_request(), erp_shipment())
S = DeliveryState


def keys(known: RootFacts) -> list[str]:
    return [intent.key for intent in flowing(known).intents]


def asked(known: RootFacts, key: str = FULFIL) -> RequestFulfilment:
    content = next(intent.content for intent in flowing(known).intents if intent.key == key)
    assert isinstance(content, RequestFulfilment)
    return content


def scene(known: RootFacts) -> Scene:
    return scene_of(order_of(known), known, assemble(known), (), ())


def held(kind: HoldType) -> Hold:
    return Hold(id="h1", type=kind, placed_by="rep", placed_at=at(9), blocks=blocks_of(kind))


def commanded(command: AmendCommand | ReleaseCommand) -> tuple[KeptCommand, ...]:
    return (KeptCommand(id="k9", operation="any", actor="rep", command=command, accepted_at=at(100)),)


def wished(**groups: Any) -> tuple[Any, ...]:
    told = sale().content.order
    assert told is not None
    return (shop_order(), sale(order=replace(told, **groups)), *PLANNED[2:])


# ------------------------------------------------------------------ holds


@pytest.mark.parametrize(
    ("kind", "erp", "warehouse"),
    [(HoldType.CREDIT, False, False), (HoldType.CUSTOMER_REQUEST, True, False), (HoldType.WAREHOUSE, True, True)],
)
def test_a_hold_stops_what_it_blocks_and_nothing_else(kind: HoldType, *, erp: bool, warehouse: bool) -> None:
    assert keys(managed(holds=(held(kind),))) == ([ERP_CREATE] if erp else [])
    assert keys(managed(*PLANNED, holds=(held(kind),))) == ([FULFIL] if warehouse else [])


def test_a_request_that_is_held_is_withdrawn_with_the_reason_and_comes_back_when_it_is_let_go() -> None:
    known = apply(managed(*PLANNED))
    stopped = apply(replace(known, holds=(held(HoldType.CUSTOMER_REQUEST),)))
    (row,) = stopped.deliveries
    assert (row.state, row.withdrawn_because) == (S.WITHDRAWN, "held for customer request")
    assert states(apply(replace(stopped, holds=()))) == {FULFIL: "PENDING"}


# ------------------------------------------------------------------ the time, and what people say


def test_what_the_customer_wants_later_begins_some_days_before_or_when_somebody_lets_it_go() -> None:
    later = wished(commercial=OrderCommercial(requested_delivery_at=at(200) + 2 * AHEAD))
    known = managed(*later)
    assert keys(known) == []
    assert flowing(known).wake_at == at(200) + AHEAD
    assert keys(replace(known, now=at(200) + AHEAD)) == [FULFIL]
    assert keys(replace(known, commands=commanded(ReleaseCommand(order_id="o1")))) == [FULFIL]


def test_the_day_that_the_customer_wants_it_holds_though_the_erp_does_not_tell_it() -> None:
    later = wished(commercial=OrderCommercial(requested_delivery_at=at(200) + 2 * AHEAD))
    asked_first = apply(
        managed(replace(shop_order(), content=replace(shop_order().content, order=later[1].content.order)))
    )
    known = moved(asked_first, ERP_CREATE, S.DONE, source_id="erp-1", claimed_at=at(140))
    for one in PLANNED[1:]:
        known = seen(known, one)
    assert keys(known) == []


def test_what_must_ship_at_once_waits_for_all_of_it_unless_somebody_lets_it_go() -> None:
    shipping = OrderShipping(partial_policy=PartialPolicy.SHIP_COMPLETE)
    waiting = wms_shipment(1)
    line = replace(waiting.content.lines[0], quantities=replace(waiting.content.lines[0].quantities, backordered=d(1)))
    other = replace(
        waiting, source_id="8", entity_id="s8",
        content=replace(waiting.content, refers=(), lines=(line,)),
    )  # fmt: skip
    known = managed(*wished(shipping=shipping), other)
    assert keys(known) == []
    assert FULFIL in keys(replace(known, commands=commanded(ReleaseCommand(order_id="o1"))))


def test_an_order_that_somebody_amends_goes_out_as_amended() -> None:
    there = Address(name="Ann", lines=("Rue 2",), city="Liege", postcode="4000", country="BE")
    command = AmendCommand(
        order_id="o1", ship_to=there, requested_delivery_on=date(2026, 11, 3),
        lines=(LineQuantity(line_no=1, quantity=d(1)),),
    )  # fmt: skip
    known = managed(commands=commanded(command))
    (intent,) = flowing(known).intents
    assert isinstance(intent.content, CreateOrder)
    assert intent.content.ship_to == there
    assert intent.content.requested_delivery_at is not None
    assert [line.quantity for line in intent.content.lines] == [d(1)]
    content = asked(managed(*PLANNED, commands=commanded(command)))
    assert (content.ship_to, content.lines[0].quantity) == (there, d(1))


# ------------------------------------------------------------------ back-orders


def test_a_back_order_follows_by_itself_when_the_erp_plans_another_shipment() -> None:
    short = (
        shop_order(3), sale(3), erp_request(3, status="CLOSED"), erp_shipment(3, status="SHIPPED"),
        wms_request(2, status="CLOSED"), wms_shipment(2, status="SHIPPED"),
    )  # fmt: skip
    known = managed(*short, erp_request(1, name="42"), erp_shipment(1, name="42"))
    content = asked(known, f"{WMS}/fulfil:42")
    assert (content.reference, content.lines[0].quantity) == ("T4D7/42", d(1))
    assert f"{WMS}/fulfil:41" not in keys(known)


def test_a_shipment_without_a_number_or_a_place_is_not_asked_for_yet() -> None:
    plain = erp_request()
    for bare in (
        replace(plain, content=replace(plain.content, bears=())),
        replace(plain, content=replace(plain.content, refers=())),
        erp_request(status="UNSUBMITTED"),
        erp_request(status="CANCEL_ACCEPTED"),
    ):
        assert keys(managed(shop_order(), sale(), bare, erp_shipment())) == []


# ------------------------------------------------------------------ refusals


def refused(cause: OutcomeCause | None, *others: str) -> RootFacts:
    known = apply(managed(*PLANNED, allocation=Allocation(others=others)))
    return moved(known, FULFIL, S.REFUSED, error="no stock, it says", error_class=cause)


def cases(known: RootFacts) -> list[ExceptionCode]:
    return [case.code for case in flowing(known).cases]


@pytest.mark.parametrize(
    ("cause", "queue"),
    [(OutcomeCause.ADDRESS, CaseQueue.CS), (OutcomeCause.SKU, CaseQueue.MASTER_DATA), (None, CaseQueue.CS)],
)
def test_any_other_refusal_than_for_stock_is_left_to_a_person_whatever_its_words(
    cause: OutcomeCause | None, queue: CaseQueue
) -> None:
    known = refused(cause, "EAST")
    assert keys(known) == []
    assert [(case.code, case.queue) for case in flowing(known).cases] == [(ExceptionCode.FO_REJECTED, queue)]


def test_the_case_of_a_refusal_ends_when_the_warehouse_has_it_after_all() -> None:
    known = refused(OutcomeCause.ADDRESS)
    known = seen(seen(known, wms_request()), wms_shipment())
    assert cases(known) == []


def test_a_refusal_for_stock_leads_to_the_next_best_warehouse_until_none_is_left() -> None:
    known, asked_of = refused(OutcomeCause.STOCK), []
    known = replace(known, allocation=Allocation(others=("EAST", "WH", "SOUTH")))
    for _ in range(5):
        wanted = list(requests_wanted(scene(known)))
        if not wanted:
            break
        (intent,) = wanted
        asked_of.append((intent.key, intent.content.warehouse, intent.content.reference))
        row = replace(known.deliveries[0], id=intent.key, key=intent.key, content=intent.content)
        known = replace(known, deliveries=(*known.deliveries, row))
    assert asked_of == [(f"{FULFIL}@EAST", "EAST", NAMED), (f"{FULFIL}@SOUTH", "SOUTH", NAMED)]


# ------------------------------------------------------------------ where no ERP plans


def test_without_an_erp_the_hub_numbers_its_requests_itself_one_per_warehouse() -> None:
    placed = Allocation(
        placed=(
            Placed(line_no=1, warehouse="WH", quantity=d(2)),
            Placed(line_no=1, warehouse="EAST", quantity=d(1)),
        )
    )
    alone = landscape(SHOP_BINDING, WMS_BINDING)
    known = managed(shop_order(3), landscape=alone, allocation=placed)
    wanted = [(one.key, one.content.reference, one.content.warehouse) for one in requests_wanted(scene(known))]
    assert wanted == [(f"{WMS}/fulfil:1", "T4D7/1", "WH"), (f"{WMS}/fulfil:2", "T4D7/2", "EAST")]
    waiting = replace(known, allocation=replace(placed, waits_because="nothing is there"))
    assert list(requests_wanted(scene(waiting))) == []
    assert list(requests_wanted(scene(replace(known, allocation=None)))) == []
