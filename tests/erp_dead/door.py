"""A front door before a server: it lets everybody through, or nobody connects, or whoever does is never answered."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from enum import StrEnum
from urllib.parse import urlsplit

CHUNK = 64 * 1024


class Way(StrEnum):
    """What becomes of who knocks."""

    OPEN = "OPEN"
    REFUSED = "REFUSED"
    """Nobody listens at the port."""
    HALF_OPEN = "HALF_OPEN"
    """Connections are taken, and nothing is ever answered."""


class Door:
    """One port, always the same. Whoever is inside when the way changes is cut off."""

    def __init__(self, upstream: str) -> None:
        self._host, self._behind = urlsplit(upstream).hostname or "", urlsplit(upstream).port
        self._way = Way.OPEN
        self._server: asyncio.Server | None = None
        self._port = 0
        self._visits: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        """Where it is reached."""
        return f"http://127.0.0.1:{self._port}"

    async def turn(self, way: Way) -> None:
        """From now on everybody meets this."""
        await self._close()
        self._way = way
        if way is not Way.REFUSED:
            await self._listen()

    @contextlib.asynccontextmanager
    async def standing(self) -> AsyncIterator[Door]:
        """Open as long as the block lasts."""
        await self._listen()
        try:
            yield self
        finally:
            await self._close()

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._visit, "127.0.0.1", self._port)
        self._port = self._server.sockets[0].getsockname()[1]

    async def _close(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        for visit in tuple(self._visits):
            visit.cancel()
        await asyncio.gather(*self._visits, return_exceptions=True)

    async def _visit(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        visit = asyncio.current_task()
        assert visit is not None
        self._visits.add(visit)
        visit.add_done_callback(self._visits.discard)
        try:
            if self._way is Way.HALF_OPEN:
                await asyncio.Event().wait()
            inner, outer = await asyncio.open_connection(self._host, self._behind)
            try:
                async with asyncio.TaskGroup() as group:
                    group.create_task(_pass(reader, outer))
                    group.create_task(_pass(inner, writer))
            finally:
                outer.close()
        except* (ConnectionError, asyncio.CancelledError):
            pass  # somebody went away, or the door was shut: nobody is left to tell
        finally:
            writer.transport.abort()


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(CHUNK):
        writer.write(data)
        await writer.drain()
    with contextlib.suppress(OSError):
        writer.write_eof()
