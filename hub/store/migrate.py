"""Brings the tables of a shard to what this version of the hub needs; the same from a checkout and from a wheel."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncEngine

from hub.errors import Misconfigured
from hub.resources import resource
from hub.store.engine import open_engine
from hub.store.faults import asking
from hub.store.roles import SCHEMA, Role, RoleUrls
from hub.store.store import Store

_KNOWS_REVISIONS = text(f"select to_regclass('{SCHEMA}.alembic_version')")
_REVISION = text(f"select version_num from {SCHEMA}.alembic_version")  # noqa: S608 (our own constant)


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


@cache
def shipped() -> tuple[str, ...]:
    """The revisions that ship with this version, the newest first; read once."""
    script = ScriptDirectory.from_config(configuration())
    found = tuple(revision.revision for revision in script.walk_revisions())
    if not found:
        message = "this distribution of the hub has no migrations"
        raise Misconfigured(message)
    return found


def newest() -> str:
    """The one head of the revisions that ship with this version."""
    return shipped()[0]


async def applied(engine: AsyncEngine) -> str | None:
    """The revision the database is at, None before the first. Any role may ask."""
    with asking():
        async with engine.connect() as connection:
            if await connection.scalar(_KNOWS_REVISIONS) is None:
                return None
            revision: str | None = await connection.scalar(_REVISION)
            return revision


async def refuse_unmigrated(store: Store) -> None:
    """Raise Misconfigured where the tables are older than this code needs; a revision it does not know is newer."""
    found = await applied(store.engine)
    if found is None or (found in shipped() and found != newest()):
        message = f"the tables are at {found or 'nothing'} and this hub needs {newest()}: run `opshub migrate`"
        raise Misconfigured(message)


async def _run(urls: RoleUrls, step: Callable[[Config], None]) -> None:
    engine = open_engine(urls.owner, Role.OWNER, pooled=False, size=1)
    try:
        with asking():
            async with engine.connect() as connection:
                await connection.run_sync(lambda found: step(configuration(found)))
    finally:
        await engine.dispose()
