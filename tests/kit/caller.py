"""Callers of a running hub as they are outside: requests over HTTP, streams over SSE and graphql-transport-ws."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, TypeAlias

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from tests.kit.wait import until

Json: TypeAlias = dict[str, Any]  # Any: JSON
CHANGES = ("CREATED", "UPDATED", "DELETED")
PATIENCE = 60.0  # seconds
PROTOCOL = Subprotocol("graphql-transport-ws")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer of the graph."""

    status: int
    text: str
    headers: Mapping[str, str]

    @property
    def body(self) -> Json:
        """The answer, decoded."""
        said: Json = json.loads(self.text)
        return said

    @property
    def codes(self) -> list[str]:
        """`extensions.code` of each error."""
        return [str(one["extensions"]["code"]) for one in self.body.get("errors") or ()]

    @property
    def data(self) -> Json:
        """The data of an answer without errors."""
        assert self.status == 200, self.text
        assert "errors" not in self.body, self.text
        said: Json = self.body["data"]
        return said


@dataclass(slots=True, kw_only=True)
class Heard:
    """What one stream has brought so far."""

    events: list[Json] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    """When each of the events came, by the monotonic clock."""
    errors: list[Json] = field(default_factory=list)
    _ended: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def is_over(self) -> bool:
        """Ended by the hub or broken off."""
        return self._ended.is_set()

    @property
    def changes(self) -> list[Json]:
        """Without snapshots and checkpoints."""
        return [one for one in self.events if one["kind"] in CHANGES]

    @property
    def cursor(self) -> str:
        """Where to go on after the last event."""
        return str(self.events[-1]["cursor"])

    async def until(self, holds: Callable[[Heard], bool]) -> None:
        """Return as soon as *holds* does. Raises AssertionError after a minute."""
        try:
            await until(lambda: holds(self))
        except AssertionError as never:
            message = f"heard {len(self.events)} events, the last {self.events[-3:]}; errors {self.errors}"
            raise AssertionError(message) from never

    async def over(self) -> None:
        """Return once the stream has ended or broken off, however long it lasts."""
        await self._ended.wait()

    async def started(self) -> None:
        """The snapshot has come: from here on every change must be heard."""
        await self.until(lambda heard: any(one["kind"] == "SNAPSHOT_END" for one in heard.events))

    def end(self) -> None:
        """No more will come."""
        self._ended.set()

    def take(self, payload: Json) -> None:
        """Keep one result."""
        self.errors += payload.get("errors") or []
        new = [one for one in (payload.get("data") or {}).values() if one is not None]
        self.events += new
        self.times += [monotonic()] * len(new)


@dataclass(slots=True, kw_only=True)
class Caller:
    """Whoever bears one API key."""

    url: str
    key: str
    http: httpx.AsyncClient

    async def ask(self, document: str, *, headers: Mapping[str, str] | None = None, **variables: object) -> Answer:
        """One request over HTTP, whatever comes of it."""
        said = await self.http.post(
            f"{self.url}/graphql",
            json={"query": document, "variables": variables},
            headers={**self._headers(), "accept": "application/graphql-response+json", **(headers or {})},
        )
        return Answer(status=said.status_code, text=said.text, headers=said.headers)

    async def data(self, document: str, **variables: object) -> Json:
        """The data of an answer that must be without errors."""
        return (await self.ask(document, headers=None, **variables)).data

    @asynccontextmanager
    async def sse(self, document: str, *, last: str | None = None, **variables: object) -> AsyncIterator[Heard]:
        """A subscription as an event stream while the block runs; *last* is the `Last-Event-ID` of an earlier one."""
        headers = {**self._headers(), "accept": "text/event-stream"} | ({"last-event-id": last} if last else {})
        body = {"query": document, "variables": variables}
        heard = Heard()
        async with (
            httpx.AsyncClient(timeout=httpx.Timeout(PATIENCE, read=None), trust_env=False) as http,
            http.stream("POST", f"{self.url}/graphql", json=body, headers=headers) as stream,
        ):
            assert stream.status_code == 200, (await stream.aread()).decode()
            async with _kept(_read_lines(stream, heard)):
                yield heard

    @asynccontextmanager
    async def ws(self, document: str, **variables: object) -> AsyncIterator[Heard]:
        """A subscription over a socket of its own while the block runs."""
        heard = Heard()
        url = self.url.replace("http", "ws", 1) + "/graphql"
        async with connect(url, subprotocols=[PROTOCOL], open_timeout=PATIENCE, proxy=None) as socket:
            await socket.send(json.dumps({"type": "connection_init", "payload": self._headers()}))
            assert json.loads(await socket.recv())["type"] == "connection_ack"
            payload = {"query": document, "variables": variables}
            await socket.send(json.dumps({"type": "subscribe", "id": "1", "payload": payload}))
            async with _kept(_read_messages(socket, heard)):
                yield heard

    def _headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.key}"}


async def _read_lines(stream: httpx.Response, heard: Heard) -> None:
    try:
        async for line in stream.aiter_lines():
            if line.startswith("data: "):
                heard.take(json.loads(line.removeprefix("data: ")))
    finally:
        heard.end()


async def _read_messages(socket: ClientConnection, heard: Heard) -> None:
    try:
        async for text in socket:
            message = json.loads(text)
            if message["type"] == "ping":  # who does not answer is taken for gone
                await socket.send('{"type":"pong"}')
            elif message["type"] == "next":
                heard.take(message["payload"])
            elif message["type"] == "error":
                heard.errors += message["payload"]
    finally:
        heard.end()


@asynccontextmanager
async def _kept(reading: Any) -> AsyncIterator[None]:  # Any: a coroutine
    task = asyncio.create_task(reading)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
