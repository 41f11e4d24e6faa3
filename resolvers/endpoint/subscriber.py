"""One shared subscription of a socket: the outlet into which its audience pushes, without a task of its own."""

from __future__ import annotations

from collections.abc import Callable

from hub.errors import HubError
from resolvers.endpoint.outbox import Outbox, error_of, next_head
from resolvers.endpoint.run import Since, Work
from subscriptions.event import Event
from subscriptions.feed import Seat
from subscriptions.member import Member


class Subscriber:
    """Pushes events as `next` messages."""

    __slots__ = ("_head", "_on_end", "_wire", "name", "seat", "since", "work")

    def __init__(
        self, name: str, work: Work, since: Since, outbox: Outbox, on_end: Callable[[Subscriber, HubError | None], None]
    ) -> None:
        self.name = name
        self.work = work
        self.since = since
        self.seat: Seat | None = None
        """Its place in the audience, once it has entered."""
        self._wire = outbox.wire
        self._head = next_head(name)
        self._on_end = on_end

    @property
    def is_ready(self) -> bool:
        """Whether its reader keeps up."""
        return self._wire.is_writable

    def push(self, member: Member, event: Event, merged: int) -> None:
        """Write the event; one after which nothing follows is an `error` message."""
        body = event.body(member.marker, merged)
        if event.painted.ends:
            self._wire.write(error_of(self.name, body))
        else:
            self._wire.write(self._head, body, b"}")

    def end(self, fate: HubError | None) -> None:
        """Nothing follows."""
        self._on_end(self, fate)

    def flush(self) -> None:
        """The client reads again."""
        if self.seat is not None:
            self.seat.flush()

    def leave(self) -> None:
        """Nothing more is wanted."""
        if self.seat is not None:
            self.seat.leave()
