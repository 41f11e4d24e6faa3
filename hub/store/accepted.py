"""Accepted commands: the idempotency claim, who asked for what; written by the one writer alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text

from hub.codec import typed
from hub.model.command import CancelCommand, Consequence
from hub.store.rows import Batch
from hub.store.tx import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandRow:
    """A row of `command`, but for its outcome."""

    id: str
    client: str
    operation: str
    key: str
    hash: str
    input: CancelCommand
    root_id: str
    correlation_id: str
    consequences: tuple[Consequence, ...]
    version: int
    accepted_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """An idempotency key that was used before."""

    id: str
    hash: str
    consequences: tuple[Consequence, ...] = ()


_CLAIMED = text("""
select id, hash, consequences from command
where tenant = :tenant and client = :client and operation = :operation and key = :key
""")

PUT_COMMANDS: Batch[CommandRow] = Batch(
    """id text, client text, operation text, key text, hash text, input jsonb, root_id text, correlation_id text,
    consequences jsonb, version int, accepted_at timestamptz""",
    """
insert into command as kept (tenant, $columns) select :tenant, $columns from $rows
on conflict (tenant, id) do update set version = excluded.version, root_id = excluded.root_id
""",
)


async def claimed(tx: Tx, tenant: str, claim: tuple[str, str, str]) -> Claimed | None:
    """The command that bears the idempotency claim (client, operation, key), if any was accepted."""
    client, operation, key = claim
    named = {"tenant": tenant, "client": client, "operation": operation, "key": key}
    row = (await tx.execute(_CLAIMED, named)).first()
    if row is None:
        return None
    return Claimed(id=row.id, hash=row.hash, consequences=typed(row.consequences, tuple[Consequence, ...]))
