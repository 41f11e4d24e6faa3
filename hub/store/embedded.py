"""The embedded PostgreSQL as the hub sees it: URLs for four roles while a block runs, and where others find them (D14).

One process owns the server (`opshub up`, `opshub demo`); every other (`serve`, `work`, `doctor`) reads the endpoint
that the owner left in the data folder, and waits by the usual StoreBusy while the server is away.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from pathlib import Path

import asyncpg

from hub.errors import Misconfigured
from hub.store.cluster import DATABASE, SUPERUSER, Cluster, open_cluster, write_private
from hub.store.provision import make_database, make_roles, make_schema
from hub.store.roles import Role, RoleUrls
from hub.store.supervise import Supervisor, running

ENDPOINT = "endpoint.json"


@asynccontextmanager
async def embedded(home: Path) -> AsyncIterator[tuple[RoleUrls, Supervisor]]:
    """A supervised server of *home* with its database and roles; made if new, taken over if its hub was killed.

    Raises Misconfigured where another hub owns it or the machine cannot run it, StartFailed in PostgreSQL's own words.
    """
    cluster = open_cluster(home)
    async with running(cluster) as supervisor:
        await furnish(cluster, DATABASE)
        urls = role_urls(cluster, DATABASE)
        write_private(cluster.home / ENDPOINT, json.dumps(asdict(urls)))
        yield urls, supervisor


def endpoint(home: Path) -> RoleUrls:
    """How to reach the server that another process owns. Raises Misconfigured where none was ever started in *home*."""
    file = home.absolute() / ENDPOINT
    try:
        return RoleUrls(**json.loads(file.read_text()))
    except OSError as missing:
        message = f"no database runs in {home}: start `opshub up` first, or set HUB__STORE__URL ({missing.strerror})"
        raise Misconfigured(message) from missing


def role_urls(cluster: Cluster, database: str) -> RoleUrls:
    """The URLs of the four roles for one *database* of *cluster*."""
    owner, serve, work, tail = (cluster.dsn(role.value, database) for role in Role)
    return RoleUrls(owner=owner, serve=serve, work=work, tail=tail)


async def furnish(cluster: Cluster, database: str) -> None:
    """Make roles, *database* and schema in a running *cluster*."""
    server = await asyncpg.connect(cluster.dsn(SUPERUSER, "postgres"))
    try:
        await make_roles(server, cluster.passwords)
        for name in ("postgres", "template1"):
            await server.execute(f"revoke all on database {name} from public")
        await make_database(server, database)
    finally:
        await server.close()
    inside = await asyncpg.connect(cluster.dsn(SUPERUSER, database))
    try:
        await make_schema(inside)
    finally:
        await inside.close()
