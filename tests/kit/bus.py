"""A bus in memory, for what is proven without a broker: what was sent to it, and how it fails."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from hub.changes.bus import Record
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
