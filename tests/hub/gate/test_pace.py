"""How fast a source may be asked (F22)."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from hub.gate.pace import Pace
from tests.kit.virtual import VirtualClock, VirtualLoop


@pytest.fixture(scope="module")
def anyio_backend() -> tuple[str, dict[str, object]]:
    return "asyncio", {"loop_factory": VirtualLoop}


async def test_requests_are_spread_evenly() -> None:
    clock = VirtualClock()
    pace, moments = Pace(4.0, clock), list[float]()

    async def ask() -> None:
        await pace.turn()
        moments.append(clock.monotonic())

    began = clock.monotonic()
    await asyncio.gather(*(ask() for _ in range(9)))
    assert [round(moment - began, 2) for moment in moments] == [n / 4 for n in range(9)]


async def test_without_a_declared_rate_nobody_waits() -> None:
    clock = VirtualClock()
    pace, began = Pace(None, clock), clock.monotonic()
    for _ in range(100):
        await pace.turn()
    assert clock.monotonic() == began


async def test_a_source_that_names_no_time_is_left_alone_longer_each_time() -> None:
    clock = VirtualClock()
    pace, waits = Pace(None, clock), list[float]()
    for _ in range(11):
        pace.throttled(None)
        waits.append(pace.rests())
        await asyncio.sleep(pace.rests())
    assert waits == pytest.approx([1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300])
    pace.answered()
    pace.throttled(None)
    assert pace.rests() == pytest.approx(1)


async def test_a_shorter_pause_never_shortens_a_longer_one() -> None:
    clock = VirtualClock()
    pace = Pace(None, clock)
    pace.throttled(clock.now() + timedelta(seconds=30))
    pace.throttled(clock.now() + timedelta(seconds=1))
    assert pace.rests() == pytest.approx(30)
