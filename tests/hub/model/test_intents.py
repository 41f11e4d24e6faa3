from decimal import Decimal

from hub.model.effects import CancelOrder, CancelReason, CancelTarget
from hub.model.intents import LineGrant, granted

D = Decimal


def test_a_cancel_totals_its_targets_by_line_of_the_order() -> None:
    targets = (
        CancelTarget(line="a", line_no=1, cancelled=D(2)),
        CancelTarget(line="b", line_no=1, cancelled=D(1)),
        CancelTarget(line="c", line_no=2, cancelled=D(5)),
    )
    content = CancelOrder(lines=targets, reason=CancelReason.CUSTOMER)
    assert [content.total(number) for number in (1, 2, 3)] == [D(3), D(5), D(0)]


def test_what_was_not_named_was_not_answered() -> None:
    grants = (LineGrant(line_no=1, cancelled=D(2)), LineGrant(line_no=1, cancelled=D(1)))
    assert granted(grants, 1) == D(3)
    assert granted(grants, 2) is None
