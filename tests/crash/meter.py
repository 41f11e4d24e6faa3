"""Processor time by role, as the kernel counts it: what a seed costs, and where."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

PROC = Path("/proc")
TICK = os.sysconf("SC_CLK_TCK")
STORE = "PostgreSQL"


def family(pid: int) -> float:
    """Seconds that a process, the children it has waited for and those that live have used; 0 where it is gone."""
    own = _stat(PROC / str(pid))
    if own is None:
        return 0.0
    return own[1] + own[2] + sum(seconds + ended for parent, seconds, ended in _living() if parent == pid)


def shared_out(spent: Mapping[str, float], whole: float, seeds: int) -> str:
    """Seconds a seed by role, the rest last."""
    known = {**spent, "rest": whole - sum(spent.values())}
    return ", ".join(f"{role} {seconds / max(1, seeds):.2f}" for role, seconds in known.items())


def _living() -> Iterator[tuple[int, float, float]]:
    for place in PROC.glob("[0-9]*"):
        if (found := _stat(place)) is not None:
            yield found


def _stat(place: Path) -> tuple[int, float, float] | None:
    """Parent, own seconds, and those of children that ended."""
    with suppress(OSError):
        fields = (place / "stat").read_text().rpartition(")")[2].split()
        own, kernel, ended, ended_kernel = (int(one) / TICK for one in fields[11:15])
        return int(fields[1]), own + kernel, ended + ended_kernel
    return None
