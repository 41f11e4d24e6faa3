from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.flow.cycle.shown import is_shown
from hub.flow.facts import HUB, FlowResult, KeptRecord, Picture, RootFacts
from hub.flow.order import CONFIRM_WITHIN, OUT, flow, is_whole, stuck_by
from hub.model.cases import ExceptionCode, Hold, HoldType
from hub.model.command import CancelCommand
from hub.model.effects import CancelReason, cancel_in
from hub.model.intents import DeliveryState, Mode
from hub.model.order import Order, OrderStatus
from hub.model.vocabulary import Kind, SystemKind
from tests.kit.facts import (
    ERP,
    SHOP,
    WMS,
    at,
    binding,
    cancel,
    content,
    d,
    delivery,
    facts,
    landscape,
    line,
    order_record,
)
from tests.kit.flows import accept, apply, delivery_of, flowing, moved, order_of, pictured

S = DeliveryState
KEY = "shop/cancel:k1"
ALONE = landscape(binding(SHOP))


def shop(cancelled: int = 0, seen: tuple[float, float] = (0, 1), **more: object) -> KeptRecord:
    said = content(line("a", 2, cancelled=cancelled), line("b", 1, sku="CUP"), status="ALLOCATED", **more)
    return order_record(SHOP, said, seen)


def alone(*records: KeptRecord, **more: object) -> RootFacts:
    return facts(*(records or (shop(),)), **{"landscape": ALONE, **more})


# ------------------------------------------------------------------ intents


def test_a_command_becomes_one_intent_with_a_key_made_of_facts() -> None:
    known = accept(alone(), cancel({1: 2}, note="changed her mind", notify_customer=False))
    (intent,) = flowing(known).intents
    assert (intent.key, intent.action, intent.source, intent.source_id) == (KEY, "order.cancel", SHOP, "shop-1")
    assert (intent.kind, intent.mode, intent.command_id) == (Kind.ORDER, Mode.ONCE, "k1")
    assert intent.content == delivery_of(known, KEY).content
    wanted = cancel_in(intent.content)
    assert (wanted.reason, wanted.note) == (CancelReason.CUSTOMER, "changed her mind")
    assert (wanted.refund, wanted.notify_customer) == (True, False)
    assert intent.confirm_by == at(100) + CONFIRM_WITHIN


@pytest.mark.parametrize(
    ("command", "whole"), [(cancel(), True), (cancel({1: 2, 2: 1}), True), (cancel({1: 2}), False)]
)
def test_a_cancel_that_leaves_nothing_takes_the_shipping_costs_along(command: CancelCommand, *, whole: bool) -> None:
    known = accept(alone(), command)
    assert delivery_of(known, KEY).cancel.whole is whole
    assert is_whole(delivery_of(known, KEY).cancel, order_of(known)) is whole


def test_what_has_partly_shipped_is_never_cancelled_whole() -> None:
    said = content(line("a", 2, shipped=1), status="ALLOCATED")
    known = accept(alone(order_record(SHOP, said)), cancel())
    assert not delivery_of(known, KEY).cancel.whole


def test_flow_is_level_triggered_the_same_facts_give_the_same_result() -> None:
    known = accept(alone(), cancel({1: 2}))
    assert flowing(known) == flowing(known)
    assert flowing(replace(known, deliveries=())).intents[0].key == KEY


@pytest.mark.parametrize("state", [S.DONE, S.REFUSED])
def test_a_finished_delivery_is_not_wanted_again(state: DeliveryState) -> None:
    known = moved(accept(alone(), cancel({1: 2})), KEY, state)
    assert flowing(known).intents == ()
    assert flowing(known).unwanted == {}


def test_a_root_that_is_no_order_wants_nothing() -> None:
    assert flow(facts(), Picture(decide_at=at(5))) == FlowResult(wake_at=at(5))


# ------------------------------------------------------------------ what a record shows (D7)


@pytest.mark.parametrize("state", sorted(OUT))
def test_a_record_asked_for_after_the_claim_settles_a_row_that_may_have_had_its_effect(state: DeliveryState) -> None:
    known = moved(accept(alone(), cancel({1: 2})), KEY, state, claimed_at=at(150))
    row = delivery_of(known, KEY)
    for started, cancelled, shown in ((151, 2, True), (151, 1, False), (150, 2, False), (10, 2, False)):
        later = replace(known, records=(*_others(known), shop(cancelled, (started, started + 1))))
        assert is_shown(row, later) is shown
        assert flowing(later).shown == ((row.id,) if shown else ())


def test_an_answer_in_doubt_settles_nothing() -> None:
    known = moved(accept(alone(), cancel({1: 2})), KEY, S.UNKNOWN, claimed_at=at(150))
    doubtful = replace(shop(2, (160, 161)), in_doubt=True)
    pushed = replace(shop(2, (160, 161)), started=None)
    for record in (doubtful, pushed):
        assert flowing(replace(known, records=(*_others(known), record))).shown == ()


def test_a_row_that_was_never_claimed_is_not_settled_by_a_record() -> None:
    known = accept(alone(), cancel({1: 2}))
    assert flowing(replace(known, records=(*_others(known), shop(2, (160, 161))))).shown == ()
    assert not is_shown(replace(delivery_of(known, KEY), claimed_at=None), known)


