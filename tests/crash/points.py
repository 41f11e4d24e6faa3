"""The named points of the pipeline (reliability.md 3.3), which process reaches them, and who counts."""

from __future__ import annotations

import mmap
import struct
from collections.abc import Iterator, Mapping
from pathlib import Path

SERVE, WORK = "serve", "work"

ROLE: Mapping[str, str] = {
    **dict.fromkeys(("a1", "a2", "a3", "a4", "a5", "a6", "a7", "a8", "a9"), SERVE),
    **dict.fromkeys(("w1", "w2", "w3"), SERVE),
    **dict.fromkeys(("p1", "p2", "p3", "p4"), SERVE),
    **dict.fromkeys(("w4", "w5"), WORK),
    **dict.fromkeys(("o1", "o2", "o3", "o4"), WORK),
    **dict.fromkeys(("d1", "d2", "d3", "d4", "d5", "d6", "d7", "d8", "d9"), WORK),
    **dict.fromkeys(("q1", "q2", "q3", "q4"), WORK),
    **dict.fromkeys(("r1", "r2", "r3"), WORK),
}
"""Where a point can be reached on this path."""

BESIDE = ("tx.commit", "tx.committed")
"""Points of every transaction, of any process."""

ALL = (*ROLE, *BESIDE)
_CELL = struct.Struct("<I")


class Hits:
    """How often each point was reached, in a file that outlives the process: one writer, any reader."""

    def __init__(self, path: Path) -> None:
        size = _CELL.size * (len(ALL) + 1)
        with path.open("a+b") as file:
            file.truncate(size)  # also by whoever only reads: the process may have been killed before it came so far
            self._cells = mmap.mmap(file.fileno(), size)

    def count(self, point: str) -> int:
        """Count one more; the new number. A point nobody listed is a mistake of this list, and counts nowhere."""
        if point not in _PLACE:
            return 0
        at = _PLACE[point] * _CELL.size
        number: int = _CELL.unpack_from(self._cells, at)[0] + 1
        _CELL.pack_into(self._cells, at, number)
        return number

    def struck(self, point: str) -> None:
        """Remember that this process is about to be stopped at *point*."""
        _CELL.pack_into(self._cells, len(ALL) * _CELL.size, _PLACE[point] + 1)

    @property
    def last_struck(self) -> str | None:
        """The point it was last stopped at."""
        number: int = _CELL.unpack_from(self._cells, len(ALL) * _CELL.size)[0]
        return ALL[number - 1] if number else None

    def __iter__(self) -> Iterator[tuple[str, int]]:
        return iter([(point, _CELL.unpack_from(self._cells, at * _CELL.size)[0]) for point, at in _PLACE.items()])


_PLACE = {point: index for index, point in enumerate(ALL)}
