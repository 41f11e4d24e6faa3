"""Hub processes are real, and end by real signals."""

import asyncio
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.crash.child import Order, Strike
from tests.crash.points import Hits
from tests.crash.processes import Process, Zygote, zygote

PATIENCE = 90.0  # seconds


@pytest.fixture(scope="module")
async def server() -> AsyncIterator[Zygote]:
    async with zygote() as started:
        yield started


async def idle(server: Zygote, room: Path, *strikes: Strike) -> Process:
    name = f"idle-{room.name}"
    order = Order(
        name=name,
        role="idle",
        settings="",
        log=str(room / "log"),
        hits=str(room / "hits"),
        strikes=list(strikes),
    )
    return await server.fork(order)


async def test_a_process_is_killed_by_the_kernel_at_the_point_and_the_count_that_was_asked(
    server: Zygote, tmp_path: Path
) -> None:
    process = await idle(server, tmp_path, Strike(point="a2", nth=3, kill=True))
    await asyncio.wait_for(process.ended.wait(), PATIENCE)
    assert (process.ended_by, process.status) == (signal.SIGKILL, None)
    assert process.struck_at == "a2"
    assert {point: count for point, count in Hits(process.hits) if count} == {"a1": 3, "a2": 3}


async def test_a_process_that_stopped_itself_at_a_point_goes_on_when_told(server: Zygote, tmp_path: Path) -> None:
    process = await idle(server, tmp_path, Strike(point="a1", nth=2, kill=False), Strike(point="a2", nth=9, kill=True))
    await asyncio.wait_for(process.stopped.wait(), PATIENCE)
    assert dict(Hits(process.hits))["a1"] == 2
    assert process.send(signal.SIGCONT)
    await asyncio.wait_for(process.ended.wait(), PATIENCE)
    assert process.ended_by == signal.SIGKILL


async def test_a_late_strike_kills_after_the_point_was_passed(server: Zygote, tmp_path: Path) -> None:
    process = await idle(server, tmp_path, Strike(point="a1", nth=1, kill=True, late=0.05))
    await asyncio.wait_for(process.ended.wait(), PATIENCE)
    assert process.ended_by == signal.SIGKILL
    assert dict(Hits(process.hits))["a2"] >= 1


async def test_a_signal_to_a_process_that_has_ended_goes_nowhere(server: Zygote, tmp_path: Path) -> None:
    process = await idle(server, tmp_path)
    assert process.send(signal.SIGKILL)
    await asyncio.wait_for(process.ended.wait(), PATIENCE)
    assert not process.send(signal.SIGCONT)
