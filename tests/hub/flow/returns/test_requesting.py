"""What may be asked to come back, by policy and by what left."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from hub.model.command import UserErrorCode
from hub.model.policy import NamedReturns, Outside, ReturnPolicy
from hub.model.returning import AllowedLine, ReturnAuthorizeCommand, ReturnDeclineCommand
from hub.model.returns import ReturnReason, ReturnStatus, ReturnTerms
from tests.kit.facts import at, d
from tests.kit.flows import states
from tests.kit.returned import BACK, after, ask, refused, returned, shipped, told


def policy(**said: Any) -> NamedReturns:  # Any: of ReturnPolicy
    return NamedReturns(name="plain", version=3, policy=ReturnPolicy(**said))


@pytest.mark.parametrize(
    "rule",
    [
        {"window": timedelta(seconds=3000)},
        {"refused_reasons": (ReturnReason.DEFECTIVE,)},
        {"excluded": ("M*",)},
    ],
)
def test_what_a_policy_does_not_allow_waits_for_somebody_or_is_refused(rule: dict[str, Any]) -> None:
    known = told(shipped(), ask(3), policy(**rule))
    assert (returned(known).status, states(known)) == (ReturnStatus.IN_REVIEW, {})
    assert refused(shipped(), ask(3), policy(outside=Outside.REFUSE, **rule)) == [UserErrorCode.INVALID]
    known = told(known, ReturnAuthorizeCommand(order_id="o1", return_id=BACK))
    assert returned(known).status is ReturnStatus.AUTHORIZED


def test_what_is_in_time_is_allowed_and_keeps_the_terms_of_that_day() -> None:
    terms = ReturnTerms(restocking_percent=Decimal(10))
    known = told(shipped(), ask(3), policy(window=timedelta(hours=1), expires=timedelta(days=5), terms=terms))
    told_ = returned(known).groups.authorization
    assert told_ is not None
    assert (told_.window_ends_at, told_.expires_at) == (at(3605), at(3600) + timedelta(days=5))
    assert told_.terms == ReturnTerms(policy="plain", version=3, restocking_percent=Decimal(10))


def test_a_part_of_what_was_asked_may_be_allowed() -> None:
    asked = told(shipped(), ask(3, authorize=False))
    assert (returned(asked).status, states(asked)) == (ReturnStatus.REQUESTED, {})
    less = ReturnAuthorizeCommand(order_id="o1", return_id=BACK, lines=(AllowedLine(line_no=1, quantity=d(2)),))
    (line,) = returned(told(asked, less)).lines
    assert (line.requested, line.authorized) == (d(3), d(2))
    for units, code in ((0, "QUANTITY_INVALID"), (4, "QUANTITY_INVALID")):
        wrong = ReturnAuthorizeCommand(
            order_id="o1", return_id=BACK, lines=(AllowedLine(line_no=1, quantity=d(units)),)
        )
        assert refused(asked, wrong) == [code]


def test_who_refuses_a_return_lets_its_units_be_asked_for_again() -> None:
    known = after(ask(10, authorize=False), ReturnDeclineCommand(order_id="o1", return_id=BACK))
    assert returned(known).status is ReturnStatus.DECLINED
    again = ask(10)
    assert refused(known, type(again)(order_id="o1", return_id="r2", lines=again.lines)) == []
