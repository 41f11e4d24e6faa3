"""What the harness does to the database beside the hub."""

import asyncio

import asyncpg
import pytest

from hub.store.roles import RoleUrls
from tests.crash.admin import Admin, looking
from tests.crash.nemesis import ENTITIES
from tests.crash.quiet import until

HELD = "select exists (select from pg_locks where relation = $1::regclass and mode = 'ShareLock' and granted)"
WRITE = f"delete from {ENTITIES}"  # noqa: S608 - a name of ours


async def _is_held(admin: Admin) -> bool:
    return bool(await admin.value(HELD, ENTITIES))


async def test_nobody_writes_to_a_table_while_it_is_held(database: RoleUrls) -> None:
    async with looking(database.owner) as holder, looking(database.owner) as admin:
        holding = asyncio.create_task(holder.hold(ENTITIES, 1.0))
        await until(lambda: _is_held(admin))
        writer = await asyncpg.connect(database.owner)
        try:
            await writer.execute("set lock_timeout = 50")
            with pytest.raises(asyncpg.LockNotAvailableError):
                await writer.execute(WRITE)
            await holding
            assert await writer.execute(WRITE) == "DELETE 0"
        finally:
            await writer.close()


async def test_a_database_that_is_away_is_not_held() -> None:
    await Admin("postgresql://127.0.0.1:1/nobody").hold(ENTITIES, 60.0)
