"""How slow the machine is while a seed lives: by so much later than it should something may be noticed."""

from __future__ import annotations

import asyncio
import time

STEP = 0.05  # seconds


class Pulse:
    """Sleeps, and sees how late it wakes."""

    lag = 0.0
    """Seconds: the latest it ever was."""

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            began = time.monotonic()
            await asyncio.sleep(STEP)
            self.lag = max(self.lag, time.monotonic() - began - STEP)
