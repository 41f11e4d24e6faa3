"""From what callers say to commands."""

from __future__ import annotations

from decimal import Decimal

from hub.model.returning import AllowedLine, BackLine, CameLine, LookedAtLine
from hub.model.returns import Disposition, RefundMethod, ReturnCondition, ReturnReason, ReturnType
from hub.model.values import Money
from resolvers.inputs import LookupInput
from resolvers.returning import inputs
from resolvers.scalars import CurrencyCode
from resolvers.submits import MoneyInput
from resolvers.writes import LineQuantityInput

HERE, THERE = LookupInput(identifier="C0"), LookupInput(identifier="RMA")
ONE = Decimal(1)


def test_what_is_left_out_is_the_default() -> None:
    line = inputs.ReturnRequestLineInput(line_no=1, quantity=ONE, reason=ReturnReason.DEFECTIVE)
    asked = inputs.request_of(inputs.ReturnRequestInput(order=HERE, lines=[line], type=None, authorize=None), "o")
    assert (asked.order_id, asked.return_id, asked.type, asked.authorize) == ("o", "", ReturnType.REFUND, False)
    assert asked.lines == (BackLine(line_no=1, quantity=ONE, reason=ReturnReason.DEFECTIVE),)
    paid = inputs.refund_of(inputs.ReturnRefundInput(return_=THERE, method=None), "o", "r")
    assert (paid.amount, paid.method, paid.expected_version) == (None, RefundMethod.ORIGINAL_PAYMENT, None)
    assert inputs.authorize_of(inputs.ReturnAuthorizeInput(return_=THERE), "o", "r").lines is None


def test_what_is_said_is_kept() -> None:
    allowed = inputs.ReturnAuthorizeInput(return_=THERE, lines=[LineQuantityInput(line_no=1, quantity=ONE)], note="n")
    assert inputs.authorize_of(allowed, "o", "r").lines == (AllowedLine(line_no=1, quantity=ONE),)
    came = inputs.ReturnReceiveLineInput(line_no=1, quantity=ONE, condition=ReturnCondition.WRONG_ITEM, sku="CUP")
    receipt = inputs.receive_of(inputs.ReturnReceiveInput(return_=THERE, warehouse="WH", lines=[came]), "o", "r")
    assert (receipt.warehouse, receipt.lines) == (
        "WH",
        (CameLine(line_no=1, quantity=ONE, condition=ReturnCondition.WRONG_ITEM, sku="CUP"),),
    )
    looked = inputs.ReturnInspectLineInput(line_no=1, quantity=ONE, disposition_taken=Disposition.SCRAP)
    judged = inputs.inspect_of(inputs.ReturnInspectInput(return_=THERE, lines=[looked]), "o", "r")
    assert judged.lines == (LookedAtLine(line_no=1, quantity=ONE, disposition_taken=Disposition.SCRAP),)
    amount = MoneyInput(amount=ONE, currency_code=CurrencyCode("EUR"))
    paid = inputs.refund_of(inputs.ReturnRefundInput(return_=THERE, amount=amount), "o", "r")
    assert paid.amount == Money(amount=ONE, currency_code="EUR")
    assert inputs.close_of(inputs.ReturnCloseInput(return_=THERE, expected_version=3), "o", "r").expected_version == 3
    assert inputs.decline_of(inputs.ReturnDeclineInput(return_=THERE, note="worn"), "o", "r").note == "worn"
