"""The newest lines of the log in memory: who comes back soon, or with many others, costs the store nothing.

Lines get in as they were read, each judged in its own statement, and a cursor is honoured from memory only where it
bears the very term of the line it names. A log that is replaced is noticed by the tail, which empties the memory and
ends every stream, so nobody goes on from a line that no longer is (design section 11 rule 3).
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from hub.changes.follow import PAGE, page_after
from hub.store.changelog import LoggedChange, Place
from hub.store.store import Store

KEPT = 4096  # lines, some 2 KB each


class Recent:
    """Reads the log for everybody who is behind, each stretch once."""

    def __init__(self, store: Store, kept: int = KEPT) -> None:
        self._store = store
        self._kept = kept
        self._lines: dict[int, LoggedChange] = {}
        self._judged: dict[int, str] = {}
        self._reading = asyncio.Lock()
        self.place: Place | None = None
        """How far this process has told the log; None until its tail has begun."""

    def begin(self, place: Place) -> None:
        """The tail begins at *place*, of a log that was just judged."""
        self.place = place
        self._judged[place.position] = place.term

    def told(self, line: LoggedChange) -> None:
        """*line* was told to those who are up to date."""
        self._keep([line])
        self.place = line.place

    def clear(self) -> None:
        """Forget everything: the log was replaced."""
        self.place = None
        self._lines.clear()
        self._judged.clear()

    def is_reached(self, place: Place) -> bool:
        """Whether who stands at *place* has all that was told so far."""
        return self.place is not None and place.position >= self.place.position

    def lag(self, place: Place) -> int:
        """How many lines were told since *place*."""
        return 0 if self.place is None else self.place.position - place.position

    def vouches(self, place: Place) -> bool:
        """Whether *place* is known to mean what it did."""
        line = self._lines.get(place.position)
        return (line is not None and line.place.term == place.term) or self._judged.get(place.position) == place.term

    async def judge(self, place: Place) -> None:
        """Return if *place* means what it did. Raises CursorExpired where it does not, and StoreBusy."""
        if not self.vouches(place):
            await self.after(place)

    async def after(self, place: Place) -> Sequence[LoggedChange]:
        """The next lines after *place*, at most a page. Raises CursorExpired, and StoreBusy."""
        if known := self._known(place):
            return known
        async with self._reading:
            if known := self._known(place):  # whoever waited finds what the one before has read
                return known
            page = await page_after(self._store, place)
            head = 0 if self.place is None else self.place.position
            self._judged[place.position] = place.term
            if place.position > head - self._kept:
                self._keep(page)
            return page

    def _keep(self, lines: Sequence[LoggedChange]) -> None:
        for line in lines:
            self._lines[line.place.position] = line
        if len(self._lines) > 2 * self._kept and self.place is not None:
            oldest = self.place.position - self._kept
            self._lines = {at: line for at, line in self._lines.items() if at > oldest}
            self._judged = {at: term for at, term in self._judged.items() if at > oldest}

    def _known(self, place: Place) -> list[LoggedChange]:
        found: list[LoggedChange] = []
        if self.vouches(place):
            for position in range(place.position + 1, place.position + 1 + PAGE):
                line = self._lines.get(position)
                if line is None:
                    break
                found.append(line)
        return found
