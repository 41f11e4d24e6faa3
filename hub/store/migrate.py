"""Brings the tables of a shard to what this version of the hub needs; the same from a checkout and from a wheel."""

from __future__ import annotations

from collections.abc import Callable

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncEngine

from hub.errors import Misconfigured
from hub.resources import resource
from hub.store.engine import open_engine
from hub.store.faults import asking
from hub.store.roles import SCHEMA, Role, RoleUrls


async def upgrade(urls: RoleUrls) -> None:
    """Migrate to the newest revision as the owner, over a direct connection. StoreBusy where others hold locks."""
    await _run(urls, lambda config: command.upgrade(config, "head"))


async def downgrade(urls: RoleUrls, revision: str) -> None:
    """Go back to *revision* (`-1`: one step). For tests and for an operator who knows."""
    await _run(urls, lambda config: command.downgrade(config, revision))


def configuration(connection: Connection | None = None) -> Config:
    """Alembic's settings, without any file: where the revisions lie and the connection to use."""
    config = Config()
    config.set_main_option("script_location", str(resource("migrations")).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def newest() -> str:
    """The one head of the revisions that ship with this version."""
    head = ScriptDirectory.from_config(configuration()).get_current_head()
    if head is None:
        message = "this distribution of the hub has no migrations"
        raise Misconfigured(message)
    return head


async def applied(engine: AsyncEngine) -> str | None:
    """The revision the database is at, None before the first."""
    with asking():
        async with engine.connect() as connection:
            return await connection.run_sync(_revision)


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection, opts={"version_table_schema": SCHEMA}).get_current_revision()


async def _run(urls: RoleUrls, step: Callable[[Config], None]) -> None:
    engine = open_engine(urls.owner, Role.OWNER, pooled=False, size=1)
    try:
        with asking():
            async with engine.connect() as connection:
                await connection.run_sync(lambda found: step(configuration(found)))
    finally:
        await engine.dispose()
