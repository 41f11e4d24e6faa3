"""A bus in memory, for what is proven without a broker: what was sent to it, and how it fails."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from hub.changes.bus import Received, Record, Wanted
from hub.errors import BusRefused


@dataclass(slots=True, kw_only=True)
class ListOutlet:
    """Keeps what it is given; takes nothing larger than `largest`, and fails as `failures` say, first to last."""

    records: list[Record] = field(default_factory=list)
    largest: int = 10_000
    failures: list[Exception | None] = field(default_factory=list)
    """One for each call of `send`; None: that one goes well."""
    is_closed: bool = False

    async def send(self, records: Sequence[Record]) -> None:
        """What comes before a record that is refused has arrived, as with a real bus."""
        failure = self.failures.pop(0) if self.failures else None
        if failure is not None:
            self.records += records[: len(records) // 2]
            raise failure
        for record in records:
            if len(record.value) > self.largest:
                message = "too large"
                raise BusRefused(message)
            self.records.append(record)

    async def close(self) -> None:
        """Closed."""
        self.is_closed = True

    @property
    def positions(self) -> list[int]:
        """Of what arrived."""
        return [int(record.headers["ce_position"]) for record in self.records]


@dataclass(slots=True, kw_only=True)
class ListTopic:
    """A topic of one partition in memory: what was published to it, and how reading it fails."""

    records: list[Received] = field(default_factory=list)
    failures: list[Exception] = field(default_factory=list)
    """One for each time it is opened, as long as there are any."""
    opened: list[Mapping[int, int]] = field(default_factory=list)
    """Where each reader began."""
    confirmed: list[Mapping[int, int]] = field(default_factory=list)
    at: int = 0
    is_outdated: bool = False

    def publish(self, *values: bytes, **headers: str) -> None:
        """Put records at the end."""
        first = len(self.records)
        self.records += [
            Received(partition=0, offset=first + n, value=value, headers=headers) for n, value in enumerate(values)
        ]

    @property
    def ends(self) -> Mapping[int, int]:
        """After the last."""
        return {0: len(self.records)}

    def outlet(self) -> ListOutlet:
        """Nothing is sent here."""
        return ListOutlet()

    @asynccontextmanager
    async def inlet(self, wanted: Wanted) -> AsyncIterator[ListTopic]:
        """Read from where it is wanted."""
        if self.failures:
            raise self.failures.pop(0)
        self.opened.append(wanted.places)
        self.at = wanted.places.get(0, 0)
        yield self

    async def take(self, seconds: float) -> Sequence[Received]:
        """At most three at a time."""
        lot = self.records[self.at : self.at + 3]
        self.at += len(lot)
        if not lot:
            await asyncio.sleep(0.01)
        return lot

    async def confirm(self, places: Mapping[int, int]) -> None:
        """Noted."""
        self.confirmed.append(places)
