"""What leaves by one socket: answers wait for their reader, though not for ever; events are pushed past them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import orjson

from resolvers.endpoint.frames import CloseSocketError
from resolvers.endpoint.ports import Limits
from resolvers.endpoint.wire import Wire

LAGGED = "SUBSCRIPTION_LAGGED: read faster; resume with the last cursor"


class Outbox:
    """The writing side of a session."""

    __slots__ = ("_limits", "_writable", "on_writable", "wire")

    def __init__(self, wire: Wire, limits: Limits) -> None:
        self.wire = wire
        """The socket below: what is pushed into it does not wait."""
        self._limits = limits
        self._writable: asyncio.Event | None = None
        self.on_writable: Callable[[], None] | None = None
        """Called when the client reads again."""
        wire.on_writable = self._moved

    @property
    def is_writable(self) -> bool:
        """Whether the client keeps up."""
        return self.wire.is_writable

    async def say(self, *parts: bytes) -> None:
        """Write a message once its reader keeps up. Raises CloseSocketError(4008) after the patience."""
        if not self.wire.is_writable:
            await self._wait()
        self.wire.write(*parts)

    def push(self, *parts: bytes) -> None:
        """Write a message now."""
        self.wire.write(*parts)

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(self._limits.patience):
                while not self.wire.is_writable:
                    self._writable = self._writable or asyncio.Event()
                    await self._writable.wait()
        except TimeoutError:
            raise CloseSocketError(4008, LAGGED) from None

    def _moved(self) -> None:
        if self._writable is not None:
            self._writable.set()
            self._writable = None
        if self.on_writable is not None:
            self.on_writable()


def next_head(name: str) -> bytes:
    """What stands before the payload of a `next` message; `}` follows it."""
    return b'{"id":' + orjson.dumps(name) + b',"type":"next","payload":'


def error_of(name: str, body: bytes) -> bytes:
    """An `error` message out of a response that has only errors."""
    errors = orjson.dumps(orjson.loads(body)["errors"])
    return b'{"id":' + orjson.dumps(name) + b',"type":"error","payload":' + errors + b"}"


def complete(name: str) -> bytes:
    """A `complete` message."""
    return b'{"id":' + orjson.dumps(name) + b',"type":"complete"}'
