"""Rules of approval: which one a command meets, and what is said of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from hub.model.approval import Approval, ApprovalRule, ApprovalState, NamedRule, Ruling, reason_of, ruling_of
from hub.model.values import Money

REP = ("rep", frozenset({"orders:write"}))
S = ApprovalState
WAITING = Approval(reason="r", until=datetime(2026, 11, 1, tzinfo=UTC), rule="big", rule_version=1)


def euros(amount: int, currency: str = "EUR") -> Money:
    return Money(amount=Decimal(amount), currency_code=currency)


def named(name: str = "big", **said: object) -> NamedRule:
    rule = ApprovalRule(**({"action": "orderCancel"} | said))  # type: ignore[arg-type]  # a table
    return NamedRule(name=name, version=1, rule=rule)


@pytest.mark.parametrize(
    ("rule", "worth", "fits"),
    [
        (named(), None, True),
        (named(action="orderSubmit"), None, False),
        (named(above=euros(500)), euros(500), False),
        (named(above=euros(500)), euros(501), True),
        (named(above=euros(500)), euros(1, "USD"), True),
        (named(above=euros(500)), None, True),
        (named(unless="orders:write"), None, False),
        (named(unless="orders:approve"), None, True),
        (named(actor="rep"), None, True),
        (named(actor="kim"), None, False),
        (named(ruling=Ruling.ALLOW), None, False),
    ],
)
def test_a_rule_fits_by_action_worth_scope_and_caller(rule: NamedRule, worth: Money | None, fits: bool) -> None:  # noqa: FBT001 (a table)
    assert ruling_of((rule,), "orderCancel", REP, worth) == (rule if fits else None)


def test_the_strictest_rule_counts() -> None:
    short, long = named("short", hours=Decimal(1)), named("long", hours=Decimal(9))
    never = named("never", ruling=Ruling.DENY, hours=Decimal(99))
    assert ruling_of((long, short), "orderCancel", REP, None) == short
    assert ruling_of((long, short, never), "orderCancel", REP, None) == never


def test_a_reason_names_the_rule_and_its_limit() -> None:
    assert reason_of(named(), euros(7)) == "orderCancel needs approval (big)"
    limited = named(above=euros(500))
    assert reason_of(limited, euros(600)) == "orderCancel of 600 EUR needs approval above 500 EUR (big)"
    assert reason_of(limited, None) == "orderCancel of unknown worth needs approval above 500 EUR (big)"


def test_an_approval_tells_its_story() -> None:
    said = replace(WAITING, by="kim", words="w")
    assert {state: replace(said, state=state).story for state in S} == {
        S.WAITING: "r",
        S.APPROVED: "r; approved by kim: w",
        S.REFUSED: "r; refused by kim: w",
        S.EXPIRED: "r; nobody decided in time",
        S.UNFIT: "r; approved by kim, and no longer possible: w",
    }
    assert [state for state in S if replace(said, state=state).is_void] == [S.REFUSED, S.EXPIRED, S.UNFIT]
