"""The loops of a process: who runs which, and that a failed one is started again, ever later."""

from __future__ import annotations

import asyncio
import itertools
from typing import Any

import pytest

from hub.errors import HubError, HubFault
from hub.work import BOTH, LOOPS, Part, run_loops
from tests.kit.virtual import VirtualClock, VirtualLoop


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, Any]]:
    return "asyncio", {"loop_factory": VirtualLoop}


class Failing:
    """A loop that fails after some seconds each time, and remembers when it was started."""

    def __init__(self, *lasts: float, error: Exception | None = None) -> None:
        self._lasts = list(lasts)
        self._error = error or HubFault("broken")
        self.started: list[float] = []

    async def run(self) -> None:
        self.started.append(VirtualClock().monotonic())
        if not self._lasts:
            return
        await asyncio.sleep(self._lasts.pop(0))
        raise self._error


def test_who_serves_and_who_works_run_what_is_theirs() -> None:
    assert {loop.name: sorted(loop.parts) for loop in LOOPS} == {
        "hops": ["serve", "work"],
        "feed": ["serve"],
        "relay": ["work"],
        "retention": ["work"],
        "webhooks": ["work"],
        "courier": ["work"],
        "digest": ["work"],
        "wake": ["work"],
        "sendout": ["work"],
        "stockwatch": ["work"],
    }
    assert {Part.SERVE, Part.WORK} == BOTH


async def test_a_loop_that_fails_is_started_again_ever_later() -> None:
    failing = Failing(*[0.0] * 9)
    await run_loops(VirtualClock(), {"failing": failing.run})
    waits = [after - before for before, after in itertools.pairwise(failing.started)]
    assert waits == [0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 15.0, 15.0]


@pytest.mark.parametrize("error", [HubError("refused"), ValueError("a bug"), TimeoutError()])
async def test_whatever_it_fails_with(error: Exception) -> None:
    failing = Failing(0.0, error=error)
    await run_loops(VirtualClock(), {"failing": failing.run})
    assert failing.started == [0.0, 0.25]


async def test_a_loop_that_ran_for_a_while_is_sound_again() -> None:
    failing = Failing(0, 0, 0, 61, 0, 0)
    await run_loops(VirtualClock(), {"failing": failing.run})
    assert failing.started == [0, 0.25, 0.75, 1.75, 63, 63.5, 64.5]


async def test_a_loop_that_fails_takes_no_other_with_it() -> None:
    failing, sound = Failing(0, 0), asyncio.Event()

    async def wait() -> None:
        await asyncio.sleep(100)
        sound.set()

    await run_loops(VirtualClock(), {"failing": failing.run, "sound": wait})
    assert sound.is_set()
    assert len(failing.started) == 3


async def test_cancelled_every_loop_ends() -> None:
    ended: list[str] = []

    async def run_until_cancelled() -> None:
        try:
            await asyncio.sleep(1_000_000)
        finally:
            ended.append("ended")

    running = asyncio.create_task(run_loops(VirtualClock(), dict.fromkeys(("a", "b"), run_until_cancelled)))
    await asyncio.sleep(1)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert running.cancelled()
    assert ended == ["ended", "ended"]
