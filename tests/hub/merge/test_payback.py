"""The money of a return in its document."""

from __future__ import annotations

from dataclasses import replace

from hub.merge.payback import paid_back
from hub.model.returns import ReturnFinancialState, ReturnMoney, ReturnStatus
from tests.kit.facts import eur
from tests.kit.flows import order_of, states
from tests.kit.returned import after, ask, returned


def test_a_return_says_what_it_is_worth_before_anything_came() -> None:
    known = after(ask(3))
    bare = replace(returned(known), suggested_refund_parts=())
    found = paid_back(bare, order_of(known), known, known.documents)
    assert found.groups.money == ReturnMoney(suggested_refund=eur("36.30"))
    assert [str(one.amount.amount) for one in found.suggested_refund_parts] == ["30.00", "6.30"]
    assert (found.status, found.financial_state) == (ReturnStatus.AUTHORIZED, ReturnFinancialState.NONE)
    assert set(states(known).values()) == {"PENDING"}
