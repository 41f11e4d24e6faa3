"""Prepared frames straight into the transport, over real sockets."""

from __future__ import annotations

import asyncio

import pytest

from bench.kit.swarm import messages
from resolvers.endpoint.direct import frame_head
from tests.resolvers.endpoint.drive import live
from tests.resolvers.endpoint.sample import World, app_of


@pytest.mark.parametrize("size", [0, 1, 125, 126, 65_535, 65_536, 200_000])
def test_a_frame_is_its_length_and_its_text(size: int) -> None:
    text = b"x" * size
    data = bytearray(frame_head(size) + text + frame_head(2) + b"ab")
    assert messages(data) == [text, b"ab"]
    assert data == b""


async def test_a_text_that_is_no_text_closes_the_socket_without_a_traceback(caplog: pytest.LogCaptureFixture) -> None:
    async with live(app_of(World())[0]) as host:
        name, _, port = host.partition(":")
        answer = await _said(name, int(port), b"\x81\x82\0\0\0\0\xff\xfe")
    assert answer.endswith(b"\x88\x02\x03\xef")  # 1007
    assert [record for record in caplog.records if record.exc_info] == []


async def _said(host: str, port: int, frame: bytes) -> bytes:
    hello = (
        "GET /graphql HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n"
    )
    reader, writer = await asyncio.open_connection(host, port)
    writer.write(hello.encode())
    await reader.readuntil(b"\r\n\r\n")
    writer.write(frame)
    said = await reader.read()
    writer.close()
    return said
