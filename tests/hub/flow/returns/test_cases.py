"""What people must look at in the life of a return, and when."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from hub.flow.facts import RootFacts
from hub.flow.order import flow
from hub.flow.returns.cases import NAMED_WITHIN, flow_of_lone_return
from hub.merge.assemble import assemble
from hub.model.cases import ExceptionCode
from hub.model.intents import DeliveryState
from hub.model.returns import Disposition, Return, ReturnCondition, ReturnStatus, ReturnType
from hub.model.vocabulary import Kind
from tests.kit.facts import ERP, WMS, at, facts, record
from tests.kit.flows import apply, flowing, moved, seen
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
    returned,
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


CAME = {
    "full": (came(3),),
    "partial": (came(2),),
    "none": (),
    "over": (came(4),),
    "wrong item": (came(2), came(1, ReturnCondition.WRONG_ITEM, sku="CUP")),
}
TAKEN = (Disposition.RESTOCK, Disposition.QUARANTINE, Disposition.SCRAP, Disposition.KEEP_WITH_CUSTOMER)
PAID_BY = (ReturnType.REFUND, ReturnType.CREDIT)


@pytest.mark.parametrize("type_", PAID_BY)
@pytest.mark.parametrize("taken", TAKEN)
@pytest.mark.parametrize("what", CAME)
def test_every_cell_of_the_matrix_ends_closed_or_in_exactly_one_case(
    what: str, taken: Disposition, type_: ReturnType
) -> None:
    """What came x what becomes of it x what the customer gets."""
    known = carried_out(what, taken, type_)
    ended, open_ = returned(known).status is ReturnStatus.CLOSED, cases_of(known)
    assert (ended, open_) == (True, []) or len(open_) == 1, (returned(known), open_)
    assert returned(after(close(), known=known) if not ended else known).status is ReturnStatus.CLOSED


def carried_out(what: str, taken: Disposition, type_: ReturnType) -> RootFacts:
    """A return after people, warehouse, ERP and shop have done all that is theirs, and a month more."""
    keeps = taken is Disposition.KEEP_WITH_CUSTOMER
    known = after(*(() if keeps and what == "full" else CAME[what]), known=allowed(type=type_))
    for line in returned(known).lines:
        left = line.authorized - line.received
        if line.received > 0:
            judged = Disposition.RESTOCK if keeps else taken
            known = after(looked(str(line.received), judged, line.line_no), known=known)
        if keeps and left > 0 and what != "none":
            known = after(looked(str(left), taken, line.line_no), known=known)
    return long_after(settled(known), type_)


def settled(known: RootFacts) -> RootFacts:
    """Every system has done what it was told."""
    while waiting := [row.key for row in known.deliveries if row.state is DeliveryState.PENDING]:
        for key in waiting:
            known = moved(known, key, DeliveryState.DONE)
    return known


def long_after(known: RootFacts, type_: ReturnType) -> RootFacts:
    """The same once the ERP has credited what came and the customer has the money, a month later."""
    mugs = next(line for line in returned(known).lines if line.sku == "MUG")
    if units := int(min(mugs.received, mugs.authorized)):
        known = seen(known, at_source(ERP, "INSPECTED", {"MUG": (3, int(mugs.received))}))
        known = seen(known, memo("POSTED", units))
        known = settled(after(pay(), known=known)) if type_ is ReturnType.REFUND else known
    return apply(replace(settled(known), now=at(3600) + timedelta(days=31)))
