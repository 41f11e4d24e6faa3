"""Nobody waits for an engine that failed a moment ago."""

from __future__ import annotations

import asyncio

from hub.errors import SearchAway
from hub.search.rest import LONGEST, SHORTEST, Rest
from tests.kit.clock import StoppedClock
from tests.kit.indexing import NOW


async def well() -> str:
    return "well"


async def away() -> str:
    message = "away"
    raise SearchAway(message)


async def test_a_failure_rests_it_and_an_answer_ends_that() -> None:
    clock = StoppedClock(NOW)
    rest = Rest(clock)
    assert await rest.guard(well()) == "well"
    assert await rest.guard(away()) is None
    assert await rest.guard(well()) is None
    clock.move(SHORTEST)
    assert await rest.guard(well()) == "well"
    assert await rest.guard(well()) == "well"


async def test_each_failure_doubles_the_rest_to_a_bound() -> None:
    clock = StoppedClock(NOW)
    rest = Rest(clock)
    length = SHORTEST
    for _ in range(8):
        assert await rest.guard(away()) is None
        clock.move(length * 0.99)
        assert await rest.guard(well()) is None
        clock.move(length * 0.02)
        length = min(LONGEST, length * 2)
    assert await rest.guard(well()) == "well"


async def test_one_call_tries_it_while_the_others_go_without() -> None:
    clock = StoppedClock(NOW)
    rest, let_go = Rest(clock), asyncio.Event()
    await rest.guard(away())
    clock.move(SHORTEST)

    async def slow() -> str:
        await let_go.wait()
        return "well"

    trying = asyncio.create_task(rest.guard(slow()))
    await asyncio.sleep(0)
    assert await rest.guard(well()) is None
    let_go.set()
    assert await trying == "well"
