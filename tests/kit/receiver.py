"""A partner's endpoint: takes, fails, hangs and redirects as told, and keeps what came in."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from sources.kit.serve import serving


@dataclass(frozen=True, slots=True, kw_only=True)
class Came:
    """One request."""

    path: str
    headers: dict[str, str]
    body: bytes
    status: int
    """What was answered; 0 where nothing was."""

    @property
    def id(self) -> str:
        """What repeats are told by."""
        return self.headers["webhook-id"]

    @property
    def said(self) -> Any:  # Any: JSON
        """The body."""
        return json.loads(self.body)


HANG = 0
"""A status that means: take the request and never answer."""
Behave = Callable[[int, str], int]
"""The status of the request of a number (from 0) and id."""


class Receiver:
    """An ASGI application."""

    def __init__(self, behave: Behave = lambda number, event_id: 204) -> None:
        self.behave = behave
        self.came: list[Came] = []
        self.elsewhere = "http://127.0.0.1:1/"
        """Where redirects lead."""

    @property
    def taken(self) -> list[Came]:
        """What was taken, in the order in which it came."""
        return [one for one in self.came if 200 <= one.status < 300]

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:  # Any: ASGI
        """Answer one request."""
        body = b""
        while True:
            part = await receive()
            body += part.get("body", b"")
            if not part.get("more_body"):
                break
        headers = {key.decode(): value.decode() for key, value in scope["headers"]}
        status = self.behave(len(self.came), headers.get("webhook-id", ""))
        self.came.append(Came(path=scope["path"], headers=headers, body=body, status=status))
        if status == HANG:
            await asyncio.sleep(60)
            return
        told = [(b"location", self.elsewhere.encode())] if 300 <= status < 400 else []
        await send({"type": "http.response.start", "status": status, "headers": told})
        await send({"type": "http.response.body", "body": b"x" * 100 if status >= 400 else b""})


@asynccontextmanager
async def receiving(receiver: Receiver) -> AsyncIterator[str]:
    """The URL of *receiver* while the block runs."""
    async with serving(receiver) as url:
        yield url + "/hook"
