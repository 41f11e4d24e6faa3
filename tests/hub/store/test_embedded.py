"""The embedded server as the hub and as others on the machine see it (design D14, threat S21)."""

from __future__ import annotations

import asyncio
import os
import stat
import subprocess
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

import asyncpg
import pytest

from hub.errors import Misconfigured
from hub.store.cluster import open_cluster
from hub.store.embedded import embedded, endpoint
from hub.store.postmaster import end_predecessor
from hub.store.roles import RoleUrls

HUB = """
import asyncio, sys
from pathlib import Path
from hub.store.embedded import embedded
async def main():
    async with embedded(Path(sys.argv[1])) as (urls, supervisor):
        print(supervisor.pid, flush=True)
        await asyncio.sleep(600)
asyncio.run(main())
"""
STRANGER = """
import os, socket, sys
where, who = sys.argv[1], int(sys.argv[2])
if who != os.getuid():
    os.setgroups([]); os.setgid(who); os.setuid(who)
try:
    socket.socket(socket.AF_UNIX).connect(where)
except OSError as refused:
    print(type(refused).__name__)
else:
    print("connected")
"""


async def ask(url: str, question: str) -> object:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(question)
    finally:
        await connection.close()


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def knock(urls: RoleUrls, who: int) -> str:
    """What the OS user *who* meets at the socket."""
    where = urls.serve.partition("host=")[2].partition("&")[0] + "/.s.PGSQL.5432"
    ran = subprocess.run([sys.executable, "-c", STRANGER, where, str(who)], capture_output=True, text=True, check=True)
    return ran.stdout.strip()


async def test_durable_checked_and_without_extensions_or_tcp(home: Path) -> None:
    async with embedded(home) as (urls, _):
        for setting, value in {
            "fsync": "on", "synchronous_commit": "on", "full_page_writes": "on", "data_checksums": "on", "jit": "off",
            "listen_addresses": "", "password_encryption": "scram-sha-256", "server_encoding": "UTF8",
        }.items():  # fmt: skip
            assert await ask(urls.work, f"show {setting}") == value, setting
        assert await ask(urls.work, "select array_agg(extname::text) from pg_extension") == ["plpgsql"]
        assert await ask(urls.serve, "select current_user::text") == "hub_serve"


async def test_no_wrong_password_opens_it_not_even_for_the_superuser(home: Path) -> None:
    async with embedded(home) as (urls, _):
        cluster = open_cluster(home)
        for role, password in cluster.passwords.items():
            for wrong in ("", "wrong"):
                url = cluster.dsn(role).replace(f":{password}@", f":{wrong}@")
                with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError)):
                    await asyncpg.connect(url)
        assert await ask(urls.owner, "select 1") == 1


async def test_another_os_user_cannot_even_reach_the_socket(home: Path) -> None:
    async with embedded(home) as (urls, _):
        assert knock(urls, os.getuid()) == "connected"
        assert mode(open_cluster(home).run) == 0o700
        if os.geteuid() == 0:  # only root can become somebody else to try
            assert knock(urls, 65534) == "PermissionError"
            assert knock(urls, 1) == "PermissionError"


async def test_other_processes_of_the_machine_find_it_by_its_endpoint(home: Path) -> None:
    async with embedded(home) as (urls, _):
        assert endpoint(home) == urls
        assert mode(home / "endpoint.json") == 0o600
        assert await ask(endpoint(home).work, "select current_user::text") == "hub_work"


def test_where_none_ever_ran_the_operator_is_told_what_to_do(home: Path) -> None:
    with pytest.raises(Misconfigured, match="start `opshub up` first, or set HUB__STORE__URL"):
        endpoint(home)


async def test_rows_outlive_a_stop_and_the_urls_stay_the_same(home: Path) -> None:
    async with embedded(home) as (before, _):
        await ask(before.owner, "create table hub.kept as select 7 as n")
    async with embedded(home) as (after, _):
        assert after == before
        assert await ask(after.owner, "select n from hub.kept") == 7


async def test_a_hub_killed_with_nine_leaves_rows_and_no_server_in_the_way(home: Path) -> None:
    for kill in range(2):
        hub = await asyncio.create_subprocess_exec(sys.executable, "-c", HUB, str(home), stdout=PIPE)
        assert hub.stdout is not None
        assert int(await hub.stdout.readline()) > 0
        await ask(endpoint(home).owner, f"create table hub.kept{kill} ()")
        hub.kill()
        await hub.wait()
    async with embedded(home) as (urls, _):
        assert await ask(urls.owner, "select count(*) from pg_class where relname like 'kept_'") == 2
    assert not end_predecessor(open_cluster(home))
