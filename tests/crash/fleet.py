"""The hub's processes of one seed: kept running, killed, paused; every end recorded with its signal."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.crash.child import Order, Strike
from tests.crash.history import History
from tests.crash.plan import Plan, PointKill, PointPause
from tests.crash.points import ALL, ROLE, SERVE, WORK, Hits
from tests.crash.processes import Process, Zygote
from tests.crash.shops import Now

RESTART = 0.1  # seconds
BACK_PATIENCE = 10.0  # seconds until a process that was killed has to be back


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """How a process ended."""

    name: str
    pid: int
    signal: int | None
    status: int | None
    point: str | None
    """Where it stopped itself, if it did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A pause that lasted."""

    name: str
    seconds: float


@dataclass(slots=True, kw_only=True)
class Fleet:
    """All processes of one seed."""

    zygote: Zygote
    plan: Plan
    room: Path
    settings: Path
    now: Now
    history: History
    ends: list[End] = field(default_factory=list)
    pauses: list[Stop] = field(default_factory=list)
    _all: list[Process] = field(default_factory=list)
    _running: dict[str, Process] = field(default_factory=dict)
    _up: dict[str, asyncio.Event] = field(default_factory=dict)
    _hits: list[Path] = field(default_factory=list)
    _rest: dict[int, float] = field(default_factory=dict)
    """Seconds for which a process that was told to stop shall stand still, by pid."""
    _incarnations: int = 0

    @property
    def names(self) -> tuple[str, ...]:
        """Of all processes."""
        return (SERVE, *(f"{WORK}-{number}" for number in range(self.plan.workers)))

    @property
    def pids(self) -> tuple[int, ...]:
        """Of those that run now."""
        return tuple(one.pid for one in self._running.values() if not one.ended.is_set())

    def hits(self) -> Mapping[str, int]:
        """How often each point was reached, all processes together."""
        total = dict.fromkeys(ALL, 0)
        for path in self._hits:
            for point, count in Hits(path):
                total[point] += count
        return total

    def used(self) -> Mapping[str, float]:
        """Seconds of processor time by role, of all that have ended."""
        total: dict[str, float] = {}
        for process in self._all:
            total[process.role] = total.get(process.role, 0.0) + process.used
        return total

    async def keep(self, name: str) -> None:
        """Have the process run, again and again, until cancelled."""
        while True:
            process = await self._start(name)
            waking = asyncio.create_task(self._wake(process))
            try:
                await process.ended.wait()
            finally:
                waking.cancel()
            end = End(
                name=name,
                pid=process.pid,
                signal=process.ended_by,
                status=process.status,
                point=process.struck_at if process.ended_by == signal.SIGKILL else None,
            )
            self.ends.append(end)
            self.history.note(name, "ended", pid=end.pid, signal=end.signal, status=end.status, point=end.point)
            await asyncio.sleep(RESTART)

    async def kill(self, name: str) -> bool:
        """SIGKILL, once it runs; whether there was anything to kill."""
        process = await self._present(name)
        return process is not None and process.send(signal.SIGKILL)

    def kill_server(self, point: str) -> None:
        """SIGKILL of the process that serves, known to stand at *point*."""
        if SERVE in self._running:
            self.kill_pid(self._running[SERVE].pid, point)

    def kill_pid(self, pid: int, point: str) -> None:
        """SIGKILL of a process that is known to stand at *point*."""
        for process in self._running.values():
            if process.pid == pid and not process.ended.is_set():
                Hits(process.hits).struck(point)
                Hits(process.hits).count(point)
                process.send(signal.SIGKILL)

    async def pause(self, name: str, seconds: float) -> None:
        """SIGSTOP, once it runs; it goes on after *seconds*."""
        process = await self._present(name)
        if process is not None and not process.stopped.is_set():
            self._rest[process.pid] = seconds
            process.send(signal.SIGSTOP)

    def disarm(self) -> None:
        """No strike is carried out any more."""
        for number in range(len(self._strikes())):
            self._claim(number).touch()

    async def close(self) -> None:
        """End them all."""
        for process in self._running.values():
            process.send(signal.SIGKILL)
            await process.ended.wait()

    async def _start(self, name: str) -> Process:
        self._incarnations += 1
        room = self.room / f"{self._incarnations:02}-{name}"
        role = name.partition("-")[0]
        self._hits.append(room.with_suffix(".hits"))
        order = Order(
            name=room.name,
            role=role,
            settings=str(self.settings),
            log=str(room.with_suffix(".log")),
            hits=str(room.with_suffix(".hits")),
            strikes=[one for one in self._strikes() if ROLE.get(one.point, role) == role],
        )
        process = await self.zygote.fork(order)
        self._running[name] = process
        self._all.append(process)
        self._up.setdefault(name, asyncio.Event()).set()
        self.history.note(name, "started", pid=process.pid)
        return process

    def _strikes(self) -> Sequence[Strike]:
        made: list[Strike] = []
        for fault in self.plan.faults:
            if isinstance(fault, PointKill | PointPause):
                late = fault.late if isinstance(fault, PointKill) else 0.0
                claim = str(self._claim(len(made)))
                kill = isinstance(fault, PointKill)
                made.append(Strike(point=fault.point, nth=fault.nth, kill=kill, late=late, claim=claim))
        return made

    def _claim(self, number: int) -> Path:
        return self.room / f"struck-{number}"

    async def _wake(self, process: Process) -> None:
        """Let the process go on each time it was stopped, by us or by itself at a point."""
        while not process.ended.is_set():
            await process.stopped.wait()
            began = self.now()
            await asyncio.sleep(self._rest.pop(process.pid, self._point_pause))
            if process.send(signal.SIGCONT):
                self.pauses.append(Stop(name=process.name.partition("-")[2], seconds=self.now() - began))
                self.history.note(process.name, "paused", pid=process.pid, seconds=self.now() - began)

    @property
    def _point_pause(self) -> float:
        return max((one.seconds for one in self.plan.faults if isinstance(one, PointPause)), default=0.0)

    async def _present(self, name: str) -> Process | None:
        end = self.now() + BACK_PATIENCE
        while self.now() < end:
            process = self._running.get(name)
            if process is not None and not process.ended.is_set():
                return process
            await asyncio.sleep(RESTART / 2)
        return None
