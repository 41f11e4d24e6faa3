"""Serve an ASGI app inside this process, on a free port of 127.0.0.1."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Generator
from typing import Any

import uvicorn

Asgi = Any  # Any: what uvicorn calls an application
START_SECONDS = 10.0
KEEP_ALIVE = 60  # seconds; longer than clients keep a connection, so that none is closed as it is used again


class _Quiet(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Leave the process's signals alone."""
        yield


@contextlib.asynccontextmanager
async def serving(app: Asgi, *, port: int = 0) -> AsyncIterator[str]:
    """The app's URL, as long as the block lasts."""
    config = uvicorn.Config(
        app,
        interface="asgi3",
        log_level="critical",
        lifespan="off",
        ws="none",
        access_log=False,
        timeout_graceful_shutdown=1,
        timeout_keep_alive=KEEP_ALIVE,
    )
    server = _Quiet(config)
    with socket.socket(proto=socket.IPPROTO_TCP) as listener:  # asyncio turns Nagle off only where TCP is named
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        task = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            await asyncio.wait_for(_started(server, task), START_SECONDS)
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            await task


async def _started(server: uvicorn.Server, task: asyncio.Task[None]) -> None:
    while not server.started:
        if task.done():
            await task
            message = "the server stopped while it started"
            raise RuntimeError(message)
        await asyncio.sleep(0.01)
