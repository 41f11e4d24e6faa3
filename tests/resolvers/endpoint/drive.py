"""Ways to reach the endpoint: straight through ASGI, and over a real port."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import orjson
import uvicorn
from starlette.types import ASGIApp, Message

from resolvers.endpoint.direct import DirectSocket

KEY = {"authorization": "Bearer good-key"}
POST = {**KEY, "content-type": "application/json"}
GRAPHQL_JSON = {**POST, "accept": "application/graphql-response+json"}
PLAIN_JSON = {**POST, "accept": "application/json"}
STREAM = {**POST, "accept": "text/event-stream"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One HTTP response."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body, decoded."""
        return orjson.loads(self.body)

    @property
    def codes(self) -> list[str]:
        """`extensions.code` of each error."""
        return [error["extensions"]["code"] for error in self.json.get("errors", [])]


async def ask(
    app: ASGIApp,
    body: bytes | Sequence[bytes] = b"",
    headers: Mapping[str, str] = POST,
    *,
    method: str = "POST",
    url: str = "/graphql",
) -> Reply:
    """One request, in this task and without a socket; *body* in one chunk or several."""
    path, _, query = url.partition("?")
    chunks = [body] if isinstance(body, bytes) else list(body)
    incoming = [
        {"type": "http.request", "body": chunk, "more_body": n + 1 < len(chunks)} for n, chunk in enumerate(chunks)
    ]
    sent: list[Message] = []

    async def receive() -> Message:
        if incoming:
            return incoming.pop(0)
        await asyncio.Event().wait()
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in headers.items()],
        "scheme": "http",
        "server": ("hub", 80),
        "client": ("127.0.0.1", 1),
        "http_version": "1.1",
        "root_path": "",
    }
    await app(scope, receive, send)
    start = sent[0]
    return Reply(
        status=start["status"],
        headers={name.decode(): value.decode() for name, value in start["headers"]},
        body=b"".join(message.get("body", b"") for message in sent[1:]),
    )


async def query(app: ASGIApp, text: str, headers: Mapping[str, str] = POST, **members: object) -> Reply:
    """One POST of a document."""
    return await ask(app, orjson.dumps({"query": text, **members}), headers)


class _Server(uvicorn.Server):
    """Says when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.is_up = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.is_up.set()


@asynccontextmanager
async def live(app: ASGIApp, *, by_asgi: bool = False) -> AsyncIterator[str]:
    """The application on a free port of this machine, as `host:port`; its sockets *by ASGI* alone where asked."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    config = uvicorn.Config(
        app,
        log_level="critical",
        lifespan="off",
        timeout_graceful_shutdown=1,
        ws="auto" if by_asgi else DirectSocket,
        ws_per_message_deflate=False,
    )
    server = _Server(config)
    task = asyncio.create_task(server.serve(sockets=[listener]))
    await server.is_up.wait()
    try:
        yield f"127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await task
        listener.close()
