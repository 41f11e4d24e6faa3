"""What became of a delivery: compare-and-set by epoch, attempt and state (D7, D8)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from hub.merge.settle import asks_for_reading, settle, shown
from hub.merge.work import Settlement
from hub.model.intents import DeliveryState, LineGrant
from tests.kit.deliveries import delivery
from tests.kit.merging import at

CLAIMED = delivery(state=DeliveryState.CLAIMED, attempts=2, epoch=1, hold_until=at(4))
OWNERS = {("shop", 3): True, ("shop", 2): False}


def said(state: DeliveryState = DeliveryState.DONE, **also: Any) -> Settlement:  # Any: fields
    known: dict[str, Any] = {"epoch": 3, "attempt": 2, "was": (DeliveryState.CLAIMED,)}
    return Settlement(delivery_id="d1", state=state, **(known | also))


def test_the_owner_s_word_on_its_attempt_stands() -> None:
    grants = (LineGrant(line_no=1, cancelled=Decimal(2)),)
    found = settle([said(reference="R-1", grants=grants, confirm_by=at(99))], {"d1": CLAIMED}, OWNERS, at(9))
    row = found.rows["d1"]
    assert (row.state, row.reference, row.grants, row.settled_at, row.confirm_by) == (
        DeliveryState.DONE, "R-1", grants, at(9), at(99),
    )  # fmt: skip
    assert found.refused == ()


def test_what_a_create_made_is_kept_and_read_next() -> None:
    asked = delivery(state=DeliveryState.CLAIMED, attempts=2, source_id=None, action="order.create")
    row = settle([said(source_id="e7")], {"d1": asked}, OWNERS, at(9)).rows["d1"]
    assert (row.source_id, asks_for_reading(asked, row)) == ("e7", True)
    assert settle([said(source_id="e7")], {"d1": CLAIMED}, OWNERS, at(9)).rows["d1"].source_id == "s0"


def test_a_successor_settles_what_an_older_owner_claimed() -> None:
    assert settle([said(DeliveryState.UNKNOWN)], {"d1": CLAIMED}, OWNERS, at(9)).refused == ()


@pytest.mark.parametrize(
    "late", [{"epoch": 2}, {"attempt": 1}, {"was": (DeliveryState.UNKNOWN,)}], ids=["epoch", "attempt", "state"]
)
def test_a_word_that_comes_too_late_is_refused(late: dict[str, Any]) -> None:
    found = settle([said(**late)], {"d1": CLAIMED}, OWNERS, at(9))
    assert (dict(found.rows), found.refused) == ({}, ("d1",))


def test_a_delivery_that_is_not_there_is_refused() -> None:
    assert settle([said()], {}, OWNERS, at(9)).refused == ("d1",)


def test_only_what_is_final_is_settled() -> None:
    for state in (DeliveryState.ACCEPTED, DeliveryState.UNKNOWN, DeliveryState.REVIEW, DeliveryState.PENDING):
        row = settle([said(state, next_attempt_at=at(50))], {"d1": CLAIMED}, OWNERS, at(9)).rows["d1"]
        assert (row.state, row.settled_at, row.next_attempt_at) == (state, None, at(50))


def test_what_has_begun_never_falls_back() -> None:
    begun = delivery(state=DeliveryState.CLAIMED, attempts=2, has_begun=True)
    assert settle([said(DeliveryState.PENDING)], {"d1": begun}, OWNERS, at(9)).rows["d1"].has_begun


def test_a_record_settles_the_row_and_leaves_the_lane_as_it_is() -> None:
    row = shown(CLAIMED, at(9))
    assert (row.state, row.settled_at, row.hold_until) == (DeliveryState.DONE, at(9), at(4))


def test_what_has_just_finished_asks_for_a_read_once() -> None:
    done = delivery(state=DeliveryState.DONE)
    assert asks_for_reading(CLAIMED, done)
    assert not asks_for_reading(done, done)
    assert not asks_for_reading(CLAIMED, delivery(state=DeliveryState.DEAD))