# ------------------------------------------------------------------ holds


def test_what_a_source_says_holds_the_order_is_a_hold() -> None:
    said = shop(raw_status="Modifying", holds=(HoldType.APPROVAL,))
    (hold,) = flowing(alone(said)).holds
    assert hold == Hold(
        id="o1/APPROVAL",
        type=HoldType.APPROVAL,
        placed_by=HUB,
        placed_at=at(3600),
        reason="shop says Modifying",
        blocks=(OrderStatus.VALIDATED, OrderStatus.ALLOCATED, OrderStatus.RELEASED),
    )


def test_a_hold_keeps_the_time_at_which_it_was_placed() -> None:
    said = shop(holds=(HoldType.CREDIT,))
    before = Hold(id="h", type=HoldType.CREDIT, placed_by=HUB, placed_at=at(7))
    (hold,) = flowing(alone(said, holds=(before,))).holds
    assert (hold.placed_at, hold.blocks) == (at(7), (OrderStatus.ALLOCATED, OrderStatus.RELEASED))


def test_holds_of_two_systems_add_up_and_a_gone_one_holds_nothing() -> None:
    erp = order_record(ERP, content(line("1"), status="VALIDATED", holds=(HoldType.CREDIT, HoldType.APPROVAL)))
    found = flowing(facts(shop(holds=(HoldType.APPROVAL,)), erp)).holds
    assert [hold.type for hold in found] == [HoldType.APPROVAL, HoldType.CREDIT]
    assert flowing(alone(replace(shop(holds=(HoldType.APPROVAL,)), lives=False))).holds == ()


# ------------------------------------------------------------------ time: Flow-2


def test_it_wakes_at_the_earliest_deadline_that_lies_ahead() -> None:
    known = accept(alone(now=at(110)), cancel({1: 2}))
    assert flowing(known).wake_at == at(100) + CONFIRM_WITHIN
    assert flowing(replace(known, now=at(99999))).wake_at is None
    assert flowing(moved(known, KEY, S.DONE)).wake_at is None
    picture = Picture(documents=pictured(known).documents, decide_at=at(120))
    assert flow(known, picture).wake_at == at(120)


@pytest.mark.parametrize(
    ("status", "role", "patience"),
    [
        (OrderStatus.PENDING_ACCEPTANCE, SystemKind.ERP, timedelta(minutes=5)),
        (OrderStatus.VALIDATED, SystemKind.WMS, timedelta(minutes=10)),
        (OrderStatus.ALLOCATED, SystemKind.WMS, timedelta(minutes=30)),
        (OrderStatus.SHIPPED, SystemKind.ERP, timedelta(days=1)),
    ],
)
def test_a_managed_order_is_stuck_when_whoever_must_act_has_not(
    status: OrderStatus, role: SystemKind, patience: timedelta
) -> None:
    order = Order(id="o1", version=1, number="C0", status=status, status_since=at(0))
    actor = {SystemKind.ERP: ERP, SystemKind.WMS: WMS}[role]
    known = facts(managed_by="HUB", landscape=landscape(binding(SHOP), binding(actor)))
    assert stuck_by(order, known) == at(0) + patience
    assert stuck_by(order, replace(known, managed_by="EXTERNAL")) is None
    assert stuck_by(order, replace(known, landscape=ALONE)) is None
    assert stuck_by(replace(order, status=OrderStatus.COMPLETED), known) is None


def test_a_stuck_order_is_a_case_and_one_that_may_still_move_a_time_to_wake() -> None:
    before = Order(id="o1", version=1, number="C0", status=OrderStatus.ALLOCATED, status_since=at(0))
    both = landscape(binding(SHOP), binding(WMS))
    known = facts(shop(), managed_by="HUB", landscape=both, documents={"o1": before})
    early, late = flowing(replace(known, now=at(60))), flowing(replace(known, now=at(1800)))
    assert (early.cases, early.wake_at) == ((), at(1800))
    assert ([case.code for case in late.cases], late.wake_at) == ([ExceptionCode.ORDER_STUCK], None)


# ------------------------------------------------------------------ Own-1


def test_the_hubs_record_comes_back_with_refusals_withdrawn_and_only_where_there_is_one() -> None:
    assert flowing(alone()).hub_record is None
    known = moved(accept(alone(), cancel({1: 2})), KEY, S.REFUSED, error="packed")
    said = flowing(known).hub_record
    assert said is not None
    assert [(one.quantities.cancelled, one.quantities.rejected) for one in said.lines] == [(d(0), d(2))]


@given(state=st.sampled_from(list(DeliveryState)), cancelled=st.integers(0, 2), begun=st.booleans())
def test_applying_what_flow_wants_leaves_nothing_more_to_apply(
    state: DeliveryState, cancelled: int, *, begun: bool
) -> None:
    known = accept(alone(), cancel({1: 2}))
    row = delivery(SHOP, state, [("a", 1, 2)], has_begun=begun and state is S.PENDING, confirm_by=at(1000))
    once = apply(replace(known, deliveries=(row,), records=(*_others(known), shop(cancelled, (150, 151)))))
    assert apply(once) == once


def _others(known: RootFacts) -> tuple[KeptRecord, ...]:
    return tuple(record for record in known.records if record.source == HUB)
