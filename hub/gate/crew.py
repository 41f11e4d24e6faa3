"""Errands under way at the same time, each by a name."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine

from hub.errors import StoreBusy
from hub.telemetry import logger

log = logger(__name__)


class Crew:
    """At most *size* tasks of one group. Who hands out work sleeps until one of them is back, or time has passed."""

    def __init__(self, group: asyncio.TaskGroup, size: int) -> None:
        self._group = group
        self._size = size
        self._out: set[str] = set()
        self._bell = asyncio.Event()
        self.is_closing = False
        """Long errands should come to an end."""

    @property
    def room(self) -> int:
        """How many more may go."""
        return max(0, self._size - len(self._out))

    @property
    def out(self) -> frozenset[str]:
        """Names of those under way."""
        return frozenset(self._out)

    def send(self, errand: Coroutine[None, None, None], *names: str) -> None:
        """Let *errand* run; it is out under each of *names*, and counts as so many.

        One that meets an absent database has failed for now: what it left undone is handed out again.
        """
        self._out.update(names)

        def back(_: asyncio.Task[None]) -> None:
            self._out.difference_update(names)
            self.ring()

        self._group.create_task(_run(errand)).add_done_callback(back)

    def close(self) -> None:
        """Ask for the end."""
        self.is_closing = True
        self.ring()

    def ring(self) -> None:
        """Wake whoever sleeps."""
        self._bell.set()

    async def sleep(self, seconds: float) -> None:
        """Return after *seconds*, or as soon as somebody rings."""
        try:
            async with asyncio.timeout(seconds):
                await self._bell.wait()
        except TimeoutError:
            return
        self._bell.clear()


async def _run(errand: Coroutine[None, None, None]) -> None:
    try:
        await errand
    except StoreBusy as away:
        log.warning("crew.store_away", error=away.message)
