"""Waiting for something to happen elsewhere, bounded, so that a failing test ends."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

STEP, LAST = 0.01, 0.2  # seconds between looks: the first ones, and the longest where a look is not free
PATIENCE = 120.0  # seconds until something that should happen is said not to


async def until(holds: Callable[[], bool]) -> None:
    """Return as soon as *holds* does; raises AssertionError after two minutes."""

    async def is_so() -> bool:
        return holds()

    await until_so(is_so, STEP)


async def until_so(holds: Callable[[], Awaitable[bool]], most: float = LAST) -> None:
    """As `until`, where it takes a question to know: asked less and less often, at *most* so many seconds apart.

    Raises AssertionError after two minutes.
    """
    pause = STEP
    try:
        async with asyncio.timeout(PATIENCE):
            while not await holds():
                await asyncio.sleep(pause)
                pause = min(pause * 1.3, most)
    except TimeoutError as never:
        message = "it never came to be so"
        raise AssertionError(message) from never
