"""The server is restarted for as long as the hub runs (design D14; F5, F11)."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import asyncpg
import pytest

from hub.errors import Misconfigured
from hub.store import postmaster
from hub.store.cluster import SUPERUSER, Cluster, open_cluster, prepare
from hub.store.supervise import Supervisor, running
from tests.kit.pg import start
from tests.kit.wait import until


async def counted(supervisor: Supervisor, restarts: int) -> None:
    """Once it says so: it takes connections a moment before the supervisor has seen that it does."""
    await until(lambda: supervisor.restarts == restarts)


async def connect(cluster: Cluster) -> asyncpg.Connection[asyncpg.Record]:
    while True:
        try:
            return await asyncpg.connect(cluster.dsn(SUPERUSER, "postgres"))
        except (OSError, asyncpg.PostgresError):
            await asyncio.sleep(0.01)


async def test_kill_nine_is_followed_by_a_restart_with_every_committed_row(home: Path) -> None:
    cluster = open_cluster(home)
    async with running(cluster) as supervisor:
        connection = await connect(cluster)
        await connection.execute("create table kept (n int)")
        for kill in range(1, 4):
            assert supervisor.pid is not None
            await connection.execute("insert into kept values ($1)", kill)
            os.kill(supervisor.pid, signal.SIGKILL)
            await counted(supervisor, kill)
            connection = await connect(cluster)
            assert await connection.fetchval("select count(*) from kept") == kill
        await connection.close()
    assert supervisor.pid is None


async def test_a_server_that_cannot_start_is_tried_until_it_can(home: Path) -> None:
    """As with a full disk: nothing but the cause needs to go away (F11)."""
    cluster = open_cluster(home)
    async with running(cluster) as supervisor:
        (cluster.place / "pg_hba.conf").rename(cluster.place / "away")
        pid = supervisor.pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        await until(lambda: "could not load" in cluster.log.read_text())
        assert supervisor.restarts == 0
        (cluster.place / "away").rename(cluster.place / "pg_hba.conf")
        await (await connect(cluster)).close()
        await counted(supervisor, 1)


async def test_a_second_hub_of_one_folder_is_refused(home: Path) -> None:
    cluster = open_cluster(home)
    async with running(cluster) as first:
        with pytest.raises(Misconfigured, match="another hub runs the database in"):
            async with running(cluster):
                pass
        assert first.pid is not None


async def test_an_orphan_of_a_killed_hub_is_taken_over(home: Path) -> None:
    cluster = open_cluster(home)
    prepare(cluster)
    orphan = start(cluster)
    async with running(cluster) as supervisor:
        assert orphan.process.wait() == 0
        assert supervisor.pid not in (None, orphan.process.pid)


async def test_a_server_of_the_same_folder_that_ends_late_is_waited_for(home: Path) -> None:
    """A race with a dying predecessor is tried again, not reported."""
    cluster = open_cluster(home)
    prepare(cluster)
    dying = start(cluster)
    supervisor = Supervisor(cluster)
    again = asyncio.create_task(supervisor.again())
    await until(lambda: "lock file" in cluster.log.read_text())
    await asyncio.to_thread(postmaster.end, dying)
    await again
    assert supervisor.pid is not None
    await supervisor.stop()
    assert supervisor.pid is None
