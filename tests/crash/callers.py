"""Which process is at the other end of a connection on this machine."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

_PROC = Path("/proc")
_INODE, _LOCAL = 9, 1


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
