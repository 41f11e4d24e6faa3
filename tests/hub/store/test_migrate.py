"""Tables by migrations are the tables of the code; one head; down and up; who may do what (house.md 12, threat S8)."""

from __future__ import annotations

import asyncio
import json
import sys
from asyncio.subprocess import PIPE
from dataclasses import asdict

import asyncpg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Table

from hub.call import worker_call
from hub.errors import Misconfigured
from hub.store.cluster import Cluster
from hub.store.embedded import furnish, role_urls
from hub.store.engine import open_engine
from hub.store.migrate import applied, configuration, downgrade, newest, refuse_unmigrated, upgrade
from hub.store.roles import Role, RoleUrls
from hub.store.store import Store
from hub.store.tables import TENANT_TABLES, metadata
from tests.kit.pg import Superuser

HUB = """
import asyncio, json, sys
from hub.store.migrate import upgrade
from hub.store.roles import RoleUrls
asyncio.run(upgrade(RoleUrls(**json.load(sys.stdin))))
"""
SETTING = "current_setting('hub.tenant'::text, true)"


async def differences(urls: RoleUrls) -> list[object]:
    engine = open_engine(urls.owner, Role.OWNER, pooled=False, size=1)
    try:
        async with engine.connect() as connection:
            return await connection.run_sync(_differences)
    finally:
        await engine.dispose()


def _differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
    return list(compare_metadata(context, metadata))


async def revision(urls: RoleUrls) -> str | None:
    engine = open_engine(urls.owner, Role.OWNER, pooled=False, size=1)
    try:
        return await applied(engine)
    finally:
        await engine.dispose()


async def test_tables_by_migrations_are_the_tables_of_the_code(database: RoleUrls) -> None:
    assert await differences(database) == []


def test_there_is_one_head_and_each_revision_says_expand_or_contract() -> None:
    script = ScriptDirectory.from_config(configuration())
    assert script.get_heads() == [newest()]
    kinds = {one.revision: one.longdoc.split("\n\n")[1].partition(":")[0] for one in script.walk_revisions()}
    assert set(kinds.values()) <= {"expand", "contract"}, kinds


async def test_down_one_and_up_again_ends_the_same(database: RoleUrls) -> None:
    assert await revision(database) == newest()
    await downgrade(database, "-1")
    assert await revision(database) != newest()
    await upgrade(database)
    assert await revision(database) == newest()
    assert await differences(database) == []


async def test_a_hub_refuses_tables_older_than_it_needs_and_takes_newer_ones(
    database: RoleUrls, serving: Store, superuser: Superuser
) -> None:
    await refuse_unmigrated(serving)
    await superuser.execute("update hub.alembic_version set version_num = '29991231_of_a_later_hub'")
    await refuse_unmigrated(serving)
    await superuser.execute("update hub.alembic_version set version_num = $1", newest())
    await downgrade(database, "base")
    with pytest.raises(Misconfigured, match=f"the tables are at nothing and this hub needs {newest()}"):
        await refuse_unmigrated(serving)


async def test_three_hubs_that_start_at_once_migrate_once(cluster: Cluster) -> None:
    await furnish(cluster, "raced")
    urls = role_urls(cluster, "raced")
    hubs = [await asyncio.create_subprocess_exec(sys.executable, "-c", HUB, stdin=PIPE, stderr=PIPE) for _ in range(3)]
    said = await asyncio.gather(*(hub.communicate(json.dumps(asdict(urls)).encode()) for hub in hubs))
    assert [hub.returncode for hub in hubs] == [0, 0, 0], said
    assert await revision(urls) == newest()


async def test_every_tenant_table_is_under_row_security_by_plain_predicates(superuser: Superuser) -> None:
    rows = await superuser.fetch(
        "select tablename, roles::text[] as roles, cmd, qual, with_check from pg_policies where schemaname = 'hub'"
    )
    said = {(row["tablename"], *row["roles"], row["cmd"], row["qual"], row["with_check"]) for row in rows}
    own = f"(tenant = {SETTING})"
    expected = {(table.name, "hub_serve", "ALL", own, own) for table in TENANT_TABLES}
    expected |= {(table.name, "hub_work", "ALL", "true", "true") for table in TENANT_TABLES}
    assert said == expected | {("change_log", "hub_tail", "SELECT", "true", None)}
    enabled = await superuser.fetch(
        "select relname from pg_class where relnamespace = 'hub'::regnamespace and relrowsecurity"
    )
    assert {row[0] for row in enabled} == {table.name for table in TENANT_TABLES}


async def test_tail_may_read_three_tables_and_the_revision(superuser: Superuser) -> None:
    rows = await superuser.fetch(
        "select table_name, privilege_type from information_schema.role_table_grants where grantee = 'hub_tail'"
    )
    readable = ("alembic_version", "change_log", "sequencer", "sequencer_term")
    assert sorted(map(tuple, rows)) == [(name, "SELECT") for name in readable]


@pytest.mark.parametrize("table", TENANT_TABLES, ids=lambda table: str(table.name))
async def test_row_security_is_an_index_condition_where_the_tenant_leads(serving: Store, table: Table) -> None:
    """With the predicate of the policy alone the planner can seek by tenant: nothing hides the column (S8)."""
    async with serving.shard(worker_call("acme")) as tx:
        await tx.connection.exec_driver_sql("set local enable_seqscan = off")
        plan = (await tx.connection.exec_driver_sql(f"explain {table.select()}")).scalars().all()
    assert any("tenant = current_setting" in line for line in plan)
    if table.name not in WITHOUT_TENANT_INDEX:
        assert any("Index Cond: (tenant = current_setting" in line for line in plan), plan


WITHOUT_TENANT_INDEX = ("outbox",)  # read in the order of its id, by the relay alone


async def test_the_sequencer_has_its_one_row(database: RoleUrls) -> None:
    connection = await asyncpg.connect(database.work)
    try:
        assert await connection.fetchval("select last from hub.sequencer") == 0
        with pytest.raises(asyncpg.UniqueViolationError):
            await connection.execute("insert into hub.sequencer default values")
    finally:
        await connection.close()
