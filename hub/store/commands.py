"""Where commands lead: from an operation's id to its order."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Text, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY

from hub.store.tx import Tx

_ROOTS = text("select id, root_id from command where tenant = :tenant and id = any(:ids)").bindparams(
    bindparam("ids", type_=ARRAY(Text))
)


async def roots_of_commands(tx: Tx, tenant: str, ids: Sequence[str]) -> dict[str, str]:
    """The root that each of the commands *ids* acts on; unknown ones are left out."""
    rows = await tx.execute(_ROOTS, {"tenant": tenant, "ids": list(ids)})
    return {row.id: row.root_id for row in rows}
