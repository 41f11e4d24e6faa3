"""Waiting for something to happen elsewhere, bounded, so that a failing test ends."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

FIRST, LAST = 0.01, 0.2  # seconds between looks: what is not so at once is asked for less and less often
PATIENCE = 120.0  # seconds until something that should happen is said not to


async def until(holds: Callable[[], bool]) -> None:
    """Return as soon as *holds* does; raises AssertionError after two minutes."""

    async def is_so() -> bool:
        return holds()

    await until_so(is_so)


async def until_so(holds: Callable[[], Awaitable[bool]]) -> None:
    """As `until`, where it takes a question to know. Raises AssertionError after two minutes."""
    pause = FIRST
    try:
        async with asyncio.timeout(PATIENCE):
            while not await holds():
                await asyncio.sleep(pause)
                pause = min(pause * 1.3, LAST)
    except TimeoutError as never:
        message = "it never came to be so"
        raise AssertionError(message) from never
