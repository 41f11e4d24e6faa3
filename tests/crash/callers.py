"""Which process is at the other end of a connection on this machine."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Protocol


class Fleet(Protocol):
    """Whoever knows which processes run."""

    @property
    def pids(self) -> tuple[int, ...]:
        """Of those that run now."""
        ...


_PROC = Path("/proc")
_INODE, _LOCAL = 9, 1


class Callers:
    """Remembers who called from where: connections are kept, and looking is slow."""

    def __init__(self, fleet: Fleet) -> None:
        self._fleet = fleet
        self._known: dict[int, int] = {}

    def __call__(self, port: int) -> int | None:
        """The process that calls from *port*."""
        alive = self._fleet.pids
        if self._known.get(port) not in alive:
            self._known.pop(port, None)
            found = process_at(port, alive)
            if found is None:
                return None
            self._known[port] = found
        return self._known[port]


def process_at(port: int, pids: Iterable[int]) -> int | None:
    """The one of *pids* that holds the socket bound to *port* of 127.0.0.1; None where none does (any more)."""
    name = _socket_at(port)
    if name is None:
        return None
    for pid in pids:
        with suppress(OSError):
            for descriptor in (_PROC / str(pid) / "fd").iterdir():
                with suppress(OSError):
                    if str(descriptor.readlink()) == name:
                        return pid
    return None


def _socket_at(port: int) -> str | None:
    wanted = f"0100007F:{port:04X}"
    for line in (_PROC / "net" / "tcp").read_text().splitlines()[1:]:
        fields = line.split()
        if fields[_LOCAL] == wanted:
            return f"socket:[{fields[_INODE]}]"
    return None
