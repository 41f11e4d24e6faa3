"""One subscriber: listens, drops, resumes with its last cursor at either hub, or does not read for a while."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager, aclosing
from dataclasses import dataclass, field
from random import Random
from typing import Any

from hub.model.ids import from_global
from tests.kit.cursors import position_of
from tests.soak.results import Got, Part, Told
from tests.soak.scale import Scale
from tests.soak.wire import BROKEN, Json, Line, by_events, by_socket
from tests.soak.wishes import Wish

CHANGES = frozenset({"CREATED", "UPDATED", "DELETED"})
RETRY = (0.05, 0.6)  # seconds until it knocks again
SILENCE = 3.0  # seconds without a word after which a deaf reader that reads again has read everything
ANEW = 0.15  # share of those who drop that begin anew
RESTED = 10.0  # seconds a deaf reader reads in between
EXPIRED, DROPPED, OPEN = "CURSOR_EXPIRED", "dropped", "open"


@dataclass(slots=True, kw_only=True)
class Reader:
    """One subscriber."""

    wish: Wish
    hubs: Sequence[str]
    scale: Scale
    rnd: Random
    calm: asyncio.Event
    """Set once traffic has ended: from then on everybody reads and nobody drops."""
    parts: list[Part] = field(default_factory=list)
    cursor: str | None = None
    held: dict[str, int] = field(default_factory=dict)
    begins: int | None = None
    begun_in: int = 0
    checkpoints: int = 0
    past: list[Told] = field(default_factory=list)
    """Lives before: it forgot everything and began anew."""
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    """It has what there is, and hears of what comes; who asked for no snapshot cannot know."""
    _came: asyncio.Event = field(default_factory=asyncio.Event)

    async def has(self, last: int) -> None:
        """Return once it stands at *last* or behind; who asked for no snapshot and has heard nothing stands nowhere."""
        while self.cursor is None or position_of(self.cursor) < last or (self.wish.initial and self.begins is None):
            if self.cursor is None and not self.wish.initial:
                return
            self._came.clear()
            await self._came.wait()

    def told(self) -> list[Told]:
        """Everything, for the judge: of each life."""
        return [*self.past, self._life(stayed=True)]

    def _life(self, *, stayed: bool) -> Told:
        return Told(
            name=self.wish.name, parts=self.parts, held=self.held, begins=self.begins, checkpoints=self.checkpoints,
            begun_in=self.begun_in, stayed=stayed,
        )  # fmt: skip

    def _forget(self) -> None:
        """Begin anew, as a portal does that was reloaded."""
        self.past.append(self._life(stayed=False))
        self.parts, self.held = [], {}
        self.cursor, self.begins, self.checkpoints = None, None, 0

    async def run(self) -> None:
        """Listen until cancelled, over as many connections as it takes."""
        is_deaf = self.wish.deaf
        while True:
            part = Part(
                hub=self.rnd.choice(self.hubs), began=time.monotonic(), deaf=is_deaf and not self.calm.is_set(),
                after=None if self.cursor is None else position_of(self.cursor),
            )  # fmt: skip
            self.parts.append(part)
            try:
                await self._connection(part)
            except BROKEN as broken:
                part.how = part.how or f"{type(broken).__name__}"
            finally:
                part.ended = time.monotonic()
                part.how = part.how or OPEN
            is_deaf = self.wish.deaf and not is_deaf
            if part.how == DROPPED and self.rnd.random() < ANEW:
                self._forget()
            await asyncio.sleep(self.rnd.uniform(*RETRY))

    def _line(self, part: Part) -> AbstractAsyncContextManager[Line]:
        asked = {"query": self.wish.document, "variables": {**self.wish.variables, "after": self.cursor}}
        opened = by_socket if self.wish.transport == "ws" else by_events
        return opened(part.hub, self.wish.key, asked, deaf=part.deaf)

    async def _connection(self, part: Part) -> None:
        async with self._line(part) as line:
            if not self.wish.initial:
                self.begun.set()
            if part.deaf:
                await self._deaf(part)
                await self._drain(part, line)
            else:
                await self._listen(part, line)

    async def _deaf(self, part: Part) -> None:
        """Read nothing."""
        await _within(self.calm.wait(), self.scale.deaf * self.rnd.uniform(0.7, 1.3))
        part.read_at = time.monotonic()

    async def _drain(self, part: Part, line: Line) -> None:
        """Read what is left, to see how it ended while nobody read."""
        reading = asyncio.create_task(self._read(part, line))
        try:
            while not reading.done():
                before = len(part.got), self.checkpoints, len(part.codes)
                await asyncio.wait({reading}, timeout=SILENCE)
                if not reading.done() and before == (len(part.got), self.checkpoints, len(part.codes)):
                    part.how = OPEN
                    line.cut()
                    return
            reading.result()
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)

    async def _listen(self, part: Part, line: Line) -> None:
        """Read for a while, then drop; to the end once it is calm."""
        reading = asyncio.create_task(self._read(part, line))
        bored = asyncio.create_task(self._bored())
        try:
            await asyncio.wait({reading, bored}, return_when=asyncio.FIRST_COMPLETED)
            if reading.done():
                reading.result()
            else:
                part.how = DROPPED
                if self.rnd.random() < 0.5:
                    line.cut()
        finally:
            for task in (reading, bored):
                task.cancel()
            await asyncio.gather(reading, bored, return_exceptions=True)

    async def _bored(self) -> None:
        """Return when it is time to drop; never once it is calm."""
        mean = RESTED if self.wish.deaf else self.scale.life
        await asyncio.sleep(self.rnd.expovariate(1 / mean) + 0.3)
        if self.calm.is_set():
            await asyncio.get_running_loop().create_future()

    async def _read(self, part: Part, line: Line) -> None:
        if self.cursor is None or self.begins is None:
            self.held = {}  # a cut snapshot begins again
        async with aclosing(line.payloads()) as payloads:  # type: ignore[type-var]  # an async generator by another name
            async for payload in payloads:
                self._take(part, payload)
        part.how = line.code

    def _take(self, part: Part, payload: Json) -> None:
        codes = [str(one.get("extensions", {}).get("code")) for one in payload.get("errors") or ()]
        part.codes += codes
        if EXPIRED in codes:  # as the surface says: begin again; the judge is told
            self.cursor, self.begins = None, None
        event = (payload.get("data") or {}).get(self.wish.field)
        if event is None:
            return
        self.cursor = event["cursor"]
        kind = event["kind"]
        if kind in CHANGES:
            part.got.append(self._got(event))
        elif kind == "SNAPSHOT":
            self.held[_local(event[self.wish.id_field])] = event["version"]
        elif kind == "SNAPSHOT_END":
            self.begins, self.begun_in = position_of(event["cursor"]), len(self.parts) - 1
            self.begun.set()
        else:
            self.checkpoints += 1
        self._came.set()

    def _got(self, event: dict[str, Any]) -> Got:  # Any: JSON
        entity = event.get(self.wish.entity_field) or {}
        name = _local(event[self.wish.id_field])
        return Got(
            name, event["version"], event["kind"], event["event"], event["merged"], position_of(event["cursor"]),
            entity.get("version"),
        )  # fmt: skip


def _local(name: str) -> str:
    return from_global(name)[1]


async def _within(waiting: Any, seconds: float) -> None:  # Any: a coroutine
    try:
        async with asyncio.timeout(seconds):
            await waiting
    except TimeoutError:
        return
