"""Standing in line for a source."""

from __future__ import annotations

import asyncio

import pytest

from hub.gate.line import Line
from tests.kit.virtual import VirtualLoop


@pytest.fixture(scope="module")
def anyio_backend() -> tuple[str, dict[str, object]]:
    return "asyncio", {"loop_factory": VirtualLoop}


async def inside(line: Line, name: str, priority: int, seen: list[str]) -> None:
    async with line.turn(priority):
        seen.append(name)
        await asyncio.sleep(1)


async def test_the_more_urgent_goes_first_and_equals_in_order_of_coming() -> None:
    line, seen = Line(1), list[str]()
    first = asyncio.ensure_future(inside(line, "first", 3, seen))
    await asyncio.sleep(0.1)
    names = [("load", 3), ("sweep", 2), ("hint one", 1), ("hint two", 1), ("delivery", 0)]
    await asyncio.gather(first, *(inside(line, name, priority, seen) for name, priority in names))
    assert seen == ["first", "delivery", "hint one", "hint two", "sweep", "load"]
    assert line.room == 1


async def test_whoever_is_called_off_leaves_its_place_to_the_next() -> None:
    line, seen = Line(1), list[str]()
    first = asyncio.ensure_future(inside(line, "first", 0, seen))
    await asyncio.sleep(0.1)
    waiting = [asyncio.ensure_future(inside(line, name, 0, seen)) for name in ("called off", "second")]
    await asyncio.sleep(0.1)
    waiting[0].cancel()
    await asyncio.gather(first, *waiting, return_exceptions=True)
    assert seen == ["first", "second"]
    assert line.room == 1


async def test_a_place_given_to_somebody_called_off_at_once_is_passed_on() -> None:
    line, seen = Line(1), list[str]()
    async with line.turn(0):
        waiting = [asyncio.ensure_future(inside(line, name, 0, seen)) for name in ("called off", "second")]
        await asyncio.sleep(0.1)
    waiting[0].cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    assert seen == ["second"]
    assert line.room == 1
