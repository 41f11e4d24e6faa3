from __future__ import annotations

import asyncio
import json
from collections.abc import Callable

import pytest

from resolvers.endpoint.frames import CloseSocketError
from resolvers.endpoint.outbox import Outbox, complete, error_of, next_head
from resolvers.endpoint.ports import Limits


class Wire:
    """Keeps what is written; reads or does not."""

    def __init__(self) -> None:
        self.is_writable = True
        self.is_gone = False
        self.on_writable: Callable[[], None] | None = None
        self.written: list[bytes] = []

    async def receive(self) -> str | None:
        return None

    def write(self, *parts: bytes) -> None:
        self.written.append(b"".join(parts))

    async def finish(self) -> None:
        return None

    def abandon(self, after: float) -> None:
        del after

    def read_on(self) -> None:
        self.is_writable = True
        assert self.on_writable is not None
        self.on_writable()


async def test_messages_leave_in_the_order_they_came() -> None:
    wire = Wire()
    outbox = Outbox(wire, Limits())
    for message in (b"a", b"b", b"c"):
        await outbox.say(message)
    assert wire.written == [b"a", b"b", b"c"]


async def test_a_reader_that_makes_no_room_is_let_go_with_4008() -> None:
    wire = Wire()
    outbox = Outbox(wire, Limits(patience=0.01))
    wire.is_writable = False
    with pytest.raises(CloseSocketError) as closed:
        await outbox.say(b"1")
    assert (closed.value.code, closed.value.reason.split(":")[0]) == (4008, "SUBSCRIPTION_LAGGED")


async def test_a_writer_goes_on_as_soon_as_there_is_room_and_whoever_waits_is_told() -> None:
    wire = Wire()
    outbox = Outbox(wire, Limits())
    told: list[int] = []
    outbox.on_writable = lambda: told.append(1)
    wire.is_writable = False
    waiting = asyncio.create_task(outbox.say(b"late"))
    await asyncio.sleep(0)
    outbox.push(b"event")
    wire.read_on()
    await waiting
    assert (wire.written, told) == ([b"event", b"late"], [1])


def test_messages_are_those_of_the_protocol() -> None:
    name = 'a"b'
    assert json.loads(next_head(name) + b'{"data":{}}' + b"}") == {"id": name, "type": "next", "payload": {"data": {}}}
    assert json.loads(complete(name)) == {"id": name, "type": "complete"}
    assert json.loads(error_of(name, b'{"data":null,"errors":[{"message":"m"}]}')) == {
        "id": name,
        "type": "error",
        "payload": [{"message": "m"}],
    }
