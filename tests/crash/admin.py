"""The judge's own way to the database: as superuser, beside the hub, over one connection, made anew when lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import asyncpg

AWAY = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, TimeoutError)
"""What asyncpg raises over a server that was killed; the last but one where it died in the middle of an answer."""
CONNECT_SECONDS = 5.0

T = TypeVar("T")


class Admin:
    """Looks at one database."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._connection: asyncpg.Connection | None = None
        self._turn = asyncio.Lock()

    async def rows(self, query: str, *values: object) -> Sequence[Any] | None:  # Any: rows of any query
        """The rows; None while the database is away."""
        return await self._asked(lambda connection: connection.fetch(query, *values))

    async def at_once(self, *queries: str) -> Sequence[Sequence[Any]] | None:  # Any: rows of any query
        """The rows of each query, all as of one instant; None while the database is away."""

        async def ask(connection: asyncpg.Connection) -> Sequence[Sequence[Any]]:
            async with connection.transaction(isolation="repeatable_read", readonly=True):
                return [await connection.fetch(query) for query in queries]

        return await self._asked(ask)

    async def value(self, query: str, *values: object) -> Any:  # Any: as above
        """The one value of the one row; None while the database is away."""
        found = await self.rows(query, *values)
        return found[0][0] if found else None

    async def hold(self, table: str, seconds: float) -> None:
        """Let nobody write to *table* for so long: who wants to waits. Nothing happens while the database is away."""

        async def ask(connection: asyncpg.Connection) -> None:
            async with connection.transaction():
                await connection.execute(f"lock table {table} in share mode")
                await asyncio.sleep(seconds)

        await self._asked(ask)

    async def close(self) -> None:
        """Let the connection go."""
        if self._connection is not None:
            self._connection.terminate()
            self._connection = None

    async def _asked(self, ask: Callable[[asyncpg.Connection], Awaitable[T]]) -> T | None:
        """One question at a time; None while the database is away: the next connects anew."""
        async with self._turn:
            try:
                return await ask(await self._connected())
            except AWAY:
                await self.close()
                return None

    async def _connected(self) -> asyncpg.Connection:
        if self._connection is None:
            self._connection = await asyncpg.connect(self._dsn, timeout=CONNECT_SECONDS)
        return self._connection


@asynccontextmanager
async def looking(dsn: str) -> AsyncIterator[Admin]:
    """An Admin while the block runs."""
    admin = Admin(dsn)
    try:
        yield admin
    finally:
        await admin.close()
