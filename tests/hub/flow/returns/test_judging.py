"""A return from the first word to the last cent, in values."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hub.flow.returns.judging import actions_of_return
from hub.model.cases import ExceptionCode
from hub.model.command import UserErrorCode
from hub.model.returning import AnyReturnCommand
from hub.model.returns import Disposition, ReturnCondition, ReturnFinancialState, ReturnPhysicalState, ReturnStatus
from tests.kit.facts import d, eur
from tests.kit.flows import states
from tests.kit.returned import after, ask, came, cases_of, close, looked, pay, refused, returned, shipped

Code = UserErrorCode


def test_a_return_that_is_asked_for_and_allowed_at_once_is_told_to_erp_and_warehouse() -> None:
    known = after(ask(3))
    found = returned(known)
    assert (found.number, found.status, found.physical_state) == (
        "RMA-H1",
        ReturnStatus.AUTHORIZED,
        ReturnPhysicalState.AWAITING,
    )
    assert [(line.line_no, line.sku, line.requested, line.authorized) for line in found.lines] == [
        (1, "MUG", d(3), d(3))
    ]
    assert found.groups.money is not None
    assert found.groups.money.suggested_refund == eur("36.30")
    assert states(known) == {"erp/return:T4D7-R1": "PENDING", "wms/return:T4D7-R1": "PENDING"}


def test_two_of_three_that_came_are_a_discrepancy_and_what_is_owed_is_what_came() -> None:
    known = after(ask(3), came(2))
    found = returned(known)
    assert (found.status, found.physical_state) == (ReturnStatus.PARTIALLY_RECEIVED, ReturnPhysicalState.PARTIAL)
    assert [(line.authorized, line.received, line.missing) for line in found.lines] == [(d(3), d(2), d(1))]
    known = after(looked(2), known=known)
    found = returned(known)
    assert (found.status, found.financial_state) == (ReturnStatus.INSPECTED, ReturnFinancialState.PENDING)
    assert [(line.inspected, line.scrapped, line.disposition_taken) for line in found.lines] == [
        (d(2), d(2), Disposition.SCRAP)
    ]
    assert found.groups.money is not None
    assert found.groups.money.suggested_refund == eur("24.20")


def test_the_discrepancy_ends_with_the_return() -> None:
    known = after(ask(3), came(2), looked(2))
    assert cases_of(known) == [ExceptionCode.RETURN_DISCREPANCY]
    known = after(close(), known=known)
    assert returned(known).status is ReturnStatus.CLOSED
    assert cases_of(known) == []


def test_a_refund_is_never_more_than_is_suggested_and_a_second_one_finds_nothing_left() -> None:
    known = after(ask(3), came(2), looked(2))
    assert refused(known, pay("24.21")) == [Code.EXCEEDS_REFUNDABLE]
    known = after(pay("20.00"), known=known)
    assert refused(known, pay("4.21")) == [Code.EXCEEDS_REFUNDABLE]
    known = after(pay(), known=known)
    assert refused(known, pay()) == [Code.EXCEEDS_REFUNDABLE]
    assert refused(known, pay("0.01")) == [Code.EXCEEDS_REFUNDABLE]


def test_another_item_that_came_is_a_line_of_its_own_and_pays_nothing() -> None:
    known = after(ask(1), came(1, ReturnCondition.WRONG_ITEM, sku="CUP"))
    found = returned(known)
    assert [(line.line_no, line.sku, line.received, line.extra) for line in found.lines] == [
        (1, "MUG", d(0), d(0)),
        (2, "CUP", d(1), d(1)),
    ]
    assert cases_of(known) == [ExceptionCode.RETURN_DISCREPANCY]
    known = after(looked(1, Disposition.QUARANTINE, line_no=2), known=known)
    money = returned(known).groups.money
    assert money is not None
    assert money.suggested_refund == eur("0.00")


def test_what_the_customer_keeps_is_paid_for_and_comes_nowhere() -> None:
    found = returned(after(ask(2), looked(2, Disposition.KEEP_WITH_CUSTOMER)))
    assert (found.status, found.physical_state) == (ReturnStatus.INSPECTED, ReturnPhysicalState.NOT_EXPECTED)
    assert [(line.received, line.inspected, line.kept) for line in found.lines] == [(d(2), d(2), d(2))]
    assert found.groups.money is not None
    assert found.groups.money.suggested_refund == eur("24.20")


def test_more_than_was_allowed_is_taken_in_and_not_paid_for() -> None:
    known = after(ask(1), came(3), looked(3, Disposition.RESTOCK))
    found = returned(known)
    assert (found.physical_state, found.lines[0].extra) == (ReturnPhysicalState.OVER_RECEIVED, d(2))
    assert found.groups.money is not None
    assert found.groups.money.suggested_refund == eur("12.10")


@pytest.mark.parametrize(
    ("command", "codes"),
    [
        (ask(11), [Code.EXCEEDS_RETURNABLE]),
        (ask(0), [Code.QUANTITY_INVALID]),
        (ask(-1), [Code.QUANTITY_INVALID]),
        (ask("1.5"), [Code.QUANTITY_INVALID]),
        (replace(ask(1), lines=()), [Code.REQUIRED]),
        (replace(ask(1), lines=ask(1).lines * 2), [Code.DUPLICATE_LINE]),
        (replace(ask(1), lines=(replace(ask(1).lines[0], line_no=9),)), [Code.NOT_FOUND]),
    ],
)
def test_what_cannot_be_asked_is_refused(command: AnyReturnCommand, codes: list[UserErrorCode]) -> None:
    assert refused(shipped(), command) == codes


@pytest.mark.parametrize(
    ("command", "codes"),
    [
        (came(0), [Code.QUANTITY_INVALID]),
        (came("0.5"), [Code.QUANTITY_INVALID]),
        (came(1, line_no=7), [Code.NOT_FOUND]),
        (came(1, ReturnCondition.WRONG_ITEM), [Code.REQUIRED]),
        (came(1, sku="CUP"), [Code.INVALID]),
        (looked(1), [Code.QUANTITY_INVALID]),
        (looked(1, Disposition.UNKNOWN), [Code.INVALID]),
        (looked(4, Disposition.KEEP_WITH_CUSTOMER), [Code.QUANTITY_INVALID]),
        (pay(), [Code.NOT_ALLOWED_IN_STATUS]),
        (replace(close(), expected_version=7), [Code.CONFLICT]),
        (replace(came(1), return_id="none"), [Code.NOT_FOUND]),
    ],
)
def test_what_does_not_fit_a_return_is_refused(command: AnyReturnCommand, codes: list[UserErrorCode]) -> None:
    assert refused(after(ask(3)), command) == codes


def test_nothing_comes_for_a_return_that_is_closed_and_no_money_of_another_currency() -> None:
    known = after(ask(3), came(3), looked(3))
    foreign = replace(eur("1.00"), currency_code="USD")
    assert refused(known, replace(pay(), amount=foreign)) == [Code.CURRENCY_MISMATCH]
    for wrong in ("0.00", "-1.00", "0.001"):
        assert refused(known, pay(wrong)) == [Code.INVALID]
    known = after(close(), known=known)
    assert refused(known, came(1)) == refused(known, looked(1)) == [Code.NOT_ALLOWED_IN_STATUS]


def test_what_one_return_has_asked_for_no_other_can_until_it_ended_without_it() -> None:
    known = after(ask(8))
    other = replace(ask(3), return_id="r2")
    assert refused(known, other) == [Code.EXCEEDS_RETURNABLE]
    assert refused(known, replace(ask(2), return_id="r2")) == []
    assert refused(after(close(), known=known), other) == []


def test_a_return_says_what_may_be_done_to_it_and_why_not() -> None:
    known = after(ask(3))
    actions = {one.action: (one.enabled, one.reason_code) for one in actions_of_return(returned(known), known)}
    assert actions == {
        "returnAuthorize": (False, "NOT_ALLOWED_IN_STATUS"),
        "returnDecline": (False, "NOT_ALLOWED_IN_STATUS"),
        "returnCancel": (True, None),
        "returnReceive": (True, None),
        "returnInspect": (True, None),
        "returnRefund": (False, "NOT_ALLOWED_IN_STATUS"),
        "returnClose": (True, None),
    }
