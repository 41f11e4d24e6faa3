"""Text messages in and out of one socket: written without waiting, so that one event reaches thousands in one turn.

A server that offers the extension `opshub.socket` is written to directly, frames and all; any other by ASGI messages,
in a task that lives while something waits.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Protocol

from starlette.types import Message, Receive, Scope, Send

from resolvers.endpoint.frames import CloseSocketError

EXTENSION = "opshub.socket"
LEFT = 1000
_HIGH = 64 * 1024  # bytes that may wait before a socket counts as not writable

WENT_AWAY = (OSError, RuntimeError)
"""What sending to a socket raises whose client has left."""


class Wire(Protocol):
    """The socket below a session."""

    is_gone: bool
    """Whether the client has left."""
    on_writable: Callable[[], None] | None
    """Called when the client reads again."""

    @property
    def is_writable(self) -> bool:
        """Whether the client keeps up with what is written."""
        ...

    async def receive(self) -> str | None:
        """The next text message, None for a binary one. Raises CloseSocketError when the client has left."""
        ...

    def write(self, *parts: bytes) -> None:
        """Write one text message, in parts. Never waits and never raises."""
        ...

    async def finish(self) -> None:
        """Return once everything was handed to the server."""
        ...

    def abandon(self, after: float) -> None:
        """Drop the connection in so many seconds, whatever the client has read by then."""
        ...


class Direct(Protocol):
    """What a server's own socket offers as the extension."""

    is_writable: bool
    on_writable: Callable[[], None] | None

    def write_text(self, parts: tuple[bytes, ...]) -> None:
        """Write one text frame."""
        ...

    def abort_in(self, seconds: float) -> None:
        """Drop the connection then."""
        ...


def wire_of(scope: Scope, receive: Receive, send: Send) -> DirectWire | AsgiWire:
    """The wire of a socket."""
    direct = scope.get("extensions", {}).get(EXTENSION)
    return AsgiWire(receive, send) if direct is None else DirectWire(receive, direct)


def _text_of(wire: DirectWire | AsgiWire, message: Message) -> str | None:
    if message["type"] == "websocket.disconnect":
        wire.is_gone = True
        raise CloseSocketError(LEFT, "the client has left")
    text: str | None = message.get("text")
    return text


class DirectWire:
    """Past the server's own bookkeeping, into its transport."""

    __slots__ = ("_direct", "_receive", "is_gone")

    def __init__(self, receive: Receive, direct: Direct) -> None:
        self._receive = receive
        self._direct = direct
        self.is_gone = False

    @property
    def is_writable(self) -> bool:
        """Whether the client keeps up."""
        return self._direct.is_writable

    @property
    def on_writable(self) -> Callable[[], None] | None:
        """Called when the client reads again."""
        return self._direct.on_writable

    @on_writable.setter
    def on_writable(self, call: Callable[[], None] | None) -> None:
        self._direct.on_writable = call

    async def receive(self) -> str | None:
        """The next text message, None for a binary one. Raises CloseSocketError when the client has left."""
        return _text_of(self, await self._receive())

    def write(self, *parts: bytes) -> None:
        """Write one text message."""
        self._direct.write_text(parts)

    async def finish(self) -> None:
        """Everything has been handed over."""

    def abandon(self, after: float) -> None:
        """Drop the connection in so many seconds."""
        self._direct.abort_in(after)


class AsgiWire:
    """By ASGI messages, for any server."""

    def __init__(self, receive: Receive, send: Send) -> None:
        self._receive = receive
        self._send = send
        self._waiting: deque[bytes] = deque()
        self._bytes = 0
        self._writing: asyncio.Task[None] | None = None
        self.is_gone = False
        self._gone = asyncio.Event()
        self.on_writable: Callable[[], None] | None = None

    @property
    def is_writable(self) -> bool:
        """Whether the client keeps up."""
        return self._bytes < _HIGH

    async def receive(self) -> str | None:
        """The next text message, None for a binary one. Raises CloseSocketError when the client has left."""
        return _text_of(self, await self._coming())

    def write(self, *parts: bytes) -> None:
        """Write one text message."""
        self._waiting.append(b"".join(parts))
        self._bytes += len(self._waiting[-1])
        if self._writing is None:
            self._writing = asyncio.get_running_loop().create_task(self._write())

    async def finish(self) -> None:
        """Return once everything was sent."""
        if self._writing is not None:
            await asyncio.shield(self._writing)

    def abandon(self, after: float) -> None:
        """The server drops the connection when the application returns."""
        del after
        if self._writing is not None:
            self._writing.cancel()

    async def _write(self) -> None:
        try:
            while self._waiting:
                message = self._waiting.popleft()
                await self._send({"type": "websocket.send", "text": message.decode()})
                was_writable = self.is_writable
                self._bytes -= len(message)
                if not was_writable and self.is_writable and self.on_writable is not None:
                    self.on_writable()
        except WENT_AWAY:  # between two awaits
            self._gone.set()
        finally:
            self._writing = None

    async def _coming(self) -> Message:
        """What comes next; a client that takes nothing more has left."""
        coming, gone = asyncio.ensure_future(self._receive()), asyncio.ensure_future(self._gone.wait())
        try:
            await asyncio.wait({coming, gone}, return_when=asyncio.FIRST_COMPLETED)
            return coming.result() if coming.done() else {"type": "websocket.disconnect"}
        finally:
            coming.cancel()
            gone.cancel()
