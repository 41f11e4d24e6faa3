"""A routing decision says how much of a line has a warehouse."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from hub.codec import decode, encode
from hub.model.routing import MissingUnits, RoutedUnits, RouteOutcome, RoutingDecision

NOW = datetime(2026, 11, 21, tzinfo=UTC)


def test_units_of_a_line_are_added_up_over_warehouses_and_a_decision_is_read_back_as_it_was() -> None:
    chosen = tuple(
        RoutedUnits(
            line_no=number, sku="MUG", warehouse=code, quantity=Decimal(units), warehouse_id="w1", told_by="wms"
        )
        for number, code, units in ((1, "EAST", 2), (1, "WEST", 3), (2, "EAST", 4))
    )
    decision = RoutingDecision(
        policy="plain",
        policy_version=1,
        outcome=RouteOutcome.PARTIAL,
        explanation="EAST and WEST have what there is",
        decided_at=NOW,
        chosen=chosen,
        missing=(MissingUnits(line_no=3, sku="CUP", quantity=Decimal(1)),),
    )
    assert [decision.sourced(number) for number in (1, 2, 3)] == [Decimal(5), Decimal(4), Decimal(0)]
    assert decode(encode(decision), RoutingDecision) == decision
