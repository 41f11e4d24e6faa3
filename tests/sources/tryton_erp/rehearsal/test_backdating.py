"""A clock that a scene sets."""

from datetime import timedelta

from sources.tryton_erp.rehearsal.backdating import Backdating
from tests.kit.clock import StoppedClock
from tests.sources.tryton_erp.rehearsal.conftest import NOW


def test_it_stands_in_the_past_as_long_as_the_block_lasts(clock: StoppedClock) -> None:
    dated, past = Backdating(clock), NOW - timedelta(days=3)
    with dated.standing_at(past):
        assert dated.now() == past
        with dated.standing_at(None):
            assert dated.now() == NOW
        assert dated.now() == past
    assert (dated.now(), dated.monotonic()) == (NOW, 0.0)
