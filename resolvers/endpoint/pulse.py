"""One clock for all sockets of a process: who must have said hello, who is to be pinged, whose key has ended.

A timer for each socket would cost more memory than the socket's subscription.
"""

from __future__ import annotations

import asyncio
from typing import Protocol

from resolvers.endpoint.frames import CloseSocketError
from resolvers.endpoint.ports import Limits

_LONGEST = 0.5  # seconds between two beats, at most: a revoked key hears nothing for long


class Beating(Protocol):
    """What is looked after."""

    def beat(self) -> None:
        """Do what is due."""
        ...

    def end(self, ended: CloseSocketError) -> None:
        """Close the socket."""
        ...


class Pulse:
    """Beats while there is a socket."""

    def __init__(self, limits: Limits) -> None:
        self._every = min(_LONGEST, limits.init_wait / 2, limits.ping / 2)
        self._sockets: dict[Beating, None] = {}
        self._beating: asyncio.Task[None] | None = None

    def enter(self, socket: Beating) -> None:
        """Look after *socket*."""
        self._sockets[socket] = None
        if self._beating is None:
            self._beating = asyncio.get_running_loop().create_task(self._beat())

    def leave(self, socket: Beating) -> None:
        """It has ended."""
        self._sockets.pop(socket, None)
        if not self._sockets and self._beating is not None:
            self._beating.cancel()
            self._beating = None

    def end_all(self, ended: CloseSocketError) -> None:
        """Close every socket."""
        for socket in list(self._sockets):
            socket.end(ended)

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(self._every)
            for socket in list(self._sockets):
                socket.beat()
