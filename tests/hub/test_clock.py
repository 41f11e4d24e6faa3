"""The machine's clocks keep the port's promises."""

from datetime import timedelta

from hub.clock import SystemClock


def test_the_present_is_aware_and_utc() -> None:
    assert SystemClock().now().utcoffset() == timedelta(0)


def test_monotonic_time_never_goes_back() -> None:
    clock = SystemClock()
    assert clock.monotonic() <= clock.monotonic()
