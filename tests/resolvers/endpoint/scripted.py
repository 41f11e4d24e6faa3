"""A wire that a test holds in its hand: what it says, hears, and whether it reads."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from resolvers.endpoint.frames import CloseSocketError
from resolvers.endpoint.ports import Limits
from resolvers.endpoint.session import Session
from tests.kit.changes import make_line
from tests.resolvers.endpoint.sample import World, ports_of, shared_of

SHARED = "subscription ($after: String) { shared(after: $after) { cursor value } }"


class Line:
    """One client."""

    def __init__(self) -> None:
        self._said: asyncio.Queue[str] = asyncio.Queue()
        self.is_gone = False
        self.is_writable = True
        self.on_writable: Callable[[], None] | None = None
        self.heard: list[Any] = []
        self.ended: CloseSocketError | None = None

    async def receive(self) -> str | None:
        """What the client says next."""
        return await self._said.get()

    def write(self, *parts: bytes) -> None:
        """What the client hears."""
        self.heard.append(json.loads(b"".join(parts)))

    async def finish(self) -> None:
        """Nothing waits."""

    def abandon(self, after: float) -> None:
        """Nothing to drop."""

    def say(self, **message: object) -> None:
        """Send a message."""
        self._said.put_nowait(json.dumps(message))

    def subscribe(self, name: str, query: str = SHARED, **variables: object) -> None:
        """Begin an operation."""
        self.say(id=name, type="subscribe", payload={"query": query, "variables": variables})

    def read_on(self) -> None:
        """Read again."""
        self.is_writable = True
        if self.on_writable is not None:
            self.on_writable()

    def values(self, name: str) -> list[int]:
        """What the events of an operation told."""
        return [
            one["payload"]["data"]["shared"]["value"]
            for one in self.heard
            if one["type"] == "next" and one["id"] == name
        ]


@asynccontextmanager
async def session(world: World, limits: Limits | None = None) -> AsyncIterator[Line]:
    """A client that is let in, while the block runs."""
    line = Line()
    running = asyncio.create_task(_run(line, world, limits))
    line.say(type="connection_init", payload={"authorization": "Bearer good-key"})
    try:
        yield line
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def _run(line: Line, world: World, limits: Limits | None) -> None:
    line.ended = await Session(line, {}, shared_of(ports_of(world, limits))).run()


def tell(world: World, *versions: int) -> None:
    """Changes of one order, with these versions, which are their positions too."""
    world.feed.push([make_line(version, version=version) for version in versions])
