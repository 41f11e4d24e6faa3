"""Which roots are due."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text

from hub.store.tx import Tx

_DUE = text("""
select tenant, id from root where wake_at <= clock_timestamp() and tenant = any(:tenants) order by wake_at limit :size
""").bindparams(bindparam("tenants", type_=ARRAY(Text)))


async def due_roots(tx: Tx, tenants: Collection[str], size: int) -> list[tuple[str, str]]:
    """(tenant, root) of at most *size* roots of *tenants* whose `wake_at` has passed, longest due first."""
    return [(row.tenant, row.id) for row in await tx.execute(_DUE, {"tenants": list(tenants), "size": size})]
