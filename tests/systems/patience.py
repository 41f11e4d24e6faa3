"""Waiting for what real systems do in their own time, bounded, so that a failing test ends."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

LONGEST = 180.0  # seconds
STEP = 0.02  # seconds between looks


async def eventually(holds: Callable[[], Awaitable[bool]], what: str) -> None:
    """Return as soon as *holds* does. Raises AssertionError, naming *what* never came to be."""
    try:
        async with asyncio.timeout(LONGEST):
            while True:
                if await holds():
                    return
                await asyncio.sleep(STEP)
    except TimeoutError as never:
        message = f"in {LONGEST:.0f} s it never came to be that {what}"
        raise AssertionError(message) from never
