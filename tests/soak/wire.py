"""Subscriptions as raw messages, by socket or event stream, for readers that are cheap, or deaf."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Protocol
from urllib.parse import urlsplit

import orjson
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.typing import Subprotocol

from tests.crash.wire import CHUNKED, head_of

PROTOCOL = Subprotocol("graphql-transport-ws")
PATIENCE = 15.0  # seconds to connect
NARROW, SHORT = 4096, 536  # bytes that a deaf reader's kernel takes, and of one segment: the hub's buffer follows it
OK, REFUSED = 200, "HTTP {}"
BROKEN = (OSError, EOFError, ValueError, WebSocketException, TimeoutError)
"""What a connection raises that ends otherwise than in order."""

Json = dict[str, Any]  # Any: JSON


class Line(Protocol):
    """A subscription that is under way."""

    def payloads(self) -> AsyncIterator[Json]:
        """Results, and `{"errors": ...}`, until it ends. Raises BROKEN."""
        ...

    def cut(self) -> None:
        """End it as a cable does."""
        ...

    @property
    def code(self) -> str:
        """How the other side ended it."""
        ...


class SocketLine:
    """graphql-transport-ws."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection

    async def payloads(self) -> AsyncIterator[Json]:
        try:
            async for text in self._connection:
                message = orjson.loads(text)
                if message["type"] == "next":
                    yield message["payload"]
                elif message["type"] == "ping":
                    await self._connection.send('{"type":"pong"}')
                elif message["type"] == "error":
                    yield {"errors": message["payload"]}
                    return
                elif message["type"] == "complete":
                    return
        except ConnectionClosed:
            return

    def cut(self) -> None:
        self._connection.transport.abort()

    @property
    def code(self) -> str:
        return str(self._connection.close_code or "complete")


class EventLine:
    """graphql-sse, distinct connections."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, is_chunked: bool) -> None:
        self._reader = reader
        self._writer = writer
        self._is_chunked = is_chunked
        self._code = "cut"

    async def payloads(self) -> AsyncIterator[Json]:
        buffered = b""
        while chunk := await self._chunk():
            *events, buffered = (buffered + chunk).split(b"\n\n")
            for event in events:
                for line in event.split(b"\n"):
                    if line == b"event: complete":
                        self._code = "complete"
                    elif line.startswith(b"data: "):
                        yield orjson.loads(line[6:])

    async def _chunk(self) -> bytes:
        if not self._is_chunked:
            return await self._reader.read(65536)
        size = int(await self._reader.readline() or b"0", 16)
        return (await self._reader.readexactly(size + 2))[:-2] if size else b""

    def cut(self) -> None:
        self._writer.transport.abort()

    @property
    def code(self) -> str:
        return self._code


@asynccontextmanager
async def by_socket(url: str, key: str, asked: Json, *, deaf: bool) -> AsyncIterator[SocketLine]:
    """A subscription over a socket of its own while the block runs. Raises BROKEN."""
    sock = await _socket(url, deaf=deaf)
    target = url.replace("http", "ws", 1) + "/graphql"
    async with connect(
        target, sock=sock, subprotocols=[PROTOCOL], open_timeout=PATIENCE, close_timeout=1, ping_interval=None,
        max_queue=1 if deaf else 16, compression=None, proxy=None,
    ) as connection:  # fmt: skip
        init = {"type": "connection_init", "payload": {"authorization": f"Bearer {key}"}}
        await connection.send(orjson.dumps(init).decode())
        await connection.send(orjson.dumps({"type": "subscribe", "id": "1", "payload": asked}).decode())
        yield SocketLine(connection)


@asynccontextmanager
async def by_events(url: str, key: str, asked: Json, *, deaf: bool) -> AsyncIterator[EventLine]:
    """A subscription as an event stream while the block runs. Raises BROKEN, ValueError naming a status."""
    parts = urlsplit(url)
    sock = await _socket(url, deaf=deaf)
    reader, writer = await asyncio.open_connection(sock=sock, limit=NARROW if deaf else 65536)
    try:
        body = orjson.dumps(asked)
        lines = ["POST /graphql HTTP/1.1", f"host: {parts.netloc}", f"authorization: Bearer {key}"]
        lines += ["accept: text/event-stream", "content-type: application/json", f"content-length: {len(body)}"]
        writer.write("\r\n".join([*lines, "", ""]).encode() + body)
        async with asyncio.timeout(PATIENCE):
            status, headers = await head_of(reader)
        if status != OK:
            raise ValueError(REFUSED.format(status))
        yield EventLine(reader, writer, is_chunked=headers.get("transfer-encoding") == CHUNKED)
    finally:
        writer.transport.abort()


async def _socket(url: str, *, deaf: bool) -> socket.socket:
    """A connected socket; the kernel of a deaf reader takes as little as may be."""
    parts = urlsplit(url)
    sock = socket.socket()
    sock.setblocking(False)  # noqa: FBT003 - its own signature
    if deaf:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, NARROW)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, SHORT)
    try:
        async with asyncio.timeout(PATIENCE):
            await asyncio.get_running_loop().sock_connect(sock, (parts.hostname, parts.port))
    except BaseException:
        sock.close()
        raise
    return sock
