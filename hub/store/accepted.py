"""Accepted commands: the idempotency claim, who asked for what; written by the one writer alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text

from hub.codec import typed
from hub.errors import HubFault
from hub.model.approval import Approval
from hub.model.command import COMMAND_OF, Command, Consequence, OperationState
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
    input: Any  # Any: JSON of the command, read by its operation
    root_id: str
    correlation_id: str
    consequences: tuple[Consequence, ...]
    version: int
    accepted_at: datetime
    moved_at: datetime
    """When it came to stand so."""
    state: OperationState = OperationState.QUEUED
    """As its caller sees it: what lists are narrowed by."""
    is_done: bool = False
    """Whether nothing more will happen by itself."""
    remains: OperationState | None = None
    """How it stands once its deliveries have ended, where they are not all of it: QUEUED or REJECTED."""
    approval: Approval | None = None
    """That somebody must approve it, and what was decided."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """An idempotency key that was used before."""

    id: str
    hash: str
    root_id: str
    consequences: tuple[Consequence, ...] = ()


_CLAIMED = text("""
select c.id, c.hash, c.root_id, c.consequences, x.client, x.operation, x.key
from unnest(cast(:clients as text[]), cast(:operations as text[]), cast(:keys as text[])) as x(client, operation, key)
  cross join lateral (
    select * from command c where c.tenant = :tenant and c.client = x.client and c.operation = x.operation
      and c.key = x.key offset 0
  ) c
""")

Claim = tuple[str, str, str]
"""Client, operation and key: what an idempotency key is unique by, beside the tenant."""

PUT_COMMANDS: Batch[CommandRow] = Batch(
    """id text, client text, operation text, key text, hash text, input jsonb, root_id text, correlation_id text,
    consequences jsonb, version int, accepted_at timestamptz, state text, is_done boolean, moved_at timestamptz,
    approval jsonb, remains text""",
    """
insert into command as kept (tenant, $columns) select :tenant, $columns from $rows
on conflict (tenant, id) do update set version = excluded.version, root_id = excluded.root_id, state = excluded.state,
  is_done = excluded.is_done, moved_at = excluded.moved_at, approval = excluded.approval, remains = excluded.remains
""",
)


async def claimed(tx: Tx, tenant: str, claims: Sequence[Claim]) -> dict[Claim, Claimed]:
    """The commands that bear these idempotency claims, as far as any were accepted. One statement."""
    clients, operations, keys = (list(part) for part in zip(*claims, strict=True))
    named = {"tenant": tenant, "clients": clients, "operations": operations, "keys": keys}
    return {
        (row.client, row.operation, row.key): Claimed(
            id=row.id, hash=row.hash, root_id=row.root_id, consequences=typed(row.consequences, tuple[Consequence, ...])
        )
        for row in await tx.execute(_CLAIMED, named)
    }


def command_in(operation: str, said: Any) -> Command:  # Any: JSON
    """A command out of its stored form. Raises HubFault for an operation of a later release."""
    kind = COMMAND_OF.get(operation)
    if kind is None:
        message = f"a command is stored as {operation}, which this release does not know"
        raise HubFault(message)
    return typed(said, kind)
