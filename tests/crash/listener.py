"""A subscriber of `orderChanged` that drops, resumes with its last cursor and keeps everything it was told."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, suppress
from dataclasses import dataclass, field
from typing import Any

from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException
from websockets.typing import Subprotocol

from hub.model.ids import from_global
from tests.crash.judge.evidence import Pushed, Segment
from tests.crash.wire import head_of, opened

FEED = """subscription Feed($after: String) {
  orderChanged(after: $after, includeInitial: true) {
    cursor kind event version orderId correlationId order { number status } } }"""
EVENTS = frozenset({"CREATED", "UPDATED", "DELETED"})
RETRY = 0.1  # seconds
START_SECONDS = 5.0
PROTOCOL = Subprotocol("graphql-transport-ws")

EXPIRED = "CURSOR_EXPIRED"

Payload = dict[str, Any]  # Any: JSON


def _nothing() -> None:
    return None


@dataclass(slots=True, kw_only=True)
class Listener:
    """One subscriber."""

    tenant: str
    name: str
    url: str
    key: str
    transport: str
    """`sse` or `ws`."""
    heard: list[str] = field(default_factory=list)
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    """It has a cursor: from here on it must hear of everything."""
    segments: list[Segment] = field(default_factory=list)
    cursor: str | None = None
    drops: int = 0
    is_lost: bool = False
    """It was told to begin again."""
    at: dict[int, Callable[[], None]] = field(default_factory=dict)
    """What to do once so many events were heard."""
    _events: list[Pushed] = field(default_factory=list)
    _codes: list[str] = field(default_factory=list)
    _connection: asyncio.Task[None] | None = None

    @property
    def count(self) -> int:
        """Events heard so far."""
        return sum(len(one.events) for one in self.segments) + len(self._events)

    def drop(self) -> None:
        """Cut the connection."""
        if self._connection is not None:
            self.drops += 1
            self._connection.cancel()

    async def run(self) -> None:
        """Listen until cancelled, over as many connections as it takes."""
        while True:
            self._connection = asyncio.create_task(self._listen())
            try:
                await asyncio.wait({self._connection})
            finally:
                self._connection.cancel()
                await asyncio.gather(self._connection, return_exceptions=True)
                self.close_segment()
            await asyncio.sleep(RETRY)

    def close_segment(self) -> None:
        """What came over the connection that just ended."""
        if self._events or self._codes:
            after = self.cursor if not self._events else None
            self.segments.append(
                Segment(
                    tenant=self.tenant,
                    subscriber=self.name,
                    after=after,
                    events=tuple(self._events),
                    codes=tuple(self._codes),
                )
            )
            self._events, self._codes = [], []

    async def _listen(self) -> None:
        payloads = self._sse() if self.transport == "sse" else self._ws()
        with suppress(WebSocketException, OSError, EOFError, ValueError, TimeoutError):
            async with aclosing(payloads):  # type: ignore[type-var]  # an async generator by another name
                async for payload in payloads:
                    self._take(payload)

    def _take(self, payload: Payload) -> None:
        self.heard.append(json.dumps(payload))
        event = (payload.get("data") or {}).get("orderChanged")
        if event is None:
            codes = [str(one.get("extensions", {}).get("code")) for one in payload.get("errors") or ()]
            self._codes += codes
            if EXPIRED in codes:  # as the surface says: begin again
                self.cursor, self.is_lost = None, True
                self.ready.clear()
            return
        self.cursor = event["cursor"]
        if event["kind"] in EVENTS:
            order_id = from_global(event["orderId"])[1]
            pushed = Pushed(
                cursor=event["cursor"], order_id=order_id, version=event["version"], event=event["event"] or ""
            )
            self._events.append(pushed)
            self.at.pop(self.count, _nothing)()
        elif event["kind"] == "SNAPSHOT_END":
            self.ready.set()

    async def _sse(self) -> AsyncIterator[Payload]:
        headers = {"authorization": f"Bearer {self.key}", "accept": "text/event-stream"}
        if self.cursor is not None and self.ready.is_set():
            headers["last-event-id"] = self.cursor
        headers["content-type"] = "application/json"
        reader, writer = await opened(f"{self.url}/graphql", json.dumps({"query": FEED}).encode(), headers)
        try:
            async with asyncio.timeout(START_SECONDS):
                await head_of(reader)
            while line := await reader.readline():  # chunk sizes and blank lines lie between
                if line.startswith(b"data: "):
                    yield json.loads(line.removeprefix(b"data: "))
        finally:
            writer.close()

    async def _ws(self) -> AsyncIterator[Payload]:
        url = self.url.replace("http", "ws", 1) + "/graphql"
        async with connect(url, subprotocols=[PROTOCOL], open_timeout=START_SECONDS, proxy=None) as socket:
            init = {"type": "connection_init", "payload": {"authorization": f"Bearer {self.key}"}}
            await socket.send(json.dumps(init))
            after = self.cursor if self.ready.is_set() else None
            asked = {"query": FEED, "variables": {"after": after}}
            await socket.send(json.dumps({"type": "subscribe", "id": "1", "payload": asked}))
            async for text in socket:
                message = json.loads(text)
                if message["type"] == "ping":
                    await socket.send(json.dumps({"type": "pong"}))
                elif message["type"] == "next":
                    yield message["payload"]
                elif message["type"] == "error":
                    yield {"errors": message["payload"]}
                    return
                elif message["type"] == "complete":
                    return
