"""What becomes of deliveries, cases and holds when two roots turn out to be one (Id-3)."""

from __future__ import annotations

import pytest

from hub.merge.casework import BY_RULE
from hub.merge.unite import MERGED, unite_cases, unite_deliveries, unite_holds
from hub.model.cases import CaseQueue, CaseStatus, ExceptionCode, Hold, HoldType, RootCause, Severity
from hub.model.intents import DeliveryState
from hub.store.casework import CaseRow, HoldRow
from tests.kit.deliveries import delivery
from tests.kit.merging import at

KEY = "erp/order.create"
WITHDRAWN = DeliveryState.WITHDRAWN


def united(kept: DeliveryState, lost: DeliveryState) -> tuple[dict[str, tuple[str, DeliveryState]], int]:
    """(key, state) of the survivor's and the loser's row, and how many pairs a person must look at."""
    rows = [delivery("of-a", root_id="a", key=KEY, state=kept), delivery("of-b", root_id="b", key=KEY, state=lost)]
    found = unite_deliveries("a", "b", rows, at(9))
    after = {row.id: found.deliveries.get(row.id, row) for row in rows}
    assert {row.root_id for row in after.values()} == {"a"}
    return {name: (row.key, row.state) for name, row in after.items()}, len(found.doubled)


P, DONE, REVIEW = DeliveryState.PENDING, DeliveryState.DONE, DeliveryState.REVIEW
ACCEPTED, DEAD, REFUSED = DeliveryState.ACCEPTED, DeliveryState.DEAD, DeliveryState.REFUSED


@pytest.mark.parametrize(
    ("kept", "lost", "of_a", "of_b", "doubled"),
    [
        (P, P, (KEY, P), (f"{KEY}@b", WITHDRAWN), 0),
        (P, DONE, (f"{KEY}@b", WITHDRAWN), (KEY, DONE), 0),
        (DONE, DEAD, (KEY, DONE), (f"{KEY}@b", WITHDRAWN), 0),
        (ACCEPTED, DONE, (f"{KEY}@b", ACCEPTED), (KEY, DONE), 1),
        (REVIEW, REVIEW, (KEY, REVIEW), (f"{KEY}@b", REVIEW), 1),
        (DONE, REFUSED, (KEY, DONE), (f"{KEY}@b", REFUSED), 0),
    ],
)
def test_of_two_deliveries_with_one_key_the_one_further_along_keeps_it(
    kept: DeliveryState, lost: DeliveryState, of_a: object, of_b: object, doubled: int
) -> None:
    assert united(kept, lost) == ({"of-a": of_a, "of-b": of_b}, doubled)


def test_a_delivery_that_the_survivor_lacks_just_moves() -> None:
    found = unite_deliveries("a", "b", [delivery("of-b", root_id="b", key=KEY)], at(9))
    assert [(row.root_id, row.key, row.state) for row in found.deliveries.values()] == [("a", KEY, P)]


def test_what_has_begun_is_kept_aside_and_never_withdrawn() -> None:
    rows = [delivery("of-a", root_id="a", key=KEY), delivery("of-b", root_id="b", key=KEY, has_begun=True)]
    assert unite_deliveries("a", "b", rows, at(9)).deliveries["of-b"].state is P


def test_why_a_row_was_withdrawn_is_said() -> None:
    rows = [delivery("of-a", root_id="a", key=KEY), delivery("of-b", root_id="b", key=KEY)]
    assert unite_deliveries("a", "b", rows, at(9)).deliveries["of-b"].withdrawn_because == MERGED


def case(name: str, root: str, dedup: str) -> CaseRow:
    return CaseRow(
        id=name, root_id=root, code=ExceptionCode.OTHER, dedup_key=dedup, status=CaseStatus.NEW, severity=Severity.S3,
        queue=CaseQueue.CS, title="t", root_cause=RootCause.UNKNOWN, source=None, suggested=(), evidence={}, version=1,
        occurrences=2, first_seen_at=at(0), last_seen_at=at(0), closed_at=None,
    )  # fmt: skip


def test_cases_unite_by_their_dedup_key() -> None:
    found = unite_cases("a", "b", [case("1", "a", "same"), case("2", "b", "same"), case("3", "b", "other")], at(9))
    assert (found["1"].occurrences, found["1"].closed_at) == (4, None)
    assert (found["2"].dedup_key, found["2"].status, found["2"].closed_at) == ("same@b", CaseStatus.CLOSED, at(9))
    assert {row.root_id for row in found.values()} == {"a"}


def hold(name: str, root: str, dedup: str) -> HoldRow:
    doc = Hold(id=name, type=HoldType.CREDIT, placed_by=BY_RULE, placed_at=at(0))
    return HoldRow(id=name, root_id=root, dedup_key=dedup, doc=doc, released_at=None)


def test_holds_unite_by_their_dedup_key() -> None:
    found = unite_holds("a", "b", [hold("1", "a", "same"), hold("2", "b", "same"), hold("3", "b", "other")], at(9))
    assert {name: (row.root_id, row.released_at) for name, row in found.items()} == {
        "2": ("a", at(9)),
        "3": ("a", None),
    }
