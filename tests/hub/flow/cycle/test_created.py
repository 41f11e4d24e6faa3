"""What the hub left out when it brought an order to a source."""

from __future__ import annotations

import pytest

from hub.flow.cycle.created import left_out
from hub.model.intents import DeliveryState
from tests.kit.facts import ERP, SHOP, at, d
from tests.kit.flows import apply, moved
from tests.kit.managed import ERP_CREATE, managed


@pytest.mark.parametrize(
    ("state", "units"),
    [(DeliveryState.DONE, 1), (DeliveryState.UNKNOWN, 1), (DeliveryState.REFUSED, 0), (DeliveryState.PENDING, 0)],
)
def test_what_was_asked_and_never_ordered_there_was_left_out(state: DeliveryState, units: int) -> None:
    rows = moved(apply(managed()), ERP_CREATE, state, claimed_at=at(150)).deliveries
    assert left_out(rows, ERP, 1, d(3)) == d(units)
    assert left_out(rows, ERP, 1, d(2)) == d(0)


def test_a_source_that_the_hub_never_brought_the_order_to_has_all_of_it() -> None:
    assert left_out(managed().deliveries, ERP, 1, d(3)) == d(0)
    rows = moved(apply(managed()), ERP_CREATE, DeliveryState.DONE, claimed_at=at(150)).deliveries
    assert left_out(rows, SHOP, 1, d(3)) == d(0)
