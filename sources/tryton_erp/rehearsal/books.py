"""Where the rehearsed ERP keeps its records: ids and numbers that each count on their own, and who was written when."""

from __future__ import annotations

import bisect
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from hub.clock import Clock
from sources.tryton_erp.rehearsal.records import Record

R = TypeVar("R", bound=Record)
ZONE = ZoneInfo("Europe/Brussels")
"""The company's: business dates are in it, timestamps are UTC."""
SLOWNESS = timedelta(milliseconds=800)
"""How long a writing transaction has run when others see it."""


@dataclass(slots=True, kw_only=True)
class Sequence:
    """Numbers of one sort of document: Tryton's own have no prefix and begin at 1."""

    prefix: str = ""
    next: int = 1

    def take(self) -> str:
        """The next number."""
        number = f"{self.prefix}{self.next}"
        self.next += 1
        return number


@dataclass(slots=True, kw_only=True)
class Sequences:
    """One for each sort of document: none knows of the others, so bare numbers collide (trap 30)."""

    sale: Sequence = field(default_factory=Sequence)
    shipment: Sequence = field(default_factory=Sequence)
    shipment_return: Sequence = field(default_factory=Sequence)
    shipment_internal: Sequence = field(default_factory=Sequence)
    invoice: Sequence = field(default_factory=Sequence)
    credit_note: Sequence = field(default_factory=lambda: Sequence(prefix="C"))
    package: Sequence = field(default_factory=Sequence)
    party: Sequence = field(default_factory=Sequence)


class Books:
    """All tables, by model."""

    def __init__(self, clock: Clock, sequences: Sequences) -> None:
        self._clock = clock
        self.sequences = sequences
        self.tables: dict[str, dict[int, Any]] = defaultdict(dict)
        self._last: dict[str, int] = defaultdict(int)
        self._log: dict[str, list[tuple[datetime, int]]] = defaultdict(list)
        self._found: dict[tuple[str, str, str], set[int]] = defaultdict(set)

    def now(self) -> datetime:
        """Start of the transaction that is about to be seen: naive, UTC."""
        return (self._clock.now() - SLOWNESS).astimezone(UTC).replace(tzinfo=None)

    def today(self) -> date:
        """The company's day."""
        return self._clock.now().astimezone(ZONE).date()

    def moment(self) -> datetime:
        """The server's own clock."""
        return self._clock.now()

    def add(self, kind: type[R], **values: object) -> R:
        """A new record with the model's next id."""
        self._last[kind.model] += 1
        made = kind(id=self._last[kind.model], create_date=self.now(), **values)  # type: ignore[arg-type]  # its fields
        self.tables[kind.model][made.id] = made
        self._note(made, made.create_date)
        return made

    def wrote(self, record: Record) -> None:
        """The record was updated: now its write_date moves."""
        record.write_date = self.now()
        self._note(record, record.write_date)

    def note(self, *parents: Record) -> None:
        """A child of these was written: they do not move (trap 3), but whoever asks by the child finds them."""
        for parent in parents:
            self._note(parent, self.now())

    def since(self, model: str, moment: datetime) -> set[int]:
        """Ids of a model that were written, or whose children were, at *moment* or later."""
        log = self._log[model]
        return {one for _, one in log[bisect.bisect_left(log, (moment, 0)) :]}

    def index(self, record: Record, name: str, value: str | None) -> None:
        """Remember the value of a field for look-ups."""
        if value is not None:
            self._found[record.model, name, value].add(record.id)

    def found(self, model: str, name: str, value: str) -> set[int]:
        """Ids whose indexed field had the value at some time."""
        return self._found.get((model, name, value), set())

    def _note(self, record: Record, moment: datetime) -> None:
        log = self._log[record.model]
        entry = (moment, record.id)
        if not log or log[-1] < entry:
            log.append(entry)
        elif log[-1] != entry:
            bisect.insort(log, entry)
