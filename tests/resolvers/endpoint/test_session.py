"""The session over a scripted wire; what a real socket adds is in test_ws.py."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

from resolvers.endpoint.frames import CloseSocketError
from resolvers.endpoint.ports import Limits
from resolvers.endpoint.session import Session
from tests.kit.wait import until
from tests.resolvers.endpoint.sample import World, ports_of, shared_of

INIT = {"type": "connection_init", "payload": {"authorization": "Bearer good-key"}}


class Wire:
    """Says a script, then waits, then leaves; keeps what it hears. A function in the script is awaited to be true.

    A stuck one never takes a message.
    """

    def __init__(self, script: list[object], *, expects: int = 0, is_stuck: bool = False) -> None:
        self._script = list(script)
        self._expects = expects
        self._is_stuck = is_stuck
        self._heard_enough = asyncio.Event()
        self.heard: list[Any] = []
        self.is_gone = False
        self.on_writable: Callable[[], None] | None = None

    async def finish(self) -> None:
        return None

    def abandon(self, after: float) -> None:
        del after

    async def receive(self) -> str | None:
        while self._script:
            said = self._script.pop(0)
            if not callable(said):
                return json.dumps(said)
            await until(said)
        if self._expects:
            await self._heard_enough.wait()
            raise CloseSocketError(1000, "left")
        await asyncio.Event().wait()
        return None

    @property
    def is_writable(self) -> bool:
        return not self._is_stuck

    def write(self, *parts: bytes) -> None:
        self.heard.append(json.loads(b"".join(parts)))
        if len(self.heard) == self._expects:
            self._heard_enough.set()


async def _run(world: World, wire: Wire, limits: Limits | None = None) -> CloseSocketError:
    ports = ports_of(world, limits)
    return await Session(wire, {}, shared_of(ports)).run()


async def test_messages_of_one_operation_come_in_order_and_end_with_complete() -> None:
    wire = Wire(
        [INIT, {"id": "a", "type": "subscribe", "payload": {"query": "subscription { count(to: 2) { value } }"}}],
        expects=4,
    )
    ended = await _run(World(), wire)
    assert ended.code == 1000
    assert [message["type"] for message in wire.heard] == ["connection_ack", "next", "next", "complete"]


async def test_a_wire_that_takes_nothing_is_given_up() -> None:
    ended = await _run(World(), Wire([INIT], is_stuck=True), Limits(patience=0.02))
    assert (ended.code, ended.reason.split(":")[0]) == (4008, "SUBSCRIPTION_LAGGED")


async def test_whatever_ends_a_session_closes_its_feeds() -> None:
    world = World()
    silence = {"id": "a", "type": "subscribe", "payload": {"query": "subscription { silence { value } }"}}
    script = [INIT, silence, lambda: world.open_feeds == 1, {"type": "connection_init"}]
    ended = await _run(world, Wire(script))
    assert (ended.code, world.open_feeds) == (4429, 0)
    assert len(world.served) == 1


async def test_a_long_reason_of_a_bad_frame_still_closes_cleanly() -> None:
    ended = await _run(World(), Wire([{"type": "x" * 500}]))
    assert (ended.code, len(ended.reason) <= 123) == (4400, True)
