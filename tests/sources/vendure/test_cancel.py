"""The one write, as a target per line."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.model.effects import CancelOrder, CancelReason, CancelTarget
from hub.model.intents import LineGrant, OutcomeState
from sources.vendure.cancel import cancel_input, outcome, standing
from sources.vendure.wire import VendureOrder
from tests.sources.vendure.made import line, order, parcel


def wanted(*targets: tuple[str, int], whole: bool = False, note: str | None = None) -> CancelOrder:
    lines = tuple(
        CancelTarget(line=at, line_no=number, cancelled=Decimal(total)) for number, (at, total) in enumerate(targets, 1)
    )
    return CancelOrder(lines=lines, reason=CancelReason.CUSTOMER, whole=whole, note=note)


def state_of(made: VendureOrder, content: CancelOrder) -> OutcomeState:
    lines = standing(made, content)
    assert lines is not None
    return outcome(made, lines).state


def test_what_is_missing_to_the_target_is_asked_for_and_no_more() -> None:
    made = order(lines=[line("1", 3, 5), line("2", 4, 4)])
    content = wanted(("1", 4), ("2", 0))
    lines = standing(made, content)
    assert lines is not None
    assert cancel_input("7", lines, content) == {
        "orderId": "7",
        "lines": [{"orderLineId": "1", "quantity": 2}],
        "cancelShipping": False,
        "reason": "CUSTOMER",
    }


def test_a_whole_cancel_takes_shipping_costs_along_and_keeps_the_note() -> None:
    content = wanted(("1", 5), whole=True, note="n" * 600)
    lines = standing(order(), content)
    assert lines is not None
    made = cancel_input("7", lines, content)
    assert made is not None
    assert (made["cancelShipping"], len(made["reason"])) == (True, 500)


def test_what_has_left_is_never_asked_for_though_vendure_would_take_it() -> None:
    made = order(lines=[line("1", 5, 5)], fulfillments=[parcel("1", "Shipped", ("1", 4))])
    content = wanted(("1", 5))
    lines = standing(made, content)
    assert lines is not None
    sent = cancel_input("7", lines, content)
    assert sent is not None
    assert sent["lines"] == [{"orderLineId": "1", "quantity": 1}]


@given(st.integers(0, 20), st.integers(0, 20), st.integers(0, 20), st.integers(-5, 40))
def test_no_quantity_sent_is_ever_zero_or_negative(placed: int, left: int, shipped: int, target: int) -> None:
    made = order(lines=[line("1", left, placed)], fulfillments=[parcel("1", "Shipped", ("1", shipped))])
    content = wanted(("1", target))
    lines = standing(made, content)
    assert lines is not None
    sent = cancel_input("7", lines, content)
    assert sent is None or all(part["quantity"] > 0 for part in sent["lines"])


@pytest.mark.parametrize(
    ("lines", "parcels", "targets", "right"),
    [
        ([line("1", 3, 5)], [], [("1", 2)], OutcomeState.DONE),
        ([line("1", 2, 5)], [], [("1", 2)], OutcomeState.DONE),
        ([line("1", 5, 5)], [], [("1", 2)], OutcomeState.ABSENT),
        ([line("1", 4, 5)], [], [("1", 2)], OutcomeState.ABSENT),
        ([line("1", 3, 5), line("2", 1, 1)], [], [("1", 2), ("2", 1)], OutcomeState.PARTIAL),
        ([line("1", 5, 5)], [parcel("1", "Delivered", ("1", 5))], [("1", 2)], OutcomeState.REFUSED),
        ([line("1", 0, 5)], [], [("1", 7)], OutcomeState.REFUSED),
    ],
)
def test_what_is_read_decides_the_outcome(
    lines: list[object], parcels: list[object], targets: list[tuple[str, int]], right: OutcomeState
) -> None:
    assert state_of(order(lines=lines, fulfillments=parcels), wanted(*targets)) is right


def test_a_refusal_says_why_and_what_was_granted() -> None:
    made = order(lines=[line("1", 4, 5)], state="Shipped", fulfillments=[parcel("1", "Shipped", ("1", 4))])
    lines = standing(made, wanted(("1", 3)))
    assert lines is not None
    refused = outcome(made, lines)
    assert refused.words == "the order is Shipped; line 1: 2 of 3 cannot be taken back"
    assert refused.grants == (LineGrant(line_no=1, cancelled=Decimal(1)),)


def test_a_grant_is_never_more_than_was_asked() -> None:
    made = order(lines=[line("1", 0, 5)])
    lines = standing(made, wanted(("1", 2)))
    assert lines is not None
    assert outcome(made, lines).grants == (LineGrant(line_no=1, cancelled=Decimal(2)),)


def test_a_line_of_another_order_stands_nowhere() -> None:
    assert standing(order(), wanted(("99", 1))) is None
