"""Sets the tenant of a connection: the one function that does (design D11, section 11 rule 11, threat S8)."""

from __future__ import annotations

from anyio import CancelScope
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.errors import HubFault
from hub.store.engine import TENANT

_IN_SESSION = "select set_config('hub.tenant', $1, false)"
_IN_TRANSACTION = text("select set_config('hub.tenant', :tenant, true)")


async def enter(connection: AsyncConnection, tenant: str, *, pooled: bool) -> None:
    """Confine *connection* to *tenant*, which is not empty.

    Direct: outside any transaction, so that no rollback undoes it, and only when the connection changes tenant. Behind
    a pooler: inside the transaction, for its length. Where the setting is not confirmed the connection is closed.
    """
    if not tenant:
        message = "a tenant without a name"
        raise HubFault(message)
    if pooled:
        await connection.execute(_IN_TRANSACTION, {"tenant": tenant})
    elif connection.info.get(TENANT) != tenant:
        await _change(connection, tenant)


async def _change(connection: AsyncConnection, tenant: str) -> None:
    info = connection.info
    info[TENANT] = None  # until confirmed
    try:
        driver = (await connection.get_raw_connection()).driver_connection
        said = None if driver is None else await driver.fetchval(_IN_SESSION, tenant)
        if said != tenant:
            message = "the database did not confirm the tenant"
            raise HubFault(message)
    except BaseException:
        with CancelScope(shield=True):
            await connection.invalidate()
        raise
    info[TENANT] = tenant
