"""Takes webhooks for the contract suite: answers 202 and keeps headers and raw bodies."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any

from sources.kit.serve import serving

Scope = MutableMapping[str, Any]  # Any: ASGI messages
Receive = Callable[[], Awaitable[Scope]]
Send = Callable[[Scope], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One delivery as it came."""

    headers: dict[str, str]
    body: bytes


class Postbox:
    """Keeps every delivery."""

    def __init__(self) -> None:
        self.letters: list[Letter] = []
        self._came = asyncio.Condition()
        self.url = ""

    @contextlib.asynccontextmanager
    async def standing(self) -> AsyncIterator[Postbox]:
        """Listen as long as the block lasts."""
        async with serving(self._take) as self.url:
            yield self

    async def wait(self, fits: Callable[[Letter], bool], *, seconds: float = 10.0) -> Letter:
        """The first letter that fits, come or still to come. Raises TimeoutError."""
        async with asyncio.timeout(seconds), self._came:
            while True:
                for letter in self.letters:
                    if fits(letter):
                        return letter
                await self._came.wait()

    async def _take(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = b""
        while True:
            part = await receive()
            body += part.get("body", b"")
            if not part.get("more_body"):
                break
        pairs: list[tuple[bytes, bytes]] = scope["headers"]
        letter = Letter(headers={name.decode("latin-1"): value.decode("latin-1") for name, value in pairs}, body=body)
        async with self._came:
            self.letters.append(letter)
            self._came.notify_all()
        await send({"type": "http.response.start", "status": 202, "headers": []})
        await send({"type": "http.response.body", "body": b""})
