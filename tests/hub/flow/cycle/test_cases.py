"""What people are shown of a managed order, and when it ends by itself."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hub.flow.cycle.requesting import ACK_WITHIN
from hub.flow.facts import CaseWanted, RootFacts
from hub.model.cases import CaseQueue, ExceptionCode
from hub.model.intents import DeliveryState
from hub.model.order import OrderParties, OrderPayment, PaymentState
from hub.model.values import Address
from tests.kit.facts import ERP, WMS, at, cancel, line
from tests.kit.flows import accept, apply, delivery_of, flowing, moved, seen
from tests.kit.managed import (
    ERP_CREATE,
    FULFIL,
    NAMED,
    erp_request,
    erp_shipment,
    managed,
    sale,
    shop_order,
    wms_request,
    wms_shipment,
)

S, C = DeliveryState, ExceptionCode
PLANNED = (shop_order(), sale(), erp_request(), erp_shipment())


def cases(known: RootFacts) -> dict[ExceptionCode, CaseWanted]:
    return {case.code: case for case in flowing(known).cases}


def asked(state: DeliveryState = S.DONE) -> RootFacts:
    return moved(apply(managed(*PLANNED)), FULFIL, state, source_id="9", claimed_at=at(199))


def test_an_erp_that_refuses_an_order_is_a_case_until_it_has_it_or_it_is_called_off() -> None:
    known = moved(apply(managed()), ERP_CREATE, S.REFUSED, error="the credit limit is exceeded")
    case = cases(known)[C.ERP_REJECTED]
    assert (case.source, case.queue) == (ERP, CaseQueue.FINANCE)
    assert case.title == "erp refuses order T4D7: the credit limit is exceeded"
    assert flowing(known).intents == ()
    assert C.ERP_REJECTED not in cases(seen(known, sale()))
    gone = shop_order(seen=(60, 61), cancelled=2, status="CANCELLED")
    assert C.ERP_REJECTED not in cases(seen(known, gone))


def test_a_draft_that_an_erp_has_refused_to_take_on_is_not_the_order() -> None:
    known = seen(moved(apply(managed()), ERP_CREATE, S.REFUSED, error="no"), sale(status="PENDING_ACCEPTANCE"))
    assert list(cases(known)) == [C.ERP_REJECTED]
    changed = seen(known, shop_order(3, seen=(60, 61)))
    assert [intent.key for intent in flowing(changed).intents] == [f"{ERP_CREATE}:2"]
    begun = seen(moved(apply(managed()), ERP_CREATE, S.PENDING), sale(status="PENDING_ACCEPTANCE"))
    assert [intent.key for intent in flowing(begun).intents] == [ERP_CREATE]


def test_an_order_that_was_refused_is_offered_anew_once_it_has_changed_and_not_before() -> None:
    known = moved(apply(managed()), ERP_CREATE, S.REFUSED, error="no")
    changed = seen(known, shop_order(3, seen=(60, 61)))
    assert [intent.key for intent in flowing(changed).intents] == [f"{ERP_CREATE}:2"]
    assert C.ERP_REJECTED not in cases(changed)
    again = moved(changed, f"{ERP_CREATE}:2", S.REFUSED, error="no")
    assert flowing(again).intents == ()
    assert list(cases(again)) == [C.ERP_REJECTED]


@pytest.mark.parametrize("state", [S.PENDING, S.CLAIMED, S.UNKNOWN, S.DONE])
def test_a_warehouse_that_has_not_said_yes_in_time_is_a_case_until_it_does(state: DeliveryState) -> None:
    known = asked(state)
    due = delivery_of(known, FULFIL).confirm_by
    assert due == at(200) + ACK_WITHIN
    assert C.WMS_ACK_TIMEOUT not in cases(known)
    late = replace(known, now=due)
    assert cases(late)[C.WMS_ACK_TIMEOUT].source == WMS
    assert C.WMS_ACK_TIMEOUT in cases(seen(late, wms_request(status="SUBMITTED")))
    assert C.WMS_ACK_TIMEOUT not in cases(seen(late, wms_request()))


def test_a_warehouse_that_rejects_a_request_in_its_own_records_is_a_case() -> None:
    rejecting = wms_request(status="REJECTED")
    rejecting = replace(rejecting, content=replace(rejecting.content, raw_status="not enough stock"))
    case = cases(seen(asked(), rejecting))[C.FO_REJECTED]
    assert (case.queue, case.title) == (CaseQueue.CS, f"wms refuses {NAMED} of order T4D7: not enough stock")


def test_a_short_pick_is_a_case_until_the_rest_is_planned_anew_or_called_off() -> None:
    known = seen(seen(asked(), wms_request(1)), wms_shipment(1, status="PICKED"))
    case = cases(known)[C.PARTIAL_PICK]
    assert (case.source, case.title) == (WMS, "wms picked 1 of 2 MUG for order T4D7")
    planned = seen(seen(known, erp_request(1, name="42")), erp_shipment(1, name="42"))
    assert C.PARTIAL_PICK not in cases(planned)
    assert C.PARTIAL_PICK not in cases(accept(known, cancel({1: 1})))
    assert C.PARTIAL_PICK not in cases(seen(seen(asked(), wms_request()), wms_shipment(status="PICKED")))
    assert C.PARTIAL_PICK not in cases(seen(seen(asked(), wms_request(1)), wms_shipment(1)))


def test_a_document_that_vanished_at_its_source_is_a_case_and_no_second_one() -> None:
    known = moved(apply(managed()), ERP_CREATE, S.DONE, source_id="erp-1", claimed_at=at(140))
    assert C.ORDER_CONFLICT not in cases(known)
    gone = seen(known, replace(sale(), lives=False))
    assert cases(gone)[C.ORDER_CONFLICT].title.startswith("erp had order T4D7 and has it no more")
    assert [row.state for row in gone.deliveries] == [S.DONE]
    assert C.ORDER_CONFLICT not in cases(seen(known, sale()))
    dropped = seen(asked(), replace(wms_shipment(), lives=False))
    assert cases(dropped)[C.ORDER_CONFLICT].queue is CaseQueue.WAREHOUSE


def test_a_channel_that_edits_an_order_after_the_erp_has_it_is_a_case_until_both_agree() -> None:
    known = moved(apply(managed()), ERP_CREATE, S.DONE, source_id="erp-1", claimed_at=at(140))
    known = seen(known, sale())
    assert C.ORDER_CONFLICT not in cases(known)
    told = shop_order().content.order
    assert told is not None
    there = OrderParties(ship_to=Address(name="Ann", lines=("Rue 9",), city="Liege", postcode="4000", country="BE"))
    elsewhere = seen(known, shop_order(seen=(250, 251), order=replace(told, parties=there)))
    assert cases(elsewhere)[C.ORDER_CONFLICT].title == "shop changed the address of order T4D7 after erp had it"
    more = shop_order(seen=(250, 251))
    more = replace(more, content=replace(more.content, lines=(*more.content.lines, line("b", 1, sku="CUP", price=3))))
    assert cases(seen(known, more))[C.ORDER_CONFLICT].title.startswith("shop changed line 2 (CUP) of order T4D7")
    assert C.ORDER_CONFLICT not in cases(seen(elsewhere, shop_order(seen=(260, 261))))


def test_an_ended_order_has_none_of_them() -> None:
    known = moved(apply(managed()), ERP_CREATE, S.REFUSED, error="no")
    ended = seen(known, shop_order(seen=(60, 61), status="CANCELLED"))
    assert cases(ended) == {}


def test_an_order_that_waits_for_a_reason_is_not_stuck_however_old_it_is() -> None:
    known = apply(managed())
    assert C.ORDER_STUCK in cases(replace(known, now=at(9e5)))
    told = shop_order().content.order
    assert told is not None
    unpaid = shop_order(order=replace(told, payment=OrderPayment(state=PaymentState.PENDING)), seen=(60, 61))
    assert C.ORDER_STUCK not in cases(replace(seen(known, unpaid), now=at(9e5)))
