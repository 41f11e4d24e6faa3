"""Where a return stands on its three axes."""

from __future__ import annotations

from typing import Any

import pytest

from hub.merge.comeback import goods, is_authorized, money, stands_at
from hub.model.billing import CreditMemo, CreditMemoStatus, Payment, PaymentKind, PaymentStatus
from hub.model.returns import ReturnFinancialState as Money
from hub.model.returns import ReturnLine
from hub.model.returns import ReturnPhysicalState as Goods
from hub.model.returns import ReturnStatus as Status
from hub.model.vocabulary import SystemKind
from tests.kit.facts import d

E, W, C, H = SystemKind.ERP, SystemKind.WMS, SystemKind.COMMERCE, SystemKind.HUB


@pytest.mark.parametrize(
    ("claims", "status"),
    [
        ([(E, Status.AUTHORIZED)], Status.AUTHORIZED),
        ([(E, Status.AUTHORIZED), (W, Status.INSPECTED)], Status.INSPECTED),
        ([(E, Status.CREDITED), (W, Status.RECEIVED)], Status.CREDITED),
        ([(E, Status.RECEIVED), (W, Status.AUTHORIZED)], Status.AUTHORIZED),
        ([(E, Status.CANCELLED), (W, Status.RECEIVED)], Status.CANCELLED),
        ([(W, Status.RECEIVED)], Status.REQUESTED),
        ([(W, Status.AUTHORIZED)], Status.AUTHORIZED),
        ([(H, Status.PARTIALLY_RECEIVED), (W, Status.AUTHORIZED), (E, Status.AUTHORIZED)], Status.PARTIALLY_RECEIVED),
        ([(H, Status.CLOSED), (W, Status.INSPECTED), (E, Status.AUTHORIZED)], Status.CLOSED),
        ([(H, Status.DECLINED), (E, Status.REQUESTED)], Status.DECLINED),
        ([(H, Status.DECLINED), (E, Status.AUTHORIZED)], Status.AUTHORIZED),
        ([(C, Status.REQUESTED)], Status.REQUESTED),
        ([], Status.UNKNOWN),
    ],
)
def test_the_warehouse_speaks_for_goods_and_the_erp_for_the_rest_and_people_meanwhile(
    claims: list[tuple[SystemKind, Status]], status: Status
) -> None:
    assert stands_at(claims) is status
    assert stands_at(claims[::-1]) is status


def line(wanted: int = 0, came: int = 0, **more: int) -> ReturnLine:
    counted: dict[str, Any] = {name: d(units) for name, units in more.items()}
    return ReturnLine(line_no=1, sku="MUG", requested=d(wanted), received=d(came), **counted)


@pytest.mark.parametrize(
    ("status", "lines", "state"),
    [
        (Status.AUTHORIZED, [line(3)], Goods.AWAITING),
        (Status.IN_TRANSIT, [line(3)], Goods.IN_TRANSIT),
        (Status.INSPECTED, [line(3, 2)], Goods.PARTIAL),
        (Status.INSPECTED, [line(3, 3)], Goods.RECEIVED),
        (Status.INSPECTED, [line(3, 4, extra=1)], Goods.OVER_RECEIVED),
        (Status.CANCELLED, [line(3)], Goods.NOT_EXPECTED),
        (Status.UNKNOWN, [], Goods.UNKNOWN),
    ],
)
def test_goods_are_where_the_units_say(status: Status, lines: list[ReturnLine], state: Goods) -> None:
    assert goods(status, lines) is state


def memo(status: CreditMemoStatus) -> CreditMemo:
    return CreditMemo(id="c", version=1, status=status)


def refund(status: PaymentStatus) -> Payment:
    return Payment(id="p", version=1, kind=PaymentKind.REFUND, status=status)


def test_money_is_pending_until_it_is_credited_or_refunded() -> None:
    came, credited = [line(2, 2)], [line(2, 2, credited=2)]
    assert money(Status.AUTHORIZED, [line(2)], [], []) is Money.NONE
    assert money(Status.INSPECTED, came, [memo(CreditMemoStatus.DRAFT)], []) is Money.PENDING
    assert money(Status.INSPECTED, credited, [memo(CreditMemoStatus.POSTED)], []) is Money.CREDITED
    assert money(Status.INSPECTED, [line(2, 2, credited=1)], [memo(CreditMemoStatus.POSTED)], []) is Money.PARTIAL
    assert money(Status.CREDITED, came, [], []) is Money.CREDITED
    assert money(Status.INSPECTED, credited, [], [refund(PaymentStatus.SUCCEEDED)]) is Money.REFUNDED
    assert money(Status.INSPECTED, came, [], [refund(PaymentStatus.FAILED)]) is Money.REFUND_FAILED


def test_only_what_somebody_allowed_is_authorised() -> None:
    assert [one for one in Status if is_authorized(one)] == [
        Status.AUTHORIZED,
        Status.IN_TRANSIT,
        Status.PARTIALLY_RECEIVED,
        Status.RECEIVED,
        Status.INSPECTED,
        Status.CREDITED,
        Status.CLOSED,
    ]
