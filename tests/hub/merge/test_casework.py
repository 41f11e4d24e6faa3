"""Cases and holds that should be open now, beside those that are."""

from __future__ import annotations

from dataclasses import replace

from hub.flow.facts import CaseWanted
from hub.merge.casework import BY_RULE, differing_cases, differing_holds, hold_key
from hub.model.cases import CaseQueue, CaseStatus, ExceptionCode, Hold, HoldType, Severity
from hub.store.casework import CaseRow, HoldRow
from tests.kit.merging import at

WANTED = CaseWanted(
    code=ExceptionCode.ORDER_STUCK, dedup_key="stuck", title="stuck", severity=Severity.S3, queue=CaseQueue.CS
)


def cases(wanted: list[CaseWanted], *rows: CaseRow) -> list[CaseRow]:
    return differing_cases("a", wanted, rows, at(9), lambda: "new")


def opened(wanted: CaseWanted = WANTED) -> CaseRow:
    (row,) = cases([wanted])
    return row


def test_a_new_case_is_opened_once() -> None:
    assert (opened().id, opened().status, opened().occurrences, opened().closed_at) == ("new", CaseStatus.NEW, 1, None)
    assert cases([WANTED, WANTED]) == [opened()]
    assert cases([WANTED], opened()) == []


def test_a_case_that_is_no_longer_so_is_resolved_and_opens_again_when_it_comes_back() -> None:
    (resolved,) = cases([], opened())
    assert (resolved.status, resolved.closed_at) == (CaseStatus.RESOLVED, at(9))
    assert cases([], resolved) == []
    (again,) = cases([WANTED], resolved)
    assert (again.status, again.occurrences, again.closed_at) == (CaseStatus.REOPENED, 2, None)


def test_what_only_grows_is_never_resolved_and_not_opened_twice() -> None:
    grown = opened(replace(WANTED, grows_only=True))
    assert cases([], grown) == []
    closed = replace(grown, status=CaseStatus.CLOSED, closed_at=at(3))
    assert cases([replace(WANTED, grows_only=True)], closed) == []


def test_what_a_person_closed_stays_closed_until_it_went_away_and_came_back() -> None:
    closed = replace(opened(), status=CaseStatus.CLOSED, closed_at=at(3))
    assert cases([WANTED], closed) == []
    (gone,) = cases([], closed)
    assert cases([WANTED], gone)[0].status is CaseStatus.REOPENED


def test_a_case_follows_its_words_and_severity() -> None:
    (worse,) = cases([replace(WANTED, severity=Severity.S1, title="still stuck")], opened())
    assert (worse.severity, worse.title, worse.version, worse.occurrences) == (Severity.S1, "still stuck", 2, 1)


def test_cases_of_other_roots_are_left_alone() -> None:
    assert cases([], replace(opened(), root_id="b")) == []


HOLD = Hold(id="x", type=HoldType.CREDIT, placed_by=BY_RULE, placed_at=at(0))


def holds(wanted: list[Hold], *rows: HoldRow) -> list[HoldRow]:
    return differing_holds("a", wanted, rows, at(9), lambda: "new")


def test_a_hold_is_placed_released_and_placed_again() -> None:
    (placed,) = holds([HOLD])
    assert (placed.id, placed.doc.id, placed.dedup_key) == ("new", "new", hold_key(HOLD))
    assert holds([HOLD], placed) == []
    (released,) = holds([], placed)
    assert released.released_at == at(9)
    assert holds([HOLD], released)[0].released_at is None


def test_a_person_s_hold_is_not_flow_s_to_release() -> None:
    manual = replace(HOLD, placed_by="rep")
    row = HoldRow(id="h", root_id="a", dedup_key=hold_key(manual), doc=manual, released_at=None)
    assert holds([], row) == []
