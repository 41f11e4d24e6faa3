"""Hub processes as the harness holds them: forked by the zygote, stopped by signals, their ends recorded."""

from __future__ import annotations

import asyncio
import atexit
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import msgspec

from tests.crash.child import Order
from tests.crash.points import Hits
from tests.crash.zygote import News

ROOT = Path(__file__).resolve().parents[2]
START_PATIENCE = 180.0  # seconds until a zygote has imported everything


@dataclass(slots=True, kw_only=True)
class Process:
    """One hub process."""

    name: str
    role: str
    pid: int
    hits: Path
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    ended_by: int | None = None
    """The signal, as the kernel told its parent."""
    status: int | None = None
    stopped: asyncio.Event = field(default_factory=asyncio.Event)
    used: float = 0.0
    """Seconds of processor time, once it has ended."""

    def send(self, sign: signal.Signals) -> bool:
        """Send a signal; False where the process has ended."""
        if self.ended.is_set():
            return False
        if sign is signal.SIGCONT:
            self.stopped.clear()
        try:
            os.kill(self.pid, sign)
        except ProcessLookupError:
            return False
        return True

    @property
    def struck_at(self) -> str | None:
        """The point at which it stopped itself, if it did."""
        return Hits(self.hits).last_struck


class Zygote:
    """The fork server, from outside."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._forked: dict[str, asyncio.Future[int]] = {}
        self._processes: dict[int, Process] = {}
        self._early: dict[int, News] = {}
        self.hub = ""
        """Where the hub's code lies that it forks."""
        self.ready = asyncio.Event()

    async def fork(self, order: Order) -> Process:
        """A new process."""
        assert self._process.stdin is not None
        coming: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._forked[order.name] = coming
        self._process.stdin.write(msgspec.json.encode(order) + b"\n")
        pid = await coming
        process = Process(name=order.name, role=order.role, pid=pid, hits=Path(order.hits))
        self._processes[pid] = process
        if pid in self._early:
            self._ended(process, self._early.pop(pid))
        return process

    async def listen(self) -> None:
        """Take the zygote's news until it ends."""
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            news = msgspec.json.decode(line, type=News)
            if news.hub is not None:
                self.hub = news.hub
                self.ready.set()
            elif news.name is not None and news.pid is not None:
                self._forked.pop(news.name).set_result(news.pid)
            elif news.pid in self._processes:
                self._ended(self._processes[news.pid], news)
            elif news.pid is not None and not news.stopped:
                self._early[news.pid] = news

    def _ended(self, process: Process, news: News) -> None:
        if news.stopped:
            process.stopped.set()
            return
        process.ended_by, process.status, process.used = news.ended_by, news.status, news.used
        process.ended.set()
        self._processes.pop(process.pid, None)


@cache
def _bytecode() -> str:
    """Where all zygotes of this process keep what they compiled: the second one starts in a fraction of the time."""
    place = tempfile.mkdtemp(prefix="crash-bytecode-")
    atexit.register(shutil.rmtree, place, ignore_errors=True)
    return place


@asynccontextmanager
async def zygote(code: Path = ROOT, *plugins: Path) -> AsyncIterator[Zygote]:
    """A fork server of the hub whose code lies in *code*; it and all its children are gone when the block ends.

    *plugins*: folders with further distributions.
    """
    path = os.pathsep.join(map(str, (code, *plugins, ROOT)))
    environment = {**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": _bytecode()}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.crash.zygote", cwd=code, env=environment,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    server = Zygote(process)
    listener = asyncio.create_task(server.listen(), name="zygote")
    try:
        await asyncio.wait_for(server.ready.wait(), START_PATIENCE)
        if Path(server.hub) != code / "hub":
            message = f"the zygote forks {server.hub}, not {code / 'hub'}"
            raise RuntimeError(message)
        yield server
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        await listener
