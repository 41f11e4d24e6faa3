"""Since when an order is held, and which of its rows end by time."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from hub.flow.facts import KeptReservation
from hub.flow.lapsing import held_since, limited
from hub.model.cases import Hold, HoldType
from hub.model.inventory import ReservationState
from hub.model.order import OrderStatus
from tests.kit.facts import at

ROW = KeptReservation(id="o1/1/WH", line_no=1, sku="MUG", warehouse="WH", quantity=Decimal(2))
NOW = at(100)


def hold(kind: HoldType, since: float, *blocks: OrderStatus) -> Hold:
    return Hold(id=f"o1/{kind}", type=kind, placed_by="rep", placed_at=at(since), blocks=blocks)


def test_an_order_is_held_since_the_first_that_keeps_it_from_a_warehouse() -> None:
    person = hold(HoldType.MANUAL_CS, 1, OrderStatus.RELEASED)
    credit = hold(HoldType.CREDIT, 3, OrderStatus.ALLOCATED, OrderStatus.RELEASED)
    unpaid = hold(HoldType.PAYMENT_PENDING, 2, OrderStatus.RELEASED)
    assert held_since((person,)) is None
    assert held_since((person, credit)) == at(3)
    assert held_since((person, credit, unpaid)) == at(2)


def test_a_row_ends_when_its_time_has_come_for_good_and_what_a_warehouse_has_never_does() -> None:
    soon = NOW + timedelta(seconds=1)
    assert limited(ROW, soon, NOW) == replace(ROW, expires_at=soon)
    assert limited(replace(ROW, expires_at=soon), None, NOW) == ROW
    assert limited(ROW, NOW, NOW).state is ReservationState.EXPIRED
    assert limited(replace(ROW, expires_at=NOW), soon, NOW).state is ReservationState.EXPIRED
    for other in (
        replace(ROW, acknowledged_at=NOW),
        replace(ROW, warehouse=""),
        replace(ROW, state=ReservationState.CONSUMED),
    ):
        assert limited(other, NOW, NOW) == other
