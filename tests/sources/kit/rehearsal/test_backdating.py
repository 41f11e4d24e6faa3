"""A clock that a scene sets."""

from datetime import UTC, datetime, timedelta

from sources.kit.rehearsal.backdating import Backdating
from tests.kit.clock import StoppedClock

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def test_it_stands_in_the_past_as_long_as_the_block_lasts() -> None:
    dated, past = Backdating(StoppedClock(NOW)), NOW - timedelta(days=3)
    with dated.standing_at(past):
        assert dated.now() == past
        with dated.standing_at(None):
            assert dated.now() == NOW
        assert dated.now() == past
    assert (dated.now(), dated.monotonic()) == (NOW, 0.0)
