"""What people decide and is done at once: its idempotency claim, and what it led to. Only such have an outcome."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB

from hub.store.rows import Batch
from hub.store.sameness import Merged
from hub.store.tx import Tx

CONSOLE = "console"
"""What stands for the root of a decision that is about no order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """An idempotency claim: scoped by (tenant, client, operation)."""

    id: str
    client: str
    operation: str
    key: str
    hash: str
    input: Any  # Any: JSON
    correlation_id: str
    root: str = CONSOLE
    """The order it is about, if it is about one."""
    said: Any = None  # Any: JSON; what was known before it was applied, kept with the outcome

    def about(self, order_id: str) -> Claim:
        """The claim of a decision about an order."""
        return replace(self, root=order_id)

    def saying(self, said: Any) -> Claim:  # Any: JSON
        """The claim with what is known before it is applied."""
        return replace(self, said=said)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A command of the console that was accepted."""

    id: str
    client: str
    operation: str
    hash: str
    correlation_id: str
    outcome: Any  # Any: JSON of what it led to
    accepted_at: datetime


_COLUMNS = "id, client, operation, hash, correlation_id, outcome, accepted_at"
_EARLIER = text(f"""
select {_COLUMNS} from command
where tenant = :tenant and client = :client and operation = :operation and key = :key
""")  # noqa: S608 (columns of ours)
_BY_ID = text(f"select {_COLUMNS} from command where tenant = :tenant and id = :id and outcome is not null")  # noqa: S608 (columns of ours)
_PUT = text("""
insert into command (tenant, id, client, operation, key, hash, input, root_id, correlation_id, outcome, state, is_done)
values (:tenant, :id, :client, :operation, :key, :hash, :input, :root, :correlation_id, :outcome, 'APPLIED', true)
""").bindparams(bindparam("input", type_=JSONB), bindparam("outcome", type_=JSONB))


MOVE_DECISIONS: Batch[Merged] = Batch(
    "survivor text, loser text",
    """
update command as kept set root_id = x.survivor from $rows
where kept.tenant = :tenant and kept.root_id = x.loser and kept.outcome is not null
""",
)
"""What people decided about an order stays with the one that it merged into."""


async def earlier(tx: Tx, tenant: str, claim: Claim) -> Kept | None:
    """The command that bears the claim, if any was accepted."""
    named = {"tenant": tenant, "client": claim.client, "operation": claim.operation, "key": claim.key}
    row = (await tx.execute(_EARLIER, named)).mappings().first()
    return None if row is None else Kept(**row)


async def console_command(tx: Tx, tenant: str, command_id: str) -> Kept | None:
    """A command of the console by its id."""
    row = (await tx.execute(_BY_ID, {"tenant": tenant, "id": command_id})).mappings().first()
    return None if row is None else Kept(**row)


async def put_claim(tx: Tx, tenant: str, claim: Claim, outcome: Any) -> None:  # Any: JSON
    """Keep the claim with what it led to. Raises StoreTaken where another request was first."""
    given = {
        "tenant": tenant,
        "id": claim.id,
        "client": claim.client,
        "operation": claim.operation,
        "key": claim.key,
        "hash": claim.hash,
        "input": claim.input,
        "root": claim.root,
        "correlation_id": claim.correlation_id,
        "outcome": outcome,
    }
    await tx.execute(_PUT, given)
