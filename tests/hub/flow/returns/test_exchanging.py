"""What may be asked to go out instead: everything that is wrong with it, each with its place."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hub.flow.facts import HUB
from hub.model.command import UserErrorCode
from hub.model.returning import ReturnCancelCommand, ReturnRequestCommand
from hub.model.returns import ReturnStatus, ReturnType
from hub.model.values import Money
from tests.kit.facts import WMS, eur
from tests.kit.flows import seen
from tests.kit.returned import BACK, after, allowed, ask, at_source, came, exchange, refused, returned, shipped

Code = UserErrorCode
DOLLARS = replace(eur("12.00"), currency_code="USD")
OFF = ReturnCancelCommand(order_id="o1", return_id=BACK)


def priced(command: ReturnRequestCommand, price: Money | None) -> ReturnRequestCommand:
    """The same, at another price."""
    return replace(command, exchange_lines=tuple(replace(x, unit_price=price) for x in command.exchange_lines))


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (ask(3, type=ReturnType.REPAIR), Code.CAPABILITY_ABSENT),
        (ask(3, type=ReturnType.EXCHANGE), Code.REQUIRED),
        (replace(exchange(), type=ReturnType.REFUND), Code.INVALID),
        (replace(exchange(), type=ReturnType.REPLACEMENT), Code.INVALID),
        (priced(exchange(), DOLLARS), Code.CURRENCY_MISMATCH),
        (priced(exchange(), None), Code.REQUIRED),
        (exchange(11), Code.EXCEEDS_RETURNABLE),
    ],
)
def test_what_cannot_be_exchanged_is_refused(command: ReturnRequestCommand, code: UserErrorCode) -> None:
    assert refused(shipped(), command) == [code]


def test_what_goes_out_must_be_for_somebody_and_go_somewhere() -> None:
    known = shipped()
    lone = tuple(replace(one, links=()) for one in known.records if one.source != HUB)
    assert refused(replace(known, records=lone), exchange()) == [Code.CAPABILITY_ABSENT]
    assert refused(replace(known, records=lone), ask(3)) == []


def test_a_return_is_called_off_while_nothing_of_it_has_come() -> None:
    assert returned(after(ask(3), OFF)).status is ReturnStatus.CANCELLED
    assert returned(after(OFF, known=allowed())).status is ReturnStatus.CANCELLED
    assert refused(after(ask(3), came(1)), OFF) == [Code.NOT_ALLOWED_IN_STATUS]
    assert refused(after(ask(3), OFF), OFF) == [Code.NOT_ALLOWED_IN_STATUS]
    assert refused(after(ask(3)), replace(OFF, expected_version=99)) == [Code.CONFLICT]


def test_goods_that_come_all_the_same_bring_it_back() -> None:
    known = seen(after(OFF, known=allowed()), at_source(WMS, "RECEIVED", {"MUG": (3, 3)}))
    assert returned(known).status is ReturnStatus.RECEIVED
