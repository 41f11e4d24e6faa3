"""Which systems a command still waits for."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import text

from hub.store.tx import Tx

_UNSETTLED = text("""
select distinct source from delivery
where tenant = :tenant and command_id = :command and state in ('PENDING', 'CLAIMED', 'UNKNOWN', 'ACCEPTED')
""")


async def unsettled(tx: Tx, tenant: str, command_id: str) -> Sequence[str]:
    """Sources at which a delivery of the command may still move by itself."""
    return await tx.scalars(_UNSETTLED, {"tenant": tenant, "command": command_id})
