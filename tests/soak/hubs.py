"""The hub's processes of a soak: two that serve, one that works; killed with -9, started again, watched."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.crash.child import Order
from tests.crash.history import History
from tests.crash.processes import Process, Zygote
from tests.soak.scale import DOWN

FAULTS = ('"level":"error"', '"level":"critical"', "Traceback")
CUT = "ASGI callable returned without completing response."
"""What uvicorn says, as an error, of an event stream that is cut on purpose because its reader never reads."""
EVERY = 1.0  # seconds between two looks at the memory
KIB = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """How much memory a process had."""

    at: float
    name: str
    pid: int
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Kill:
    """A hub process was ended by force."""

    name: str
    at: float
    by: int | None
    """The signal, as the kernel told its parent."""


@dataclass(slots=True, kw_only=True)
class Hubs:
    """All processes of one soak."""

    zygote: Zygote
    room: Path
    settings: Mapping[str, Path]
    """Of each process by its name, which begins with its role."""
    history: History
    kills: list[Kill] = field(default_factory=list)
    ends: list[str] = field(default_factory=list)
    """Processes that ended by themselves."""
    samples: list[Sample] = field(default_factory=list)
    _running: dict[str, Process] = field(default_factory=dict)
    _started: int = 0

    async def keep(self, name: str) -> None:
        """Have the process run, again and again, until cancelled."""
        while True:
            process = await self._start(name)
            await process.ended.wait()
            if process.ended_by == signal.SIGKILL:
                self.kills.append(Kill(name=name, at=time.monotonic(), by=process.ended_by))
            else:
                self.ends.append(f"{name} ended by itself: {process.status}, signal {process.ended_by}")
            self.history.note(name, "ended", pid=process.pid, signal=process.ended_by, status=process.status)
            await asyncio.sleep(DOWN)

    def kill(self, name: str) -> None:
        """SIGKILL, if it runs."""
        if name in self._running:
            self._running[name].send(signal.SIGKILL)

    async def watch(self) -> None:
        """Look at the memory of all, again and again, until cancelled."""
        while True:
            for name, process in self._running.items():
                if not process.ended.is_set():
                    size = _resident(process.pid)
                    self.samples.append(Sample(at=time.monotonic(), name=name, pid=process.pid, bytes=size))
            await asyncio.sleep(EVERY)

    async def close(self) -> None:
        """End them all."""
        for process in self._running.values():
            process.send(signal.SIGKILL)
            await process.ended.wait()

    @property
    def faults(self) -> list[str]:
        """Lines of their logs that tell of a fault of their own."""
        logs = sorted(self.room.glob("*.log"))
        return [
            f"{log.name}: {line[:300]}"
            for log in logs
            for line in log.read_text(errors="replace").splitlines()
            if any(sign in line for sign in FAULTS) and CUT not in line
        ]

    async def _start(self, name: str) -> Process:
        self._started += 1
        room = self.room / f"{self._started:03}-{name}"
        order = Order(
            name=room.name,
            role=name.partition("-")[0],
            settings=str(self.settings[name]),
            log=str(room.with_suffix(".log")),
            hits=str(room.with_suffix(".hits")),
            strikes=[],
        )
        process = self._running[name] = await self.zygote.fork(order)
        self.history.note(name, "started", pid=process.pid)
        return process


def _resident(pid: int) -> int:
    """Resident memory of a process; 0 where it has just gone."""
    try:
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * KIB
    except OSError:
        return 0
    return 0
