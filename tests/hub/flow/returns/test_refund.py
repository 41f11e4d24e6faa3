"""What a return is worth, part by part."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from hub.flow.returns.refund import left_of, suggested
from hub.model.billing import PaymentKind
from hub.model.returns import RefundPartKind, ReturnCondition, ReturnReason, ReturnTerms
from tests.kit.facts import d, eur
from tests.kit.flows import order_of, pictured
from tests.kit.returned import after, ask, came, looked, payment, returned, shipped

K = RefundPartKind


def parts(terms: ReturnTerms, left: str | None = None) -> dict[str, str]:
    known = after(ask(3), came(2), looked(2))
    told = suggested(returned(known), order_of(known), terms, None if left is None else Decimal(left))
    assert told is not None
    assert sum((one.amount.amount for one in told.parts), Decimal(0)) == told.total.amount
    return {one.kind.value: str(one.amount.amount) for one in told.parts}


@pytest.mark.parametrize(
    ("terms", "left", "expected"),
    [
        (ReturnTerms(), None, {"GOODS": "20.00", "TAX": "4.20"}),
        (ReturnTerms(), "10.00", {"GOODS": "20.00", "TAX": "4.20", "LIMIT": "-14.20"}),
        (ReturnTerms(restocking_percent=d(10)), None, {"GOODS": "20.00", "FEE": "-2.00", "TAX": "3.78"}),
        (
            ReturnTerms(restocking_percent=d(10), free_reasons=(ReturnReason.DEFECTIVE,)),
            None,
            {"GOODS": "20.00", "TAX": "4.20"},
        ),
        (ReturnTerms(conditions=(ReturnCondition.NEW,)), None, {}),
        (ReturnTerms(refunds_shipping=True), None, {"GOODS": "20.00", "TAX": "4.20"}),
    ],
)
def test_the_parts_add_up_to_what_is_suggested(terms: ReturnTerms, left: str | None, expected: dict[str, str]) -> None:
    assert parts(terms, left) == expected


def test_of_an_item_without_a_price_nobody_can_say_what_it_is_worth() -> None:
    known = after(ask(3))
    order = order_of(known)
    free = replace(order, lines=tuple(replace(line, unit_price=None) for line in order.lines))
    assert suggested(returned(known), free, ReturnTerms(), None) is None


def test_what_went_back_for_something_else_is_not_given_twice() -> None:
    gone = payment("p2", PaymentKind.REFUND, "100.00", psp_ref="goodwill")
    known = pictured(shipped(gone))
    assert left_of(order_of(known), known.documents, ()) == Decimal("21.00")
    assert left_of(order_of(known), known.documents, ("goodwill",)) == Decimal("121.00")
    money = returned(after(ask(3), known=known)).groups.money
    assert money is not None
    assert money.suggested_refund == eur("21.00")
