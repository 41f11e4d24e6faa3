"""What becomes of a delivery after a call (design D7, reliability.md 3.3)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.errors import (
    HubError,
    HubFault,
    NotOffered,
    OutcomeCause,
    OutcomeUnknown,
    Overtaken,
    SourceBusy,
    SourceGarbled,
    SourceMisset,
    SourceRefused,
)
from hub.model.intents import DeliveryState, Outcome, OutcomeState
from hub.model.manifest import Idempotency, Write
from hub.store.claims import OpenDelivery
from hub.write.verdict import ATTEMPTS, after_call, can_be_known, may_repeat, settlement, waits
from tests.kit.gates import cancel

NOW = datetime(2026, 11, 2, tzinfo=UTC)
WRITE = Write(
    idempotency=Idempotency.LOOKUP, longest_call=timedelta(seconds=30), settle=timedelta(seconds=2),
    confirm=timedelta(minutes=9),
)  # fmt: skip
ROW = OpenDelivery(
    id="d1",
    root_id="r1",
    intent=cancel("o1"),
    state=DeliveryState.CLAIMED,
    epoch=3,
    attempts=1,
    has_begun=False,
    correlation_id="correlation-1",
    hold_until=None,
    due_at=NOW,
    now=NOW,
)
LAST = replace(ROW, attempts=ATTEMPTS)
BEGUN = replace(LAST, has_begun=True)


@pytest.mark.parametrize(
    ("answer", "first", "last", "begun", "error_class"),
    [
        (SourceBusy("503"), "PENDING", "DEAD", "REVIEW", "TRANSIENT"),
        (SourceBusy("429", throttled=True), "PENDING", "DEAD", "REVIEW", "THROTTLED"),
        (SourceBusy("breaker open", unasked=True), "PENDING", "PENDING", "PENDING", "TRANSIENT"),
        (SourceMisset("401"), "PENDING", "PENDING", "PENDING", "AUTH"),
        (SourceRefused("shipped"), "REFUSED", "REFUSED", "REFUSED", "REJECTED_BY_TARGET"),
        (SourceRefused("none there", cause=OutcomeCause.STOCK), "REFUSED", "REFUSED", "REFUSED", "STOCK"),
        (NotOffered("never"), "REFUSED", "REFUSED", "REFUSED", "VALIDATION"),
        (Overtaken("gone"), "PENDING", "PENDING", "PENDING", "TRANSIENT"),
        (SourceGarbled("html"), "DEAD", "DEAD", "REVIEW", "MAPPING"),
        (SourceGarbled("bug", bug=True), "DEAD", "DEAD", "REVIEW", "BUG"),
        (OutcomeUnknown("lost"), "UNKNOWN", "UNKNOWN", "UNKNOWN", "TRANSIENT"),
        (OutcomeUnknown("429", throttled=True), "UNKNOWN", "UNKNOWN", "UNKNOWN", "THROTTLED"),
        (HubFault("odd"), "UNKNOWN", "UNKNOWN", "UNKNOWN", "TRANSIENT"),
    ],
)
def test_each_error_has_its_state(answer: HubError, first: str, last: str, begun: str, error_class: str) -> None:
    verdicts = [after_call(row, WRITE, answer) for row in (ROW, LAST, BEGUN)]
    assert [verdict.state.value for verdict in verdicts] == [first, last, begun]
    assert {verdict.error_class for verdict in verdicts} == {error_class}
    assert {verdict.error for verdict in verdicts} == {answer.message}


@pytest.mark.parametrize(
    ("answer", "first", "last"),
    [
        (OutcomeState.DONE, "DONE", "DONE"),
        (OutcomeState.ACCEPTED, "ACCEPTED", "ACCEPTED"),
        (OutcomeState.REFUSED, "REFUSED", "REFUSED"),
        (OutcomeState.ABSENT, "PENDING", "DEAD"),
        (OutcomeState.PARTIAL, "PENDING", "REVIEW"),
    ],
)
def test_each_answer_has_its_state(answer: OutcomeState, first: str, last: str) -> None:
    outcome = Outcome(state=answer, reference="R1", words="no")
    assert [after_call(row, WRITE, outcome).state.value for row in (ROW, LAST)] == [first, last]


def test_what_a_refusal_is_about_is_kept() -> None:
    refused = Outcome(state=OutcomeState.REFUSED, words="7 are there", cause=OutcomeCause.STOCK)
    assert after_call(ROW, WRITE, refused).error_class == OutcomeCause.STOCK
    assert after_call(ROW, WRITE, replace(refused, cause=None)).error_class == "REJECTED_BY_TARGET"


def test_what_is_partly_there_has_begun_for_good() -> None:
    partial = after_call(ROW, WRITE, Outcome(state=OutcomeState.PARTIAL))
    assert settlement(ROW, 3, partial, NOW, share=1.0).has_begun
    absent = after_call(replace(ROW, has_begun=True), WRITE, Outcome(state=OutcomeState.ABSENT))
    assert settlement(replace(ROW, has_begun=True), 3, absent, NOW, share=1.0).has_begun


def test_an_unknown_outcome_is_asked_after_longest_call_and_settle_time() -> None:
    made = settlement(ROW, 3, after_call(ROW, WRITE, OutcomeUnknown("lost")), NOW, share=0.0)
    assert made.hold_until == NOW + timedelta(seconds=32)
    assert (made.was, made.next_attempt_at) == ((DeliveryState.CLAIMED,), None)


def test_an_accepted_effect_must_show_in_time() -> None:
    made = settlement(ROW, 3, after_call(ROW, WRITE, Outcome(state=OutcomeState.ACCEPTED)), NOW, share=0.0)
    assert made.confirm_by == NOW + timedelta(minutes=9)


def test_only_an_answer_that_it_is_done_settles_a_row_taken_for_unknown() -> None:
    for answer in OutcomeState:
        made = settlement(ROW, 3, after_call(ROW, WRITE, Outcome(state=answer)), NOW, share=0.0)
        assert (DeliveryState.UNKNOWN in made.was) is (answer is OutcomeState.DONE)
    looked = replace(ROW, state=DeliveryState.UNKNOWN)
    found = settlement(looked, 4, after_call(looked, WRITE, Outcome(state=OutcomeState.DONE)), NOW, share=0.0)
    assert (found.was, found.epoch, found.attempt) == ((DeliveryState.UNKNOWN,), 4, 1)


def test_waiting_doubles_up_to_five_minutes() -> None:
    assert [waits(attempt) for attempt in range(1, 11)] == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300]


@given(st.integers(min_value=1, max_value=ATTEMPTS - 1), st.floats(min_value=0, max_value=1))
def test_jitter_takes_any_share_of_the_wait(attempt: int, share: float) -> None:
    row = replace(ROW, attempts=attempt)
    made = settlement(row, 3, after_call(row, WRITE, SourceBusy("503")), NOW, share=share)
    assert made.next_attempt_at is not None
    assert timedelta() <= made.next_attempt_at - NOW <= timedelta(seconds=waits(attempt))


def test_only_a_source_that_refuses_the_second_effect_may_be_told_again() -> None:
    classes = [replace(WRITE, idempotency=one) for one in Idempotency]
    assert [one.idempotency.value for one in classes if may_repeat(one)] == ["KEY", "UNIQUE"]
    assert [one.idempotency.value for one in classes if not can_be_known(one)] == ["NONE"]
