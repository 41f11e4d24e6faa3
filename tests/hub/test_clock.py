"""The machine's clocks keep the port's promises."""

from datetime import timedelta

from hub.clock import SystemClock, around


def test_the_present_is_aware_and_utc() -> None:
    assert SystemClock().now().utcoffset() == timedelta(0)


def test_monotonic_time_never_goes_back() -> None:
    clock = SystemClock()
    assert clock.monotonic() <= clock.monotonic()


def test_waits_are_spread_over_as_much_as_they_are_long() -> None:
    waits = [around(4.0) for _ in range(1000)]
    assert all(2.0 <= wait <= 6.0 for wait in waits)
    assert max(waits) - min(waits) > 3.0
