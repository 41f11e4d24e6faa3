"""One login for everybody who found the credential expired (F23, C11)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable


class SingleLogin:
    """Counts the credentials a source has given; whoever met an expired one asks for the next, once for all."""

    def __init__(self) -> None:
        self._running: asyncio.Task[None] | None = None
        self.generation = 0
        """Moves with each new credential. Noted before a call."""

    async def renew(self, seen: int, login: Callable[[], Awaitable[None]]) -> None:
        """Return once there is a credential newer than generation *seen*. Raises what the one login raises."""
        if self.generation != seen:
            return
        if self._running is None:
            self._running = asyncio.ensure_future(self._login(login))
            self._running.add_done_callback(_heard)
        await asyncio.shield(self._running)  # it goes on for the others when one of them is called off

    async def _login(self, login: Callable[[], Awaitable[None]]) -> None:
        try:
            await login()
            self.generation += 1
        finally:
            self._running = None


def _heard(task: asyncio.Task[None]) -> None:
    """Whoever still waits gets the error; where nobody does, it is no surprise either."""
    if not task.cancelled():
        task.exception()
