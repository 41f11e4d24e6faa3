"""What the gate learns from each call, and what it publishes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from hub.errors import HubFault, OutcomeUnknown, SourceBusy, SourceGarbled, SourceMisset, SourceRefused
from hub.gate.health import Health, HealthRules, Side
from hub.gate.pace import Pace
from tests.kit.clock import StoppedClock

START = datetime(2026, 11, 2, tzinfo=UTC)


def healthy() -> tuple[Health, StoppedClock]:
    clock = StoppedClock(at=START)
    return Health("shop", clock, Pace(None, clock), HealthRules()), clock


def learn(health: Health, *errors: Exception | None, side: Side = Side.READ) -> None:
    for error in errors:
        health.enter(side)
        health.learn(side, error)


def test_an_answer_is_a_success_whatever_it_says() -> None:
    health, _ = healthy()
    learn(health, *[SourceRefused("no"), SourceGarbled("what")] * 20)
    assert (health.state.breaker, health.state.last_success_at) == ("CLOSED", START)


def test_failures_and_lost_answers_open_the_breaker_and_a_throttling_source_does_not() -> None:
    health, clock = healthy()
    learn(health, *[SourceBusy("429", throttled=True, retry_at=START)] * 30)
    assert health.state.breaker == "CLOSED"
    clock.move(7)
    learn(health, *[SourceBusy("503"), OutcomeUnknown("lost")] * 5)
    assert (health.state.breaker, health.state.breaker_since) == ("OPEN", START + timedelta(seconds=7))
    assert health.state.last_error == "lost"
    with pytest.raises(SourceBusy, match="left alone"):
        health.enter(Side.READ)
    assert health.rests(Side.WRITE) == 120


def test_a_source_that_throttles_amid_effects_is_left_alone_as_it_asked_and_does_not_fail() -> None:
    health, _ = healthy()
    until = START + timedelta(seconds=90)
    for _ in range(30):
        health.learn(Side.WRITE, OutcomeUnknown("429", throttled=True, retry_at=until))
    assert (health.state.breaker, health.rests(Side.WRITE)) == ("CLOSED", 90)


def test_an_answer_that_cannot_be_read_is_said_and_is_no_success() -> None:
    health, clock = healthy()
    learn(health, None)
    clock.move(1)
    learn(health, SourceGarbled("HTML where JSON was agreed"))
    garbled = health.state
    assert (garbled.breaker, garbled.last_success_at) == ("CLOSED", START)
    assert (garbled.last_error, garbled.last_failure_at) == ("HTML where JSON was agreed", START + timedelta(seconds=1))
    learn(health, None)
    assert health.state.last_error is None


def test_what_is_our_fault_says_nothing_about_the_source() -> None:
    health, _ = healthy()
    learn(health, *[HubFault("ours")] * 30)
    assert (health.state.breaker, health.state.last_failure_at) == ("CLOSED", None)


def test_words_of_the_last_failure_go_once_it_answers_again() -> None:
    health, clock = healthy()
    learn(health, SourceBusy("503"))
    assert health.state.last_error == "503"
    clock.move(1)
    learn(health, None)
    after = health.state
    assert (after.last_error, after.last_failure_at) == (None, START)


def test_a_credential_that_may_not_write_may_still_read() -> None:
    health, clock = healthy()
    learn(health, SourceMisset("no permission"), side=Side.WRITE)
    learn(health, None, side=Side.READ)
    assert (health.state.is_paused, health.state.last_error) == (True, "no permission")
    with pytest.raises(SourceMisset, match="no permission"):
        health.enter(Side.WRITE)
    clock.move(60)
    learn(health, None, side=Side.WRITE)
    assert (health.state.is_paused, health.state.last_error) == (False, None)
