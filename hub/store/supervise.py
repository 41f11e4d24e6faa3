"""Keeps the embedded PostgreSQL alive: starts it, restarts it with back-off when it dies, stops it at the end."""

from __future__ import annotations

import asyncio
import fcntl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress

from hub.errors import Misconfigured
from hub.store import postmaster
from hub.store.cluster import Cluster, prepare
from hub.store.postmaster import StartFailed
from hub.telemetry import logger

LOOK = 0.05  # seconds between two looks at a healthy server
FIRST_PAUSE = 0.1  # seconds before the first restart; doubles up to the longest
LONGEST_PAUSE = 5.0
START_TRIES = 10  # at the very start, for races with a dying predecessor

log = logger(__name__)


class Supervisor:
    """One embedded server and the task that watches it. Runs on the thread that will live longest: the kernel stops the
    server when that thread ends."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._run: postmaster.Run | None = None
        self.restarts = 0

    @property
    def pid(self) -> int | None:
        """The process id of the server, None while it is down."""
        return self._run.process.pid if self._run is not None and self._run.alive else None

    async def start(self) -> None:
        """Have the server take connections. Raises StartFailed with PostgreSQL's own words, or Misconfigured."""
        prepare(self._cluster)
        if await asyncio.to_thread(postmaster.end_predecessor, self._cluster):
            log.warning("store.predecessor_stopped", path=str(self._cluster.data))
        await self.again()

    async def again(self) -> None:
        """Start the server, several times where a dying predecessor is still in the way. Raises StartFailed."""
        for attempt in range(START_TRIES):
            try:
                return await self._launch()
            except StartFailed as failed:
                if not failed.race or attempt == START_TRIES - 1:
                    raise
                await asyncio.sleep(min(LONGEST_PAUSE, FIRST_PAUSE * 2**attempt))
        return None

    async def _launch(self) -> None:
        run = self._run = postmaster.launch(self._cluster)
        for _ in range(int(postmaster.START_PATIENCE / postmaster.STEP)):
            if postmaster.is_ready(self._cluster, run):
                return
            await asyncio.sleep(postmaster.STEP)
        await asyncio.to_thread(postmaster.end, run)
        message = f"PostgreSQL was not ready within {postmaster.START_PATIENCE:.0f} s"
        raise StartFailed(message, race=False)

    async def watch(self) -> None:
        """Restart the server whenever it dies, for ever: a full disk gets space again. Ends by cancellation only."""
        while True:
            await asyncio.sleep(LOOK)
            if self.pid is None:
                log.error("store.died", status=None if self._run is None else self._run.process.returncode)
                await self._revive()

    async def _revive(self) -> None:
        pause = FIRST_PAUSE
        while True:
            try:
                await self._launch()
            except (StartFailed, OSError) as failed:  # OSError: no memory, no process, no space for the log
                log.error("store.restart_failed", reason=str(failed), waited_ms=round(pause * 1000))
                await asyncio.sleep(pause)
                pause = min(LONGEST_PAUSE, pause * 2)
            else:
                self.restarts += 1
                log.warning("store.restarted", count=self.restarts)
                return

    async def stop(self) -> None:
        """End the server cleanly."""
        if self._run is not None:
            await asyncio.to_thread(postmaster.end, self._run)


@contextmanager
def sole_owner(cluster: Cluster) -> Iterator[None]:
    """Hold the folder against a second hub that would start a server of its own; Misconfigured where one does."""
    with (cluster.home / "owner.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as taken:
            message = f"another hub runs the database in {cluster.home}: stop it, or use `opshub serve`, `opshub work`"
            raise Misconfigured(message) from taken
        yield


@asynccontextmanager
async def running(cluster: Cluster) -> AsyncIterator[Supervisor]:
    """A supervised server for the length of the block; whoever else needs it finds it by `endpoint`."""
    with sole_owner(cluster):
        supervisor = Supervisor(cluster)
        try:
            await supervisor.start()
            watcher = asyncio.create_task(supervisor.watch(), name="store.watch")
            try:
                yield supervisor
            finally:
                watcher.cancel()
                with suppress(asyncio.CancelledError):
                    await watcher
        finally:
            await supervisor.stop()
