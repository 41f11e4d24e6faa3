"""What clients did, in Jepsen's form: invoke, then ok, fail or info, each with its instant."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.crash.judge.evidence import Phase


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the history."""

    at: float
    """Seconds since the seed began."""
    process: str
    """Who."""
    op: int
    """Pairs an invocation with its end."""
    f: str
    """What: `place cancel dry-run read kill pause ...`"""
    type: str
    """`invoke ok fail info`."""
    value: Mapping[str, object]


class History:
    """Grows only; kept in memory and written out when asked."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._last = 0
        self.entries: list[Entry] = []

    def invoke(self, process: str, f: str, **value: object) -> int:
        """Somebody begins something; its number."""
        self._last += 1
        self._add(process, self._last, (f, "invoke"), value)
        return self._last

    def end(self, process: str, op: int, f: str, phase: Phase, **value: object) -> None:
        """It ended."""
        self._add(process, op, (f, phase.value), value)

    def note(self, process: str, f: str, **value: object) -> None:
        """Something that only happens: a kill, a pause."""
        self._last += 1
        self._add(process, self._last, (f, "info"), value)

    def write(self, path: Path) -> None:
        """One JSON line an entry."""
        lines = (
            {"at": round(one.at, 4), "process": one.process, "op": one.op, "f": one.f, "type": one.type, **one.value}
            for one in self.entries
        )
        path.write_text("".join(json.dumps(line, default=str) + "\n" for line in lines), encoding="utf-8")

    def _add(self, process: str, op: int, what: tuple[str, str], value: Mapping[str, object]) -> None:
        f, kind = what
        self.entries.append(Entry(at=self._now(), process=process, op=op, f=f, type=kind, value=value))
