"""The money of a return in its document."""

from __future__ import annotations

from dataclasses import replace

from hub.flow.facts import RootFacts
from hub.merge.assemble import assemble
from hub.merge.payback import paid_back
from hub.model.billing import PaymentKind
from hub.model.command import UserErrorCode
from hub.model.intents import DeliveryState
from hub.model.returns import Disposition, Return, ReturnFinancialState, ReturnMoney, ReturnStatus
from tests.kit.facts import eur
from tests.kit.flows import moved, order_of, seen, states
from tests.kit.returned import (
    PAID,
    REFERENCE,
    after,
    ask,
    came,
    looked,
    memo,
    pay,
    payment,
    refused,
    returned,
    shipped,
)

PAID_NAME = f"{REFERENCE}/1"


def test_a_return_says_what_it_is_worth_before_anything_came() -> None:
    known = after(ask(3))
    bare = replace(returned(known), suggested_refund_parts=())
    found = paid_back(bare, order_of(known), known, known.documents)
    assert found.groups.money == ReturnMoney(suggested_refund=eur("36.30"))
    assert [str(one.amount.amount) for one in found.suggested_refund_parts] == ["30.00", "6.30"]
    assert (found.status, found.financial_state) == (ReturnStatus.AUTHORIZED, ReturnFinancialState.NONE)
    assert set(states(known).values()) == {"PENDING"}


def worth(known: RootFacts, name: str) -> str:
    found = assemble(known).documents[name]
    assert isinstance(found, Return)
    money = found.groups.money
    assert money is not None
    assert money.suggested_refund is not None
    return str(money.suggested_refund.amount)


def test_what_is_promised_for_one_return_of_an_order_is_not_left_for_another() -> None:
    gone = payment("p2", PaymentKind.REFUND, "90.00", psp_ref="goodwill")
    first = after(ask(2), came(2), looked(2), known=shipped(gone))
    both = after(*(replace(one, return_id="r2") for one in (ask(2), came(2), looked(2))), known=first)
    assert [worth(both, name) for name in ("r1", "r2")] == ["24.20", "24.20"]
    promised = after(pay(), known=both)
    assert [worth(promised, name) for name in ("r1", "r2")] == ["24.20", "6.80"]
    assert refused(promised, replace(pay("24.20"), return_id="r2")) == [UserErrorCode.EXCEEDS_REFUNDABLE]


def test_a_promise_that_was_refused_or_is_shown_by_a_payment_is_counted_once_or_not_at_all() -> None:
    gone = payment("p2", PaymentKind.REFUND, "90.00", psp_ref="goodwill")
    first = after(ask(2), came(2), looked(2), known=shipped(gone))
    both = after(*(replace(one, return_id="r2") for one in (ask(2), came(2), looked(2))), known=first)
    booked = seen(after(pay(), known=both), memo("POSTED", 2))
    paid = seen(moved(booked, PAID, DeliveryState.DONE), payment("p3", PaymentKind.REFUND, "24.20", psp_ref=PAID_NAME))
    assert worth(paid, "r2") == "6.80"
    assert worth(moved(booked, PAID, DeliveryState.REFUSED), "r2") == "24.20"


def test_a_return_that_nothing_is_left_to_be_paid_for_is_over_once_it_is_credited() -> None:
    gone = payment("p2", PaymentKind.REFUND, "121.00", psp_ref="goodwill")
    known = after(ask(3), came(3), looked(3, Disposition.RESTOCK), known=shipped(gone))
    while waiting := [row.key for row in known.deliveries if row.state is DeliveryState.PENDING]:
        known = moved(known, waiting[0], DeliveryState.DONE)
    assert returned(known).status is ReturnStatus.INSPECTED
    credited = seen(known, memo("POSTED"))
    assert (worth(credited, "r1"), returned(credited).status) == ("0.00", ReturnStatus.CLOSED)
