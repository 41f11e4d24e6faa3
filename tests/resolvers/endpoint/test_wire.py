"""Sockets by ASGI messages alone, as any server has them."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from starlette.types import Message

from resolvers.endpoint.frames import CloseSocketError
from resolvers.endpoint.wire import AsgiWire, wire_of
from tests.kit.wait import until


class Server:
    """Takes messages, or does not."""

    def __init__(self) -> None:
        self.sent: list[Message] = []
        self.reads = asyncio.Event()
        self.reads.set()
        self.is_gone = False

    async def receive(self) -> Message:
        await asyncio.Event().wait()
        return {}

    async def send(self, message: Any) -> None:
        await self.reads.wait()
        if self.is_gone:
            raise OSError
        self.sent.append(message)


async def test_messages_are_sent_in_order_and_no_task_is_left() -> None:
    server = Server()
    wire = wire_of({"extensions": {}}, server.receive, server.send)
    assert isinstance(wire, AsgiWire)
    before = len(asyncio.all_tasks())
    wire.write(b"a", b"b")
    wire.write(b"c")
    await wire.finish()
    assert [message["text"] for message in server.sent] == ["ab", "c"]
    await until(lambda: len(asyncio.all_tasks()) == before)


async def test_a_reader_that_does_not_read_is_not_writable_until_it_does() -> None:
    server = Server()
    wire = AsgiWire(server.receive, server.send)
    told: list[bool] = []
    wire.on_writable = lambda: told.append(wire.is_writable)
    server.reads.clear()
    wire.write(b"x" * 100_000)
    assert not wire.is_writable
    server.reads.set()
    await wire.finish()
    assert told == [True]


async def test_a_client_that_takes_nothing_more_has_left() -> None:
    server = Server()
    server.is_gone = True
    wire = AsgiWire(server.receive, server.send)
    wire.write(b"x")
    with pytest.raises(CloseSocketError):
        await wire.receive()
    assert wire.is_gone
