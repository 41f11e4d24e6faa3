from __future__ import annotations

import asyncio

from resolvers.endpoint.frames import CloseSocketError
from resolvers.endpoint.ports import Limits
from resolvers.endpoint.pulse import Pulse
from tests.kit.wait import until


class Socket:
    def __init__(self) -> None:
        self.beats = 0
        self.ended: list[int] = []

    def beat(self) -> None:
        self.beats += 1

    def end(self, ended: CloseSocketError) -> None:
        self.ended.append(ended.code)


async def test_one_clock_beats_for_all_and_stops_when_nobody_is_left() -> None:
    pulse = Pulse(Limits(ping=0.02))
    one, other = Socket(), Socket()
    before = len(asyncio.all_tasks())
    for socket in (one, other):
        pulse.enter(socket)
    assert len(asyncio.all_tasks()) == before + 1
    await until(lambda: min(one.beats, other.beats) >= 2)
    pulse.leave(one)
    pulse.leave(other)
    await until(lambda: len(asyncio.all_tasks()) == before)


async def test_all_can_be_ended_at_once() -> None:
    pulse = Pulse(Limits())
    sockets = [Socket(), Socket()]
    for socket in sockets:
        pulse.enter(socket)
    pulse.end_all(CloseSocketError(1012, "later"))
    assert [socket.ended for socket in sockets] == [[1012], [1012]]
    for socket in sockets:
        pulse.leave(socket)
