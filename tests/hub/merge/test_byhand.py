"""What people decide, as rows."""

from __future__ import annotations

from dataclasses import replace

from hub.merge.byhand import moved_cases, settled_by_hand
from hub.merge.work import ByHand, CaseMove
from hub.model.cases import CaseStatus
from hub.model.intents import DeliveryState
from tests.hub.merge.test_casework import opened
from tests.kit.deliveries import delivery
from tests.kit.merging import at

DEAD = delivery(state=DeliveryState.DEAD, attempts=8, error="no")
AGAIN = ByHand(delivery_id="d1", was=DeliveryState.DEAD, attempt=8, state=DeliveryState.PENDING, letter="REPLAYED")


def test_a_dead_one_is_due_at_once_and_keeps_its_attempts() -> None:
    row = settled_by_hand([AGAIN], {"d1": DEAD}, at(9))["d1"]
    assert (row.state, row.attempts, row.next_attempt_at, row.letter) == (DeliveryState.PENDING, 8, at(9), "REPLAYED")
    assert row.attempts_before == 8


def test_one_that_moved_in_the_meantime_is_left_alone() -> None:
    assert settled_by_hand([AGAIN], {"d1": replace(DEAD, attempts=9)}, at(9)) == {}
    assert settled_by_hand([AGAIN], {"d1": replace(DEAD, state=DeliveryState.WITHDRAWN)}, at(9)) == {}
    assert settled_by_hand([AGAIN], {}, at(9)) == {}


def test_what_is_looked_at_first_is_looked_at_at_once() -> None:
    row = settled_by_hand([replace(AGAIN, state=DeliveryState.UNKNOWN)], {"d1": DEAD}, at(9))["d1"]
    assert (row.state, row.hold_until) == (DeliveryState.UNKNOWN, at(9))


def test_what_is_done_has_ended_without_an_error_class() -> None:
    done = replace(AGAIN, state=DeliveryState.DONE, words="done, says ops")
    row = settled_by_hand([done], {"d1": replace(DEAD, error_class="BUG")}, at(9))["d1"]
    assert (row.settled_at, row.error, row.error_class) == (at(9), "done, says ops", None)


def test_a_case_keeps_who_has_it_and_every_note() -> None:
    case = opened()
    note = {"by": "ops", "text": "asked the ERP"}
    first = moved_cases([CaseMove(case_id=case.id, root_id="a", assignee="kim", note=note)], {case.id: case})[case.id]
    assert (first.assignee, first.version, first.status) == ("kim", case.version + 1, case.status)
    closing = CaseMove(case_id=case.id, root_id="a", status=CaseStatus.CLOSED, closed_at=at(3), note=note)
    last = moved_cases([closing], {case.id: first})[case.id]
    assert (last.assignee, last.closed_at, last.evidence["notes"]) == ("kim", at(3), [note, note])
    assert moved_cases([CaseMove(case_id=case.id, root_id="a", assignee="kim")], {case.id: last}) == {}
