"""Broken frames by the thousand: each is an `error` for its operation or a 44xx close, none a traceback."""

from __future__ import annotations

import asyncio
import json
import random
from collections import Counter
from collections.abc import Callable

from structlog.testing import capture_logs

from resolvers.endpoint.frames import CloseSocketError
from resolvers.endpoint.ports import Limits
from resolvers.endpoint.session import Session
from tests.resolvers.endpoint.mutate import FRAMES, SUBSCRIBED, mutated, mutated_documents
from tests.resolvers.endpoint.sample import World, ports_of, shared_of

LEFT = 1000


class Wire:
    """Sends frames until the session ends; a ping behind each proves that the session lives."""

    def __init__(self, frames: list[bytes], ends: Counter[str]) -> None:
        self._frames = frames
        self._ends = ends
        self._next = [FRAMES[0]]
        self._is_answered = asyncio.Event()
        self._is_answered.set()
        self.is_gone = False
        self.is_writable = True
        self.on_writable: Callable[[], None] | None = None

    async def finish(self) -> None:
        return None

    def abandon(self, after: float) -> None:
        del after

    async def receive(self) -> str | None:
        if not self._next:
            await self._is_answered.wait()
            if not self._frames:
                raise CloseSocketError(LEFT, "done")
            self._is_answered.clear()
            self._next = [self._frames.pop(), b'{"type":"ping"}']
        return self._next.pop(0).decode("utf-8", "replace")

    def write(self, *parts: bytes) -> None:
        kind = json.loads(b"".join(parts))["type"]
        self._ends[kind] += 1
        if kind == "pong":
            self._is_answered.set()


def _wrapped(payload: bytes) -> bytes:
    return b'{"id":"9","type":"subscribe","payload":' + payload + b"}"


async def test_ten_thousand_mutated_frames_end_in_a_typed_error_or_a_close_code() -> None:
    ports = ports_of(World(), Limits(execution=1, init_wait=60))
    shared = shared_of(ports)
    dice = random.Random(20261121)
    frames = list(mutated(FRAMES, 5_000, dice))
    frames += [_wrapped(broken) for broken in mutated_documents(SUBSCRIBED, 5_000, dice)]
    dice.shuffle(frames)
    ends: Counter[str] = Counter()
    with capture_logs() as lines:
        while frames:
            ended = await Session(Wire(frames, ends), {}, shared).run()
            ends[f"close {ended.code}"] += 1
            assert ended.reason
    print(dict(ends))
    assert {end for end in ends if end.startswith("close")} <= {
        f"close {LEFT}",
        "close 4400",
        "close 4409",
        "close 4429",
    }
    assert ends["close 4400"] > 1_000
    assert ends["error"] > 1_000
    assert lines == []
