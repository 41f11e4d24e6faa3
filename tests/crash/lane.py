"""What a row of seeds shares: a supervised PostgreSQL of its own, and a fork server of the hub."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import tempfile
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg

from hub.store.cluster import SUPERUSER, Cluster, open_cluster
from hub.store.embedded import furnish, role_urls
from hub.store.migrate import upgrade
from hub.store.provision import make_database
from hub.store.roles import Role, RoleUrls
from hub.store.supervise import Supervisor, running
from tests.crash.meter import family
from tests.crash.processes import ROOT, Zygote, zygote

TEMPLATE = "migrated"
RECOVERY = 30.0  # seconds a killed server may take until it takes connections again
STEP = 0.1  # seconds between knocks
MEMORY = Path("/dev/shm")  # noqa: S108 - mkdtemp makes it private; fsync stays on
ROOM = 2 * 2**30  # bytes
ENTRY = """[opshub.sources]
hasty = tests.crash.hasty
hasty_erp = tests.crash.hasty_erp
hasty_wms = tests.crash.hasty_wms
"""
METADATA = "Metadata-Version: 2.1\nName: opshub-hasty\nVersion: 1\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """One seed's database."""

    name: str
    urls: RoleUrls
    admin: str
    """The superuser's URL, for the judge."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """Where seeds run, one after the other."""

    home: Path
    cluster: Cluster
    supervisor: Supervisor
    zygote: Zygote
    lost: list[float] = field(default_factory=list)
    """Processor seconds of servers that were killed."""

    @property
    def used(self) -> float:
        """Processor seconds of PostgreSQL until now."""
        pid = self.supervisor.pid
        return sum(self.lost) + (0.0 if pid is None else family(pid))

    @asynccontextmanager
    async def database(self) -> AsyncIterator[Database]:
        """A database as the migrations leave it, dropped afterwards whoever is connected."""
        name = f"seed_{uuid.uuid4().hex[:12]}"
        await self._do(lambda server: make_database(server, name, TEMPLATE))
        try:
            yield Database(name=name, urls=role_urls(self.cluster, name), admin=self.cluster.dsn(SUPERUSER, name))
        finally:
            await self._do(lambda server: server.execute(f'drop database "{name}" with (force)'))

    def kill_store(self) -> int | None:
        """SIGKILL of the postmaster; its pid. The supervisor starts another."""
        pid = self.supervisor.pid
        if pid is not None:
            self.lost.append(family(pid))
            os.kill(pid, signal.SIGKILL)
        return pid

    async def _do(self, act: Callable[[asyncpg.Connection], Awaitable[object]]) -> None:
        server = await self._recovered()
        try:
            await act(server)
        finally:
            await server.close()

    async def _recovered(self) -> asyncpg.Connection:
        """A connection to the server, once it takes any: a seed may have just killed it."""
        async with asyncio.timeout(RECOVERY):
            while True:
                try:
                    return await asyncpg.connect(self.cluster.dsn(SUPERUSER, "postgres"), timeout=RECOVERY)
                except (OSError, asyncpg.CannotConnectNowError):
                    await asyncio.sleep(STEP)


@asynccontextmanager
async def lane(code: Path = ROOT) -> AsyncIterator[Lane]:
    """A lane for the hub whose code lies in *code*; nothing of it is left afterwards."""
    home = _home()
    cluster = open_cluster(home / "store")
    try:
        plugins = _plugins(home / "plugins")
        async with running(cluster) as supervisor:
            await furnish(cluster, TEMPLATE)
            await _hurry(cluster)
            await upgrade(role_urls(cluster, TEMPLATE))
            async with zygote(code, plugins) as server:
                yield Lane(home=home, cluster=cluster, supervisor=supervisor, zygote=server)
    finally:
        shutil.rmtree(home, ignore_errors=True)
        if cluster.place != home / "store":
            shutil.rmtree(cluster.place, ignore_errors=True)


def _home() -> Path:
    """A folder in memory, which PostgreSQL can pass as another account too: else its data would go to a disk."""
    home = Path(tempfile.mkdtemp(prefix="crash-", dir=_roomy_memory()))
    home.chmod(0o711)
    return home


async def _hurry(cluster: Cluster) -> None:
    """A server for many short lives: the same passwords, cheaper to prove; each statement planned once a connection."""
    server = await asyncpg.connect(cluster.dsn(SUPERUSER, "postgres"))
    try:
        await server.execute("set scram_iterations = 1")
        for role in Role:
            await server.execute(f"alter role {role.value} password '{cluster.passwords[role.value]}'")
            await server.execute(f"alter role {role.value} set plan_cache_mode = force_generic_plan")
    finally:
        await server.close()


def _plugins(folder: Path) -> Path:
    """A folder in which Python finds the hasty adapters by their entry points."""
    place = folder / "opshub_hasty-1.dist-info"
    place.mkdir(parents=True)
    (place / "METADATA").write_text(METADATA, encoding="utf-8")
    (place / "entry_points.txt").write_text(ENTRY, encoding="utf-8")
    return folder


def _roomy_memory() -> str | None:
    return str(MEMORY) if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM else None
