"""One database transaction, or one look without a transaction, of one shard."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from anyio import CancelScope, fail_after
from sqlalchemy import BigInteger, CursorResult, Executable, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.errors import CommitUnknown
from hub.failpoint import reached
from hub.store.faults import asking, connection_lost, told

COMMIT_PATIENCE = 15.0  # seconds; cancelling a COMMIT would make its outcome unknown

Parameters = Mapping[str, Any] | Sequence[Mapping[str, Any]]  # Any: column values

_LOCK = text("select count(pg_advisory_xact_lock(key)) from unnest(:keys) as key").bindparams(
    bindparam("keys", type_=ARRAY(BigInteger))
)
_NOW = text("select clock_timestamp()")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tx:
    """What may be done in one transaction of one shard; made by `Store`, never kept beyond its block.

    Every method raises StoreBusy (or StoreContended, StoreTaken) instead of the database's errors.
    """

    connection: AsyncConnection

    async def execute(self, statement: Executable, parameters: Parameters | None = None) -> CursorResult[Any]:
        """The result of one statement, all rows read."""
        with asking():
            return await self.connection.execute(statement, parameters)

    async def scalars(self, statement: Executable, parameters: Parameters | None = None) -> Sequence[Any]:
        """The first column of every row."""
        return (await self.execute(statement, parameters)).scalars().all()

    async def scalar(self, statement: Executable, parameters: Parameters | None = None) -> Any:  # Any: a column value
        """The first column of the first row, None where there is no row."""
        return (await self.execute(statement, parameters)).scalar()

    async def now(self) -> datetime:
        """This instant by the database's clock, aware, UTC; moves within the transaction."""
        moment: datetime = await self.scalar(_NOW)
        return moment

    async def lock_keys(self, tenant: str, keys: Iterable[str]) -> None:
        """Hold *keys* of *tenant* against every other transaction until this one ends, in one statement.

        Taken in one order by everybody, so that two calls never deadlock on each other. Two keys may share a lock.
        """
        numbers = sorted({lock_number(tenant, key) for key in keys})
        if numbers:
            await self.execute(_LOCK, {"keys": numbers})


def lock_number(tenant: str, key: str) -> int:
    """The signed 64-bit number that stands for *key* of *tenant* among the advisory locks."""
    named = f"{tenant}\x1f{key}".encode()
    return int.from_bytes(hashlib.blake2b(named, digest_size=8).digest(), "big", signed=True)


async def commit(connection: AsyncConnection) -> None:
    """Commit; a cancelled caller waits for the answer. Raises CommitUnknown where the answer never came.

    Where the server answered no, its own error is raised as the hub's and nothing was written.
    """
    reached("tx.commit")
    try:
        with fail_after(COMMIT_PATIENCE, shield=True):
            await connection.commit()
    except (SQLAlchemyError, OSError) as error:
        if not connection_lost(error):
            raise told(error) from error
        await discard(connection)
        message = "the connection was lost during COMMIT; the command row on the primary tells what happened"
        raise CommitUnknown(message) from error
    except BaseException:  # a task cancelled by force: nobody will read the answer
        await discard(connection)
        raise
    reached("tx.committed")


async def abandon(connection: AsyncConnection, error: BaseException) -> None:
    """Roll back after *error*; a connection in doubt is closed instead."""
    if isinstance(error, Exception) and not connection_lost(error):
        try:
            with fail_after(COMMIT_PATIENCE, shield=True):
                await connection.rollback()
        except (SQLAlchemyError, OSError):
            await discard(connection)
    else:
        await discard(connection)


async def discard(connection: AsyncConnection) -> None:
    """Close the connection for good; the server rolls back what was open."""
    with CancelScope(shield=True):
        await connection.invalidate()
