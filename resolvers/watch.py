"""What a subscription field answers with: what to listen to and how an event looks, not a stream of its own.

The endpoint serves everybody who asked for the same with one stream and one execution per event. Whoever iterates a
watch, as a bare executor does, gets a stream for himself.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from typing import Generic, TypeVar

from hub.call import Call
from subscriptions.feed import Feed, Snapshot
from subscriptions.streams import Envelope
from subscriptions.topics import Topic

E = TypeVar("E")


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch(Generic[E]):
    """One subscription, asked for but not begun."""

    feed: Feed
    call: Call
    topic: Topic
    shown: Callable[[Envelope], E]
    """The event as the graph shows it; must depend on nothing but the envelope."""
    after: str | None = None
    """Go on behind this cursor."""
    snapshot: Snapshot | None = None
    """Begin with what there is."""

    async def __aiter__(self) -> AsyncGenerator[E, None]:
        """The events, for one listener alone."""
        listening = self.feed.listen(self.call, self.topic, after=self.after, snapshot=self.snapshot)
        async with aclosing(listening) as stream:
            async for one in stream:
                yield self.shown(one)
