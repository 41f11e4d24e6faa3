"""The breaker's low-volume variant (domain.md 4.3)."""

from hub.gate.breaker import PROBE_PATIENCE, Breaker, BreakerRules, BreakerState

RULES = BreakerRules()


def calls(breaker: Breaker, *, good: int = 0, bad: int = 0, now: float = 0.0) -> None:
    for _ in range(good):
        assert breaker.enter(now)
        breaker.succeeded(now)
    for _ in range(bad):
        assert breaker.enter(now)
        breaker.failed(now)


def opened() -> Breaker:
    breaker = Breaker(RULES, 0.0)
    calls(breaker, bad=10)
    assert breaker.state is BreakerState.OPEN
    return breaker


def test_nine_failures_do_not_open_it() -> None:
    breaker = Breaker(RULES, 0.0)
    calls(breaker, bad=9)
    assert breaker.state is BreakerState.CLOSED


def test_ten_failures_that_are_less_than_half_of_all_calls_do_not_open_it() -> None:
    breaker = Breaker(RULES, 0.0)
    calls(breaker, good=11, bad=10)
    assert breaker.state.value == "CLOSED"
    calls(breaker, bad=1)
    assert breaker.state.value == "OPEN"


def test_failures_of_six_minutes_ago_do_not_count() -> None:
    breaker = Breaker(RULES, 0.0)
    calls(breaker, bad=9)
    calls(breaker, bad=9, now=360.0)
    assert breaker.state is BreakerState.CLOSED


def test_it_lets_nothing_through_for_two_minutes_then_one_call_at_a_time() -> None:
    breaker = opened()
    assert not breaker.enter(119.9)
    assert breaker.rests(20.0) == 100.0
    assert breaker.enter(120.0)
    assert breaker.state is BreakerState.HALF_OPEN
    assert not breaker.enter(120.0)
    assert breaker.rests(120.0) == PROBE_PATIENCE


def test_a_probe_that_fails_opens_it_again() -> None:
    breaker = opened()
    breaker.enter(120.0)
    breaker.failed(125.0)
    assert (breaker.state, breaker.since) == (BreakerState.OPEN, 125.0)
    assert not breaker.enter(244.0)


def test_three_good_probes_close_it_and_the_past_is_forgotten() -> None:
    breaker = opened()
    calls(breaker, good=3, now=130.0)
    assert (breaker.state, breaker.since) == (BreakerState.CLOSED, 130.0)
    calls(breaker, bad=9, now=131.0)
    assert breaker.state is BreakerState.CLOSED


def test_a_call_that_says_nothing_makes_room_for_the_next_probe() -> None:
    breaker = opened()
    breaker.enter(120.0)
    breaker.passed()
    assert breaker.enter(121.0)
    assert breaker.state is BreakerState.HALF_OPEN


def test_what_started_before_it_opened_no_longer_moves_it() -> None:
    breaker = opened()
    breaker.succeeded(1.0)
    breaker.failed(2.0)
    assert (breaker.state, breaker.since) == (BreakerState.OPEN, 0.0)
