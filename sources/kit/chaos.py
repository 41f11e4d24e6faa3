"""An HTTP proxy that makes trouble: it stands before a server, rehearsed or real, and neither side knows.

It reads one whole request, passes it on, reads one whole answer, and spoils what its orders say.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import urlsplit

import httpx

HEAD_LIMIT = 64 * 1024
HANG_SECONDS = 600.0
UPSTREAM_SECONDS = 60.0
_HOP_HEADERS = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length", "host"})


class Trouble(StrEnum):
    """What the proxy can do to an exchange."""

    CUT = "CUT"
    """Close before anything is passed on."""
    HANG = "HANG"
    """Take the request, pass nothing on, never answer."""
    FAIL = "FAIL"
    """Answer `status` without passing anything on."""
    SLOW = "SLOW"
    """Pass on, and hold the answer back for `seconds`."""
    LOSE = "LOSE"
    """Pass on, then close without the answer."""
    SPOIL = "SPOIL"
    """Pass on, then answer `status` with what `change` makes of the body."""


@dataclass(slots=True, kw_only=True)
class Order:
    """One trouble for the next `times` requests whose first line or body holds `holding`."""

    trouble: Trouble
    holding: bytes = b""
    times: int = 1
    skip: int = 0
    """Requests that fit and are let through first."""
    status: int = 200
    seconds: float = 1.0
    headers: dict[str, str] = field(default_factory=dict)
    change: Callable[[bytes], bytes] = bytes
    met: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request that reached the proxy, and the status it was answered with (0: none)."""

    headers: dict[str, str]
    body: bytes
    status: int
    answer: bytes
    first: bytes = b"POST /"
    """Method and path."""

    @property
    def said(self) -> bytes:
        """All that was asked: method and path on one line, then the body."""
        return self.first + b"\n" + self.body


class Chaos:
    """The proxy. `exchanges` is what passed since `forget`."""

    def __init__(self, upstream: str) -> None:
        """Stand before *upstream*."""
        self._upstream = upstream.rstrip("/")
        self._client = httpx.AsyncClient(timeout=UPSTREAM_SECONDS, trust_env=False)
        self._orders: list[Order] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self.exchanges: list[Exchange] = []
        self.url = ""

    def order(self, order: Order) -> Order:
        """Make this trouble from now on; the order counts how often it was met."""
        self._orders.append(order)
        return order

    def heal(self) -> None:
        """Make no more trouble."""
        self._orders.clear()

    def forget(self) -> None:
        """Begin a new list of exchanges."""
        self.exchanges = []

    @contextlib.asynccontextmanager
    async def standing(self) -> AsyncIterator[Chaos]:
        """Listen as long as the block lasts."""
        server = await asyncio.start_server(self._welcome, "127.0.0.1", 0, limit=HEAD_LIMIT)
        host, port = server.sockets[0].getsockname()[:2]
        self.url = f"http://{host}:{port}"
        try:
            yield self
        finally:
            server.close()
            for task in tuple(self._tasks):
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            await self._client.aclose()

    async def _welcome(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        try:
            while await self._exchange(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, asyncio.CancelledError):
            pass  # the client went away, or we are done: nobody is left to tell
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        request = await _read_request(reader)
        if request is None:
            return False
        order = self._match(request.said)
        if order is not None and order.trouble in (Trouble.CUT, Trouble.HANG):
            self._note(request, 0, b"")
            await asyncio.sleep(HANG_SECONDS if order.trouble is Trouble.HANG else 0)
            return False
        if order is not None and order.trouble is Trouble.FAIL:
            return await self._reply(writer, request, order.status, order.headers, order.change(b""))
        answer = await self._ask(request)
        if order is None:
            return await self._reply(writer, request, answer.status, answer.headers, answer.body)
        return await self._spoil(writer, request, order, answer)

    async def _ask(self, request: _Request) -> _Answered:
        """What upstream answers, byte by byte, whatever it says of their packing."""
        headers = {name: value for name, value in request.headers.items() if name not in _HOP_HEADERS}
        url = self._upstream + request.path
        async with self._client.stream(request.method, url, headers=headers, content=request.body) as answer:
            body = b"".join([part async for part in answer.aiter_raw()])
        kept = {name: value for name, value in answer.headers.items() if name not in _HOP_HEADERS}
        return _Answered(answer.status_code, kept, body)

    async def _spoil(self, writer: asyncio.StreamWriter, request: _Request, order: Order, answer: _Answered) -> bool:
        if order.trouble is Trouble.LOSE:
            self._note(request, 0, b"")
            return False
        if order.trouble is Trouble.SLOW:
            await asyncio.sleep(order.seconds)
            return await self._reply(writer, request, answer.status, answer.headers, answer.body)
        return await self._reply(
            writer, request, order.status, {**answer.headers, **order.headers}, order.change(answer.body)
        )

    def _match(self, said: bytes) -> Order | None:
        for order in self._orders:
            if order.met < order.times and order.holding in said:
                if order.skip:
                    order.skip -= 1
                    continue
                order.met += 1
                return order
        return None

    def _note(self, request: _Request, status: int, answer: bytes) -> None:
        self.exchanges.append(
            Exchange(headers=request.headers, body=request.body, status=status, answer=answer, first=request.first)
        )

    async def _reply(
        self, writer: asyncio.StreamWriter, request: _Request, status: int, headers: dict[str, str], body: bytes
    ) -> bool:
        self._note(request, status, body)
        lines = [f"HTTP/1.1 {status} x", *(f"{name}: {value}" for name, value in headers.items())]
        head = "\r\n".join([*lines, f"content-length: {len(body)}", "", ""])
        writer.write(head.encode("latin-1") + body)
        await writer.drain()
        return True


@dataclass(frozen=True, slots=True)
class _Request:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def first(self) -> bytes:
        return f"{self.method} {self.path}".encode()

    @property
    def said(self) -> bytes:
        return self.first + b"\n" + self.body


@dataclass(frozen=True, slots=True)
class _Answered:
    status: int
    headers: dict[str, str]
    body: bytes


async def _read_request(reader: asyncio.StreamReader) -> _Request | None:
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    first, *rest = head.decode("latin-1").split("\r\n")
    method, target, _ = first.split(" ", 2)
    pairs = (line.partition(":") for line in rest if line)
    headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    parts = urlsplit(target)
    return _Request(method, parts.path + (f"?{parts.query}" if parts.query else ""), headers, body)
