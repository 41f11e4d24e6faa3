"""Each source is told in its own units."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from hub.model.intents import (
    CancelOrder,
    CancelReason,
    CancelTarget,
    Intent,
    LineGrant,
    Outcome,
    OutcomeState,
)
from hub.model.vocabulary import Kind
from hub.write.packs import in_packs, in_units

BAGS = CancelTarget(line="a", line_no=1, cancelled=Decimal(50), factor=Decimal(25))
INTENT = Intent(
    source="shop",
    kind=Kind.ORDER,
    source_id="1",
    action="order.cancel",
    key="k",
    content=CancelOrder(lines=(BAGS,), reason=CancelReason.OTHER),
)
ANSWER = Outcome(state=OutcomeState.DONE, grants=(LineGrant(line_no=1, cancelled=Decimal(2)),))


def test_fifty_kilos_are_two_bags_and_two_granted_bags_are_fifty_kilos() -> None:
    assert in_packs(INTENT).content.lines[0].cancelled == 2
    assert in_units(ANSWER, INTENT).grants[0].cancelled == 50


def test_where_units_are_the_same_nothing_changes() -> None:
    plain = replace(INTENT, content=replace(INTENT.content, lines=(replace(BAGS, factor=Decimal(1)),)))
    assert in_packs(plain) is plain
    assert in_units(ANSWER, plain) is ANSWER
