"""Connections are limited in time and thrown away when in doubt (design section 11 rule 5; F5, F7, F8)."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import text

from hub.call import worker_call
from hub.errors import StoreBusy
from hub.store.engine import session_settings
from hub.store.roles import Role, RoleUrls
from hub.store.store import Store, open_store
from tests.kit.pg import Superuser
from tests.kit.wait import until

ACME = worker_call("acme")
MINE = text("select pg_backend_pid()")


async def backend(store: Store) -> int:
    async with store.glance(ACME) as tx:
        pid: int = await tx.scalar(MINE)
        return pid


async def fail_with(store: Store, state: str) -> None:
    async with store.shard(ACME) as tx:
        await tx.execute(text(f"do $$begin raise exception using errcode = '{state}'; end$$"))


async def test_a_connection_that_the_server_closed_is_replaced_unnoticed(store: Store, superuser: Superuser) -> None:
    pid = await backend(store)
    await superuser.execute("select pg_terminate_backend($1, 5000)", pid)
    await until(lambda: not Path(f"/proc/{pid}").exists())
    await asyncio.sleep(0.05)  # the end of the socket, which is there, is read
    assert await backend(store) != pid


@pytest.mark.parametrize("state", ["25006", "57P01", "08006", "57P03"])
async def test_after_these_errors_no_connection_of_the_pool_is_used_again(database: RoleUrls, state: str) -> None:
    async with open_store(database, Role.WORK, size=1) as store:
        pid = await backend(store)
        with pytest.raises(StoreBusy):
            await fail_with(store, state)
        assert await backend(store) != pid


async def test_an_ordinary_error_keeps_the_connection(database: RoleUrls) -> None:
    async with open_store(database, Role.WORK, size=1) as store:
        pid = await backend(store)
        with pytest.raises(Exception, match="the database refused a statement"):
            await fail_with(store, "22012")
        assert await backend(store) == pid


async def test_a_connection_is_used_again_with_its_statements_prepared(database: RoleUrls) -> None:
    async with open_store(database, Role.WORK, size=1) as store:
        pid = await backend(store)
        assert await backend(store) == pid
        async with store.glance(ACME) as tx:
            prepared = await tx.scalars(text("select statement from pg_prepared_statements"))
        assert str(MINE) in prepared


async def test_nothing_is_sent_but_the_statements_themselves(store: Store, superuser: Superuser) -> None:
    """No RESET, no probe: the last thing a returned connection did is the last thing it was asked."""
    async with store.glance(ACME) as tx:
        pid = await tx.scalar(MINE)
    assert await superuser.fetchval("select query from pg_stat_activity where pid = $1", pid) == str(MINE)
    async with store.shard(ACME) as tx:
        pid = await tx.scalar(MINE)
    assert await superuser.fetchval("select query from pg_stat_activity where pid = $1", pid) == "COMMIT;"


@pytest.mark.parametrize("role", [Role.SERVE, Role.WORK, Role.TAIL])
async def test_every_session_is_limited_in_time(database: RoleUrls, role: Role) -> None:
    limits = session_settings(role, pooled=False)
    async with open_store(database, role, size=1) as store, store.glance(ACME) as tx:
        for name in ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"):
            shown = text("select setting from pg_settings where name = :name")
            assert await tx.scalar(shown, {"name": name}) == limits[name]
            assert int(limits[name]) > 0


def test_behind_a_pooler_nothing_is_set_at_connect_that_it_would_refuse() -> None:
    assert session_settings(Role.SERVE, pooled=True) == {"application_name": "opshub serve"}


async def test_a_statement_that_takes_too_long_is_busy(store: Store) -> None:
    with pytest.raises(StoreBusy):
        await sleep_too_long(store)


async def sleep_too_long(store: Store) -> None:
    async with store.shard(ACME) as tx:
        await tx.execute(text("set local statement_timeout = '20ms'"))
        await tx.execute(text("select pg_sleep(5)"))


async def test_a_process_paused_inside_a_transaction_does_not_hold_its_locks_for_ever(
    store: Store, superuser: Superuser
) -> None:
    with pytest.raises(StoreBusy):
        await dawdle(store, superuser)
    await store.ready()


async def dawdle(store: Store, superuser: Superuser) -> None:
    async with store.shard(ACME) as tx:
        await tx.execute(text("set local idle_in_transaction_session_timeout = '20ms'"))
        await tx.lock_keys("acme", ["a"])
        driver = (await tx.connection.get_raw_connection()).driver_connection
        assert driver is not None
        await until(driver.is_closed)
        assert await superuser.fetchval("select count(*) from pg_locks where locktype = 'advisory'") == 0
        await tx.execute(MINE)
