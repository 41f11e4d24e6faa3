"""Waiting for something to happen elsewhere, bounded, so that a failing test ends."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

STEP = 0.01
STEPS = 6000


async def until(holds: Callable[[], bool]) -> None:
    """Return as soon as *holds* does; raises AssertionError after a minute."""
    for _ in range(STEPS):
        if holds():
            return
        await asyncio.sleep(STEP)
    message = "it never happened"
    raise AssertionError(message)


async def until_so(holds: Callable[[], Awaitable[bool]]) -> None:
    """As `until`, where it takes a question to know. Raises AssertionError after a minute."""
    try:
        async with asyncio.timeout(STEP * STEPS):
            while True:
                if await holds():
                    return
                await asyncio.sleep(2 * STEP)
    except TimeoutError as never:
        message = "it never came to be so"
        raise AssertionError(message) from never
