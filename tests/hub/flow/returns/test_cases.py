"""What people must look at in the life of a return, and when."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hub.flow.order import flow
from hub.flow.returns.cases import NAMED_WITHIN, flow_of_lone_return
from hub.merge.assemble import assemble
from hub.model.cases import ExceptionCode
from hub.model.intents import DeliveryState
from hub.model.returns import Return
from hub.model.vocabulary import Kind
from tests.kit.facts import ERP, WMS, at, facts, record
from tests.kit.flows import flowing, moved, seen
from tests.kit.returned import (
    PAID,
    REFERENCE,
    after,
    allowed,
    ask,
    at_source,
    booked,
    came,
    cases_of,
    close,
    looked,
    memo,
    pay,
)

Code = ExceptionCode


def test_what_does_not_come_in_time_is_overdue_until_it_is_closed() -> None:
    known = after(ask(3))
    due = at(3600) + timedelta(days=30)
    assert (cases_of(known), flowing(known).wake_at) == ([], at(3600) + timedelta(minutes=15))
    known = replace(known, now=due)
    assert cases_of(known) == [Code.RETURN_OVERDUE]
    assert cases_of(after(close(), known=known)) == []


def test_what_was_looked_at_and_is_not_paid_for_is_somebody_s_work_a_day_later() -> None:
    known = after(ask(3), came(3), looked(3))
    assert cases_of(known) == []
    known = replace(known, now=at(3600) + timedelta(days=1))
    assert cases_of(known) == [Code.RETURN_NOT_CLOSED_FINANCIALLY]


def test_a_refund_that_is_refused_is_a_case_and_may_be_asked_for_again() -> None:
    known = seen(booked(after(came(3), looked(3), pay(), known=allowed())), memo("POSTED"))
    known = moved(known, PAID, DeliveryState.REFUSED, error="card gone")
    assert cases_of(known) == [Code.REFUND_FAILED]
    again = after(pay(), known=known)
    assert f"shop/refund:{REFERENCE}/2" in {row.key for row in again.deliveries}
    assert cases_of(again) == []


def test_an_erp_that_refuses_a_return_is_a_case() -> None:
    known = moved(after(ask(3)), f"erp/return:{REFERENCE}", DeliveryState.REFUSED, error="no such sale")
    assert cases_of(known) == [Code.ERP_REJECTED]
    assert cases_of(seen(known, at_source(ERP, "INSPECTED", {"MUG": (3, 3)}))) == []


def test_goods_that_belong_to_no_order_are_somebody_s_work_after_a_while() -> None:
    lone = record(WMS, Kind.RETURN, at_source(WMS, "RECEIVED", {"MUG": (1, 1)}).content, (0, 1), entity_id="o1")
    known = replace(facts(lone, now=at(60)), kind=Kind.RETURN)
    found = assemble(known).documents["o1"]
    assert isinstance(found, Return)
    early = flow_of_lone_return(found, known)
    assert (early.cases, early.wake_at) == ((), at(1) + NAMED_WITHIN)
    late = replace(known, now=at(1) + NAMED_WITHIN)
    assert [case.code for case in flow(late, assemble(late)).cases] == [Code.RETURN_UNIDENTIFIED]
