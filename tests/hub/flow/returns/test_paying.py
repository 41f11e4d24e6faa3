"""Who gives money back, and when nobody can."""

from __future__ import annotations

from hub.model.command import UserErrorCode
from hub.model.effects import CREATE_RETURN
from hub.model.returns import RefundMethod, ReturnFinancialState, ReturnType
from tests.kit.facts import ERP, SHOP, binding, landscape
from tests.kit.managed import offering
from tests.kit.returned import after, ask, came, looked, pay, refused, returned, shipped


def test_where_no_shop_pays_for_the_hub_a_refund_is_refused_and_a_credit_is_not() -> None:
    nobody = landscape(binding(SHOP, writes={}), binding(ERP, writes=offering(CREATE_RETURN)))
    known = after(ask(3), came(3), looked(3), known=shipped(landscape=nobody))
    assert refused(known, pay()) == [UserErrorCode.CAPABILITY_ABSENT]
    assert refused(known, pay(method=RefundMethod.CREDIT_MEMO)) == []


def test_who_is_credited_is_not_paid_too() -> None:
    known = after(ask(3, type=ReturnType.CREDIT), came(3), looked(3))
    assert refused(known, pay()) == [UserErrorCode.INVALID]
    assert returned(known).financial_state is ReturnFinancialState.PENDING
