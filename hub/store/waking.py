"""Which roots are due."""

from __future__ import annotations

from sqlalchemy import text

from hub.store.tx import Tx

_DUE = text("select tenant, id from root where wake_at <= clock_timestamp() order by wake_at limit :size")


async def due_roots(tx: Tx, size: int) -> list[tuple[str, str]]:
    """(tenant, root) of at most *size* roots whose `wake_at` has passed, longest due first."""
    return [(row.tenant, row.id) for row in await tx.execute(_DUE, {"size": size})]
