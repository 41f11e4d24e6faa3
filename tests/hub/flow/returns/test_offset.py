"""What goes out, set against what comes back, to the cent: the rest is given back, or due."""

from __future__ import annotations

import pytest

from hub.flow.facts import RootFacts
from hub.model.intents import DeliveryState
from hub.model.returns import RefundPartKind, ReturnFinancialState, ReturnMoney, ReturnStatus, ReturnType
from tests.kit.facts import eur
from tests.kit.flows import moved, seen
from tests.kit.returned import (
    REFERENCE,
    after,
    allowed,
    ask,
    booked,
    came,
    close,
    exchange,
    looked,
    memo,
    pay,
    refused,
    returned,
)

SEND = f"hub/return.send:{REFERENCE}"


def money(known: RootFacts) -> ReturnMoney:
    found = returned(known).groups.money
    assert found is not None
    return found


def test_what_the_new_goods_do_not_cost_is_given_back() -> None:
    known = after(exchange(3), came(3), looked(3))
    assert (money(known).suggested_refund, money(known).due) == (eur("7.26"), None)
    parts = [(one.kind, one.amount) for one in returned(known).suggested_refund_parts]
    assert parts == [
        (RefundPartKind.GOODS, eur("30.00")),
        (RefundPartKind.TAX, eur("6.30")),
        (RefundPartKind.EXCHANGE, eur("-29.04")),
    ]


def test_what_they_cost_more_is_due_and_nothing_is_given_back() -> None:
    known = after(exchange(3), came(2), looked(2))
    assert (money(known).suggested_refund, money(known).due) == (eur("0.00"), eur("4.84"))
    assert sum(one.amount.amount for one in returned(known).suggested_refund_parts) == 0


def test_the_price_that_is_not_named_is_what_was_paid_for_the_same_item() -> None:
    known = after(exchange(3, ("MUG", 3, None)), came(3), looked(3))
    assert (money(known).suggested_refund, money(known).due) == (eur("0.00"), None)


def test_for_the_same_goods_nothing_is_given_back_and_nothing_is_due() -> None:
    known = after(ask(3, type=ReturnType.REPLACEMENT), came(3), looked(3))
    found = returned(known)
    assert (money(known).suggested_refund, money(known).due, found.suggested_refund_parts) == (eur("0"), None, ())


def test_what_went_out_ahead_for_goods_that_stayed_away_is_due_once_it_is_closed() -> None:
    known = after(ask(3, type=ReturnType.ADVANCE_REPLACEMENT))
    known = moved(known, SEND, DeliveryState.DONE, source_id="o2")
    assert money(known).due is None
    known = after(close(), known=known)
    assert (returned(known).status, money(known).due) == (ReturnStatus.CLOSED, eur("36.30"))


def test_an_exchange_is_closed_once_its_order_stands_and_the_rest_is_paid() -> None:
    known = allowed(type=ReturnType.EXCHANGE, exchange_lines=exchange().exchange_lines)
    known = seen(booked(after(came(3), looked(3), known=known)), memo("POSTED"))
    known = after(pay(), known=known)
    known = moved(known, f"shop/refund:{REFERENCE}/1", DeliveryState.DONE)
    assert (returned(known).status, returned(known).replacement_id) == (ReturnStatus.CREDITED, None)
    assert [code.value for code in refused(known, close())] == ["NOT_ALLOWED_IN_STATUS"]
    known = moved(known, SEND, DeliveryState.DONE, source_id="o2")
    found = returned(known)
    assert (found.status, found.financial_state) == (ReturnStatus.CLOSED, ReturnFinancialState.REFUNDED)
    assert (found.replacement_id, money(known).refunded) == ("o2", eur("7.26"))


def test_what_could_not_go_out_a_person_may_close_over() -> None:
    known = after(exchange(3), came(3), looked(3))
    known = moved(known, SEND, DeliveryState.DEAD, error="no such customer")
    known = after(close(), known=known)
    assert (returned(known).status, money(known).suggested_refund) == (ReturnStatus.CLOSED, eur("36.30"))
    assert {row.key: row.state for row in known.deliveries}[SEND] is DeliveryState.WITHDRAWN


@pytest.mark.parametrize("kind", [ReturnType.EXCHANGE, ReturnType.REPLACEMENT])
def test_what_a_person_says_is_not_to_go_out_is_paid_for_instead(kind: ReturnType) -> None:
    out = exchange().exchange_lines if kind is ReturnType.EXCHANGE else ()
    known = allowed(type=kind, exchange_lines=out)
    known = seen(booked(after(came(3), looked(3), known=known)), memo("POSTED"))
    known = moved(moved(known, SEND, DeliveryState.DEAD), SEND, DeliveryState.REFUSED, error="discarded")
    assert (money(known).suggested_refund, money(known).due) == (eur("36.30"), None)
    known = moved(after(pay(), known=known), f"shop/refund:{REFERENCE}/1", DeliveryState.DONE)
    assert returned(known).status is ReturnStatus.CLOSED
