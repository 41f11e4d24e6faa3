"""Errands under way at the same time."""

from __future__ import annotations

import asyncio

import pytest

from hub.errors import StoreBusy
from hub.gate.crew import Crew
from tests.kit.virtual import VirtualLoop


@pytest.fixture(scope="module")
def anyio_backend() -> tuple[str, dict[str, object]]:
    return "asyncio", {"loop_factory": VirtualLoop}


def seconds() -> float:
    return asyncio.get_running_loop().time()


async def test_it_knows_who_is_out_and_wakes_when_one_is_back() -> None:
    async with asyncio.TaskGroup() as group:
        crew = Crew(group, 3)
        crew.send(asyncio.sleep(2), "a", "b")
        crew.send(asyncio.sleep(5), "c")
        assert (crew.room, crew.out) == (0, frozenset("abc"))
        began = seconds()
        await crew.sleep(60)
        assert seconds() - began == pytest.approx(2)
        assert (crew.room, crew.out) == (2, frozenset("c"))
        await crew.sleep(1)
        assert seconds() - began == pytest.approx(3)


async def test_closing_wakes_and_is_seen_by_long_errands() -> None:
    async with asyncio.TaskGroup() as group:
        crew = Crew(group, 1)
        began = seconds()
        asyncio.get_running_loop().call_later(1, crew.close)
        await crew.sleep(60)
        assert seconds() - began == pytest.approx(1)
        assert crew.is_closing


async def test_an_absent_database_ends_one_errand_and_no_other() -> None:
    ended: list[str] = []

    async def away() -> None:
        message = "away"
        raise StoreBusy(message)

    async def fine() -> None:
        await asyncio.sleep(1)
        ended.append("fine")

    async with asyncio.TaskGroup() as group:
        crew = Crew(group, 2)
        crew.send(away(), "away")
        crew.send(fine(), "fine")
    assert ended == ["fine"]
    assert crew.out == frozenset()
