"""The little of HTTP that the recorders need: one request, one connection, every way of failing one error."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

CALL_SECONDS = 6.0
CHUNKED = "chunked"


class NoAnswer(Exception):
    """No whole answer came: whatever was asked for may or may not have been done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A whole answer."""

    status: int
    body: bytes

    @property
    def is_success(self) -> bool:
        """2xx."""
        return self.status // 100 == 2


async def send(url: str, body: bytes | None, headers: Mapping[str, str], seconds: float = CALL_SECONDS) -> Answer:
    """POST *body* to *url* (GET without one). Raises NoAnswer."""
    try:
        async with asyncio.timeout(seconds):
            return await _exchange(url, body, headers)
    except (OSError, EOFError, ValueError, TimeoutError) as lost:
        raise NoAnswer(type(lost).__name__) from lost


async def opened(
    url: str, body: bytes | None, headers: Mapping[str, str]
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A connection on which the request was just written."""
    parts = urlsplit(url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    method = "GET" if body is None else "POST"
    lines = [f"{method} {parts.path or '/'} HTTP/1.1", f"host: {parts.netloc}", "connection: close"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if body is not None:
        lines.append(f"content-length: {len(body)}")
    writer.write("\r\n".join([*lines, "", ""]).encode() + (body or b""))
    return reader, writer


async def head_of(reader: asyncio.StreamReader) -> tuple[int, dict[str, str]]:
    """Status and headers."""
    text = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *rest = text.split("\r\n")
    pairs = (line.partition(":") for line in rest if line)
    return int(first.split()[1]), {name.lower(): value.strip() for name, _, value in pairs}


async def _exchange(url: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
    reader, writer = await opened(url, body, headers)
    try:
        status, said = await head_of(reader)
        if said.get("transfer-encoding") == CHUNKED:
            whole = await _chunks(reader)
        else:
            whole = await reader.readexactly(int(said.get("content-length", "0")))
        return Answer(status=status, body=whole)
    finally:
        with suppress(OSError):
            writer.close()


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    whole = b""
    while size := int(await reader.readline(), 16):
        whole += (await reader.readexactly(size + 2))[:-2]
    return whole
