"""Hands each new line of the change log to the subscribers of this process, each behind a bounded queue."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from hub.errors import CursorExpired, HubError, Lagged
from hub.store.changelog import LoggedChange, Place
from subscriptions.topics import Index, Topic

QUEUE_LIMIT = 256  # lines a slow listener may lag behind before it is let go


class Listener:
    """One subscriber's queue. It is let go, never slowed down for and never skipped, when the queue is full."""

    def __init__(self) -> None:
        self._lines: asyncio.Queue[LoggedChange] = asyncio.Queue(QUEUE_LIMIT)
        self._fate: HubError | None = None
        self._moved = asyncio.Event()

    def offer(self, line: LoggedChange) -> None:
        """Put a line in the queue; a full queue ends the subscription, and nothing follows a line that was left out."""
        if self._fate is not None:
            return
        try:
            self._lines.put_nowait(line)
        except asyncio.QueueFull:
            self.end(Lagged("you read too slowly: resume with your last cursor"))
        self._moved.set()

    def end(self, fate: HubError) -> None:
        """Let the listener go, after what is queued has been read."""
        self._fate = self._fate or fate
        self._moved.set()

    async def take(self, patience: float) -> LoggedChange | None:
        """The next line; None after *patience* seconds without one. Raises the fate once the queue is read empty."""
        if self._lines.empty() and self._fate is None:
            self._moved.clear()
            try:
                await asyncio.wait_for(self._moved.wait(), patience)
            except TimeoutError:
                return None
        if not self._lines.empty():
            return self._lines.get_nowait()
        if self._fate is not None:
            raise self._fate
        return None


class Broker:
    """The listeners of one process and how far the process has read."""

    def __init__(self) -> None:
        self._index: Index[Listener] = Index()
        self._listeners: set[Listener] = set()
        self.place: Place | None = None
        """The last line handed out; None until the tail has begun."""

    @contextmanager
    def listening(self, topic: Topic) -> Iterator[Listener]:
        """A listener filed under *topic* while the block runs."""
        listener = Listener()
        self._index.add(listener, topic)
        self._listeners.add(listener)
        try:
            yield listener
        finally:
            self._index.remove(listener, topic)
            self._listeners.discard(listener)

    def publish(self, lines: Sequence[LoggedChange]) -> list[tuple[LoggedChange, int]]:
        """Hand lines to whoever wants them; says for each how many that were."""
        reached: list[tuple[LoggedChange, int]] = []
        for line in lines:
            listeners = self._index.of(line.tenant, line.change)
            for listener in listeners:
                listener.offer(line)
            reached.append((line, len(listeners)))
            self.place = line.place
        return reached

    def expire(self, why: CursorExpired) -> None:
        """The log was replaced under us: nobody's cursor can be trusted."""
        for listener in list(self._listeners):
            listener.end(why)

    @property
    def size(self) -> int:
        """How many subscribers this process serves."""
        return len(self._listeners)
