"""Exception cases as callers look at them: equal keys are one case, whatever number of roots have it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import text

from hub.store.tx import Tx

_ROOTS = text("""
select distinct root_id from exception_case
where tenant = :tenant and dedup_key = :key and closed_at is null order by root_id
""")


async def roots_of_case(tx: Tx, tenant: str, dedup_key: str) -> Sequence[str]:
    """The roots that have the case open now."""
    return await tx.scalars(_ROOTS, {"tenant": tenant, "key": dedup_key})
