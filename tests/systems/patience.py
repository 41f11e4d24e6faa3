"""Waiting for what real systems do in their own time, bounded, so that a failing test ends."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

LONGEST = 400.0  # seconds: a machine may be busy with other things
SHORTEST, LONGEST_STEP = 0.02, 0.3  # seconds between looks, ever more, so that looking slows nobody down
GROWTH = 1.2


async def eventually(
    holds: Callable[[], Awaitable[bool]], what: str, *, growth: float = GROWTH, longest: float = LONGEST
) -> None:
    """Return as soon as *holds* does. Raises AssertionError, naming *what* never came to be."""
    step = SHORTEST
    try:
        async with asyncio.timeout(longest):
            while True:
                if await holds():
                    return
                await asyncio.sleep(step)
                step = min(LONGEST_STEP, step * growth)
    except TimeoutError as never:
        message = f"in {longest:.0f} s it never came to be that {what}"
        raise AssertionError(message) from never
