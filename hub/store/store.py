"""One shard as one role sees it: transactions and looks, each confined to the caller's tenant (design D11)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from anyio import CancelScope
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from hub.call import Call
from hub.errors import HubFault, Misconfigured, StoreBusy
from hub.store.engine import open_engine
from hub.store.faults import asking, translated
from hub.store.roles import Role, RoleUrls, refuse_misgrants
from hub.store.tenant import enter
from hub.store.tx import Tx, abandon, commit

_IS_PRIMARY = text("select not pg_is_in_recovery()")


class Store:
    """Shard number 0, the only one so far, as *role*. Every store function gets its `tx` from here."""

    def __init__(self, engine: AsyncEngine, role: Role, *, pooled: bool) -> None:
        self._engine = engine
        self._looking = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._pooled = pooled
        self.role = role

    @property
    def engine(self) -> AsyncEngine:
        """The pool of connections, for measures; transactions go through `shard` and `glance`."""
        return self._engine

    @asynccontextmanager
    async def shard(self, call: Call) -> AsyncIterator[Tx]:
        """A transaction for `call.tenant`: committed when the block ends well, rolled back otherwise.

        Raises StoreBusy where the database is away, CommitUnknown where the outcome is. No source is awaited inside.
        """
        async with self._lent(self._engine, call.tenant) as connection, _transaction(connection) as tx:
            if self._pooled and self.role is Role.SERVE:
                await enter(connection, call.tenant, pooled=True)
            yield tx

    @asynccontextmanager
    async def glance(self, call: Call) -> AsyncIterator[Tx]:
        """A look without a transaction: each statement stands alone and sees what is committed when it starts.

        For reading only; it saves BEGIN and COMMIT. Behind a pooler it is a transaction all the same.
        """
        if self._pooled:
            async with self.shard(call) as tx:
                yield tx
            return
        async with self._lent(self._looking, call.tenant) as connection:
            with translated():
                yield Tx(connection=connection)

    @asynccontextmanager
    async def alone(self, call: Call) -> AsyncIterator[Tx]:
        """For one statement that writes and is a transaction by itself: it saves BEGIN and COMMIT.

        Raises StoreBusy also where it is not known whether the statement was carried out: it must bear repetition.
        """
        async with self.glance(call) as tx:
            yield tx

    @asynccontextmanager
    async def survey(self) -> AsyncIterator[Tx]:
        """A look over all tenants without a transaction, for roles WORK and TAIL; raises HubFault for SERVE."""
        if self.role is Role.SERVE or self._pooled:
            async with self.across() as tx:
                yield tx
            return
        async with self._lent(self._looking, None) as connection:
            with translated():
                yield Tx(connection=connection)

    @asynccontextmanager
    async def across(self) -> AsyncIterator[Tx]:
        """A transaction over all tenants, for roles WORK and TAIL; raises HubFault for SERVE."""
        if self.role is Role.SERVE:
            message = "role serve does not cross tenants"
            raise HubFault(message)
        async with self._lent(self._engine, None) as connection, _transaction(connection) as tx:
            yield tx

    async def ready(self) -> None:
        """Return if the shard answers as a primary; raises StoreBusy otherwise. For `/readyz`."""
        async with self._lent(self._looking, None) as connection:
            with asking():
                primary = (await connection.execute(_IS_PRIMARY)).scalar()
        if not primary:
            message = "the database is a standby"
            raise StoreBusy(message)

    async def refuse_misgrants(self) -> None:
        """Raise Misconfigured, naming every mistake, where this role could see or do more than it may."""
        async with self._lent(self._looking, None) as connection:
            driver = (await connection.get_raw_connection()).driver_connection
            if driver is None:
                message = "the pool gave no connection"
                raise HubFault(message)
            await refuse_misgrants(driver, self.role)

    async def close(self) -> None:
        """Close every connection."""
        await self._engine.dispose()

    @asynccontextmanager
    async def _lent(self, engine: AsyncEngine, tenant: str | None) -> AsyncIterator[AsyncConnection]:
        with asking():
            connection = await engine.connect()
        try:
            if tenant is not None and self.role is Role.SERVE and not self._pooled:
                with asking():
                    await enter(connection, tenant, pooled=False)
            yield connection
        finally:
            with CancelScope(shield=True):
                await connection.close()


@asynccontextmanager
async def _transaction(connection: AsyncConnection) -> AsyncIterator[Tx]:
    with translated():
        try:
            await connection.begin()
            yield Tx(connection=connection)
        except BaseException as error:
            await abandon(connection, error)
            raise
    await commit(connection)


@asynccontextmanager
async def open_store(urls: RoleUrls, role: Role, *, size: int) -> AsyncIterator[Store]:
    """The store as *role* while the block runs. Raises Misconfigured where the role may too much, StoreBusy where the
    database is away."""
    if role is Role.OWNER:
        message = "the owner only migrates"
        raise Misconfigured(message)
    store = Store(open_engine(urls.of(role), role, pooled=urls.pooled, size=size), role, pooled=urls.pooled)
    try:
        await store.refuse_misgrants()
        yield store
    finally:
        with CancelScope(shield=True):
            await store.close()
