"""What waits to be written to one socket: bounded in messages and bytes, so a slow reader costs a known amount."""

from __future__ import annotations

import asyncio
from collections import deque

from resolvers.endpoint.frames import CloseSocketError
from resolvers.endpoint.ports import Limits

LAGGED = "SUBSCRIPTION_LAGGED: read faster; resume with the last cursor"


class Outbox:
    """A queue whose writers wait for room, but not for ever."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._waiting: deque[str] = deque()
        self._bytes = 0
        self._moved = asyncio.Condition()

    async def put(self, message: str) -> None:
        """Queue *message*. Raises CloseSocketError(4008) when the reader makes no room within the patience."""
        async with self._moved:
            try:
                async with asyncio.timeout(self._limits.patience):
                    await self._moved.wait_for(lambda: self._has_room(message))
            except TimeoutError:
                raise CloseSocketError(4008, LAGGED) from None
            self._waiting.append(message)
            self._bytes += len(message)
            self._moved.notify_all()

    async def get(self) -> str:
        """The oldest message, as soon as there is one."""
        async with self._moved:
            await self._moved.wait_for(lambda: len(self._waiting) > 0)
            message = self._waiting.popleft()
            self._bytes -= len(message)
            self._moved.notify_all()
            return message

    def _has_room(self, message: str) -> bool:
        """Whether it fits; one message always fits an empty queue, however large it is."""
        if not self._waiting:
            return True
        return len(self._waiting) < self._limits.queued_messages and (
            self._bytes + len(message) <= self._limits.queued_bytes
        )
