"""Subscribers of an audience without a socket: what they read, how fast, and how it ended."""

from __future__ import annotations

from hub.errors import HubError
from hub.seal import Seal
from hub.store.changelog import Place
from subscriptions.event import Event, Painted
from subscriptions.member import Member
from subscriptions.streams import Envelope, Marker
from subscriptions.topics import Topic
from tests.kit.changes import TERM

SEAL = Seal(b"shared")
START = Place(term=TERM, position=0)


class Reader:
    """An outlet: keeps what was pushed as (version, merged, bytes), and may stop reading."""

    def __init__(self) -> None:
        self.is_ready = True
        self.events: list[Event] = []
        self.merged: list[int] = []
        self.bodies: list[bytes] = []
        self.fates: list[HubError | None] = []

    def push(self, member: Member, event: Event, merged: int) -> None:
        """Keep it."""
        self.events.append(event)
        self.merged.append(merged)
        self.bodies.append(event.body(member.marker, merged))

    def end(self, fate: HubError | None) -> None:
        """Keep why."""
        self.fates.append(fate)

    @property
    def versions(self) -> list[int | None]:
        """Versions of what was pushed."""
        return [event.envelope.version for event in self.events]

    @property
    def kinds(self) -> list[str]:
        """Kinds of what was pushed."""
        return [event.envelope.kind.value for event in self.events]


class Painter:
    """Counts what it paints: the cursor, then the version."""

    def __init__(self) -> None:
        self.painted: list[int | None] = []

    async def __call__(self, envelope: Envelope) -> Painted:
        """One event as bytes."""
        self.painted.append(envelope.version)
        return Painted(pieces=(b'{"cursor":"', f'","version":{envelope.version}}}'.encode()), merged=_merged)


def _merged(count: int) -> tuple[bytes, ...]:
    return (b'{"cursor":"', f'","merged":{count}}}'.encode())


def member_of(topic: Topic, reader: Reader, principal: str = "rep", place: Place = START) -> Member:
    """A subscriber that stands at *place*."""
    return Member(Marker(SEAL, principal, topic), reader, place, topic.coalesce_by)
