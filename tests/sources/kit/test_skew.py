"""A clock that is wrong by a known amount."""

from datetime import UTC, datetime, timedelta

from sources.kit.skew import SkewedClock


class Standing:
    def now(self) -> datetime:
        return datetime(2026, 11, 21, tzinfo=UTC)

    def monotonic(self) -> float:
        return 5.0


def test_only_the_wall_clock_is_wrong() -> None:
    clock = SkewedClock(Standing(), -120)
    assert Standing().now() - clock.now() == timedelta(minutes=2)
    assert clock.monotonic() == 5.0
