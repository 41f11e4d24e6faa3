"""How long a process may still write to a source, by its own counting (D8)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from hub.errors import Overtaken
from hub.gate.lease import Lease
from tests.kit.clock import StoppedClock


def clock() -> StoppedClock:
    return StoppedClock(at=datetime(2026, 11, 2, tzinfo=UTC))


def test_it_counts_from_before_the_request_was_sent() -> None:
    time = clock()
    lease = Lease(time, "shop")
    asked_at = time.monotonic()
    time.move(4)  # the database was slow to answer
    lease.hold(asked_at=asked_at, length=10, epoch=1)
    assert lease.left == 6
    time.move(5.9)
    lease.check(1)
    time.move(0.2)
    with pytest.raises(Overtaken):
        lease.check(1)


def test_nothing_is_held_before_the_first_taking_and_after_the_end() -> None:
    lease = Lease(clock(), "shop")
    with pytest.raises(Overtaken):
        lease.check(0)
    lease.hold(asked_at=0, length=10, epoch=1)
    lease.check(1)
    lease.end()
    with pytest.raises(Overtaken):
        lease.check(1)


def test_a_call_of_an_older_holding_is_refused() -> None:
    lease = Lease(clock(), "shop")
    lease.hold(asked_at=0, length=10, epoch=2)
    with pytest.raises(Overtaken):
        lease.check(1)
