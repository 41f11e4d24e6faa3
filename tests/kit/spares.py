"""Databases that go from one test to the next: emptied where a test left only rows, dropped where it changed more.

Making a database and filling a connection's caches anew costs more than most tests do themselves. So the connection
that empties it lives as long as the database, on a loop of its own: those of tests end with them.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from threading import Thread
from typing import Any, TypeVar

import asyncpg

from hub.store.cluster import SUPERUSER, Cluster
from hub.store.embedded import role_urls
from hub.store.provision import make_database
from hub.store.roles import SCHEMA, RoleUrls

MOST_ROWS = 500
"""What more rows leave behind in the files, the planner would see."""
Connection = Any  # Any: asyncpg's connection is generic for the type checker only
T = TypeVar("T")

_ALONE = """
select count(pg_terminate_backend(pid, 5000)) from pg_stat_activity
where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'
"""
_OURS = f"'{SCHEMA}'::regnamespace"
_LATEST = "count(*), ',', max(xmin::text::bigint)"
_LOOKS = """
select concat_ws('|',
  (select concat($latest, ',', sum(relpages), ',', sum(reltuples)) from pg_class where relnamespace = $ours),
  (select concat($latest) from pg_attribute where attrelid in (select oid from pg_class where relnamespace = $ours)),
  (select concat($latest) from pg_proc where pronamespace = $ours),
  (select concat($latest) from pg_type where typnamespace = $ours),
  (select concat($latest) from pg_constraint), (select concat($latest) from pg_policy),
  (select concat($latest) from pg_namespace), (select concat($latest) from pg_trigger),
  (select concat(xmin, datacl) from pg_database where datname = current_database()),
  (select concat(count(*), ',', max(s.xmin::text::bigint))
   from pg_db_role_setting s join pg_database d on d.oid = s.setdatabase where d.datname = current_database()))
""".replace("$latest", _LATEST).replace("$ours", _OURS)
"""Everything but rows: tables, policies, functions, grants, settings, and whether the planner was told of sizes."""
_TABLES = """
select format('$schema.%I', tablename) from pg_tables where schemaname = '$schema' and tablename <> 'alembic_version'
order by 1
""".replace("$schema", SCHEMA)
_SEQUENCES = """
select setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false)
from pg_sequences where schemaname = '$schema' and last_value is not null
""".replace("$schema", SCHEMA)
_ROWS = "select json_agg(t)::text from $table t"
_REFILL = "insert into $table select * from json_populate_recordset(null::$table, $1)"


@dataclass(frozen=True, slots=True)
class _Fresh:
    """A database as the migrations leave it."""

    name: str
    connection: Connection
    """Of the superuser; whoever is sent away, it stays."""
    looks: str
    rows: dict[str, str]
    """JSON of what is in each table that is not empty."""
    empties: str
    """The statement that deletes every row of every table, and counts them."""


class Spares:
    """The databases of one server that nobody has in hand."""

    def __init__(self, cluster: Cluster, template: str) -> None:
        self._cluster = cluster
        self._template = template
        self._idle: list[_Fresh] = []
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, name="spares", daemon=True)

    @asynccontextmanager
    async def lent(self) -> AsyncIterator[RoleUrls]:
        """A database as the migrations leave it."""
        one = self._idle.pop() if self._idle else await self._elsewhere(self._made())
        yield role_urls(self._cluster, one.name)
        if await self._elsewhere(_restored(one)):
            self._idle.append(one)
        else:
            await self._elsewhere(self._dropped(one))

    def begin(self) -> None:
        """Before anything is lent."""
        self._thread.start()

    def end(self) -> None:
        """Nothing will be lent any more."""
        for one in self._idle:
            asyncio.run_coroutine_threadsafe(one.connection.close(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _elsewhere(self, work: Coroutine[Any, Any, T]) -> T:
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self._loop))

    async def _made(self) -> _Fresh:
        name = await create(self._cluster, self._template)
        connection = await asyncpg.connect(self._cluster.dsn(SUPERUSER, name))
        tables = [row[0] for row in await connection.fetch(_TABLES)]
        held = {one: await connection.fetchval(_ROWS.replace("$table", one)) for one in tables}
        rows = {table: said for table, said in held.items() if said is not None}
        return _Fresh(name, connection, await connection.fetchval(_LOOKS), rows, _emptying(tables))

    async def _dropped(self, one: _Fresh) -> None:
        one.connection.terminate()
        await drop(self._cluster, one.name)


@contextmanager
def spares(cluster: Cluster, template: str) -> Iterator[Spares]:
    """Databases like *template* that may be lent while the block runs."""
    made = Spares(cluster, template)
    made.begin()
    try:
        yield made
    finally:
        made.end()


async def _restored(one: _Fresh) -> bool:
    """Whether the database is as it was when it was made."""
    try:
        await one.connection.execute(_ALONE)
        if await one.connection.fetchval(_LOOKS) != one.looks:
            return False
        if await one.connection.fetchval(one.empties) > MOST_ROWS:
            return False
        for table, said in one.rows.items():
            await one.connection.execute(_REFILL.replace("$table", table), said)
        await one.connection.execute(_SEQUENCES)
    except (asyncpg.PostgresError, asyncpg.InterfaceError):
        return False
    return True


async def create(cluster: Cluster, template: str) -> str:
    """Make a database like *template*; its name."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    server = await asyncpg.connect(cluster.dsn(SUPERUSER, "postgres"))
    try:
        await make_database(server, name, template)
    finally:
        await server.close()
    return name


async def drop(cluster: Cluster, name: str) -> None:
    """Drop a database, whoever is still connected."""
    server = await asyncpg.connect(cluster.dsn(SUPERUSER, "postgres"))
    try:
        await server.execute(f'drop database "{name}" with (force)')
    finally:
        await server.close()


def _emptying(tables: list[str]) -> str:
    deletions = ", ".join(f"d{n} as (delete from {table} returning 1)" for n, table in enumerate(tables))  # noqa: S608  names of ours
    counts = " + ".join(f"(table c{n})" for n in range(len(tables)))
    counted = ", ".join(f"c{n} as (select count(*) from d{n})" for n in range(len(tables)))  # noqa: S608  as above
    return f"with {deletions}, {counted} select {counts}"
