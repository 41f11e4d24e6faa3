"""Real PostgreSQL for tests: one embedded server a session, migrated once, a fresh database a test.

`database` gives the URLs of the four roles; `store` is the worker's view, `serving` the callers', `tailing` the feed's:
each connects when it is first asked, and nobody looks over its role's rights, which is `open_store`'s affair.
Raw connections by `asyncpg.connect(database.owner)` find the tables under `hub.`
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import TypeAlias

import asyncpg
import pytest

from hub.store import postmaster
from hub.store.cluster import SUPERUSER, Cluster, open_cluster, prepare
from hub.store.embedded import furnish, role_urls
from hub.store.engine import open_engine
from hub.store.migrate import upgrade
from hub.store.roles import Role, RoleUrls
from hub.store.store import Store
from tests.kit.spares import Spares, create, drop
from tests.kit.spares import spares as sparing

TEMPLATE = "migrated"
CONNECTIONS = 8  # of each role in a test
Superuser: TypeAlias = "asyncpg.Connection[asyncpg.Record]"  # quoted: generic for the type checker only
ROOM = 2 * 2**30  # bytes


@contextmanager
def temporary_home(within: str | None = None) -> Iterator[Path]:
    """An empty folder for an embedded server, gone afterwards, with what it put elsewhere; in memory if there is room,
    unless *within* a folder.
    """
    home = Path(tempfile.mkdtemp(prefix="opshub-", dir=within or _roomy_memory()))
    try:
        yield home
    finally:
        elsewhere = [Path((home / name).read_text()) for name in ("place", "socket") if (home / name).exists()]
        for folder in (home, *elsewhere):
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def running_cluster(within: str | None = None) -> Iterator[Cluster]:
    """An embedded server of its own in a temporary folder, with a migrated TEMPLATE; unsupervised, gone afterwards."""
    with temporary_home(within) as home:
        cluster = open_cluster(home)
        prepare(cluster)
        run = start(cluster)
        try:
            asyncio.run(_migrated(cluster))
            yield cluster
        finally:
            postmaster.end(run)


def _roomy_memory() -> str | None:
    """A folder in memory if the machine has one with room: fsync stays on and costs nothing there."""
    memory = Path("/dev/shm")  # noqa: S108 (mkdtemp makes it private)
    return str(memory) if memory.is_dir() and shutil.disk_usage(memory).free > ROOM else None


def start(cluster: Cluster) -> postmaster.Run:
    """A server process of *cluster* that takes connections; to be ended by `postmaster.end`."""
    run = postmaster.launch(cluster)
    while not postmaster.is_ready(cluster, run):
        time.sleep(postmaster.STEP)
    return run


async def _migrated(cluster: Cluster) -> None:
    await _known_at_once(cluster)
    await furnish(cluster, TEMPLATE)
    await upgrade(role_urls(cluster, TEMPLATE))


async def _known_at_once(cluster: Cluster) -> None:
    """Spare those who connect the rounds that make a password hard to guess: tests connect all the time."""
    server = await asyncpg.connect(cluster.dsn(SUPERUSER, "postgres"))
    try:
        await server.execute(f"alter role {SUPERUSER} set scram_iterations = 1; set scram_iterations = 1")
        await server.execute(f"alter role {SUPERUSER} password '{cluster.passwords[SUPERUSER]}'")
    finally:
        await server.close()


@asynccontextmanager
async def fresh_database(cluster: Cluster) -> AsyncIterator[RoleUrls]:
    """A database of its own, as the migrations leave it; dropped afterwards, whoever is still connected."""
    name = await create(cluster, TEMPLATE)
    yield role_urls(cluster, name)
    await drop(cluster, name)


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """The session's server."""
    with running_cluster() as found:
        yield found


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder for a test that runs a server of its own."""
    with temporary_home() as folder:
        yield folder


@pytest.fixture(scope="session")
def spares(cluster: Cluster) -> Iterator[Spares]:
    """The session's databases that no test has in hand."""
    with sparing(cluster, TEMPLATE) as found:
        yield found


@pytest.fixture
async def database(spares: Spares) -> AsyncIterator[RoleUrls]:
    """A migrated database as good as fresh, as the URLs of its roles."""
    async with spares.lent() as urls:
        yield urls


@pytest.fixture
async def superuser(cluster: Cluster, database: RoleUrls) -> AsyncIterator[Superuser]:
    """A connection to the test's database that may do anything: to terminate others, to plant faults, to look."""
    name = database.owner.partition("@/")[2].partition("?")[0]
    connection = await asyncpg.connect(cluster.dsn(SUPERUSER, name))
    yield connection
    await connection.close()


@pytest.fixture
async def store(database: RoleUrls) -> AsyncIterator[Store]:
    """The store as workers see it."""
    async with _seen_as(Role.WORK, database) as opened:
        yield opened


@pytest.fixture
async def serving(database: RoleUrls) -> AsyncIterator[Store]:
    """The store as callers' requests see it: row security on."""
    async with _seen_as(Role.SERVE, database) as opened:
        yield opened


@pytest.fixture
async def tailing(database: RoleUrls) -> AsyncIterator[Store]:
    """The store as the feed sees it: the change log alone."""
    async with _seen_as(Role.TAIL, database) as opened:
        yield opened


@asynccontextmanager
async def _seen_as(role: Role, urls: RoleUrls) -> AsyncIterator[Store]:
    opened = Store(open_engine(urls.of(role), role, pooled=False, size=CONNECTIONS), role, pooled=False)
    try:
        yield opened
    finally:
        await opened.close()
