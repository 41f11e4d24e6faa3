"""What waits to be written to one event stream: filled without waiting by an audience, emptied in one piece."""

from __future__ import annotations

import asyncio
from collections import deque

from hub.errors import HubError, Lagged
from resolvers.endpoint.answer import Answer, failure_answer
from resolvers.endpoint.ports import Limits
from resolvers.endpoint.run import Work
from subscriptions.event import Event
from subscriptions.feed import Seat
from subscriptions.member import Member

_READY = 64 * 1024  # bytes that may wait before a stream counts as one that does not keep up


def event_of(answer: Answer) -> bytes:
    """One `next` event."""
    return _event(answer.cursor, answer.body)


class Pipe:
    """The outlet of an event stream."""

    def __init__(self, work: Work, limits: Limits) -> None:
        self._work = work
        self._limits = limits
        self._chunks: deque[bytes] = deque()
        self._bytes = 0
        self._is_cut = False
        self._moved = asyncio.Event()
        self._room = asyncio.Event()
        self._room.set()
        self.seat: Seat | None = None
        """Its place in the audience, once it has entered."""
        self.is_complete = False
        """Whether it ended of itself: nothing is missed by not coming back."""
        self.codes: tuple[str, ...] = ()
        """Of the answer that ended it."""
        self._alone = 0  # events of a source of its own

    @property
    def is_over(self) -> bool:
        """Whether everything was taken and nothing follows."""
        return (self._is_cut or self.is_complete) and not self._chunks

    @property
    def pushed(self) -> int:
        """How many events were pushed."""
        return self._alone + (0 if self.seat is None else self.seat.pushed)

    @property
    def is_ready(self) -> bool:
        """Whether its reader keeps up."""
        return self._bytes < _READY

    def push(self, member: Member, event: Event, merged: int) -> None:
        """One event of the audience."""
        names_cursor = len(event.painted.pieces) > 1
        self._add(_event(event.cursor(member.marker) if names_cursor else None, event.body(member.marker, merged)))
        self.is_complete |= event.painted.ends

    def end(self, fate: HubError | None) -> None:
        """The audience has let it go."""
        if isinstance(fate, Lagged):
            self.cut()
        elif fate is not None:
            self.last(failure_answer(fate, self._work.call, self._work.name))

    async def put(self, answer: Answer) -> None:
        """One answer of a source of its own, as fast as the reader takes them."""
        await self._room.wait()
        if answer.is_last:
            self.last(answer)
        else:
            self._alone += 1
            self._add(event_of(answer))

    def last(self, answer: Answer) -> None:
        """The answer after which nothing follows."""
        if not self.is_complete:
            self.codes = answer.codes
            self._add(event_of(answer))
            self.finish()

    def finish(self) -> None:
        """Nothing follows."""
        self.is_complete = True
        self._moved.set()

    def cut(self) -> None:
        """Nothing follows here: the client is to come back."""
        self._is_cut = True
        self._moved.set()

    def leave(self) -> None:
        """Nothing more is wanted."""
        if self.seat is not None:
            self.seat.leave()

    async def take(self, patience: float) -> bytes:
        """Everything that waits, in one piece; empty after *patience* seconds without any, and at the end."""
        if not self._chunks and not self.is_complete and not self._is_cut:
            self._moved.clear()
            try:
                async with asyncio.timeout(patience):
                    await self._moved.wait()
            except TimeoutError:
                return b""
        taken = b"".join(self._chunks)
        self._chunks.clear()
        self._bytes = 0
        self._room.set()
        if self.seat is not None:
            self.seat.flush()
        return taken

    def _add(self, chunk: bytes) -> None:
        self._chunks.append(chunk)
        self._bytes += len(chunk)
        if not self.is_ready:
            self._room.clear()
        self._moved.set()


def _event(cursor: str | None, body: bytes) -> bytes:
    named = f"id: {cursor}\n".encode() if cursor and cursor.isascii() and cursor.isprintable() else b""
    return b"event: next\n" + named + b"data: " + body + b"\n\n"
