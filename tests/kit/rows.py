"""Rows that a test needs in the store without the story that led to them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import text

from hub.call import Call
from hub.codec import digest, encode
from hub.model.intents import Intent
from hub.store.store import Store

_INSERT = text("""
insert into delivery (tenant, id, root_id, source, kind, source_id, action, key, mode, priority, state, content, hash,
  epoch, attempts, next_attempt_at, hold_until, confirm_by, correlation_id)
values (:tenant, :id, :root_id, :source, :kind, :source_id, :action, :key, :mode, :priority, :state,
  cast(:content as jsonb), :hash, :epoch, :attempts, clock_timestamp() + cast(:due as interval),
  clock_timestamp() + cast(:hold as interval), clock_timestamp() + cast(:confirm as interval), 'correlation-1')
""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A delivery on its way; times are relative to now."""

    id: str
    intent: Intent
    root: str = "root-1"
    state: str = "PENDING"
    epoch: int = 0
    attempts: int = 0
    due: timedelta = timedelta()
    hold: timedelta = timedelta()
    confirm: timedelta = field(default=timedelta(days=1))


async def put_delivery(store: Store, call: Call, sent: Sent) -> None:
    """Insert the row."""
    intent = sent.intent
    row: dict[str, Any] = {
        "tenant": call.tenant, "id": sent.id, "root_id": sent.root, "source": intent.source, "kind": intent.kind.value,
        "source_id": intent.source_id, "action": intent.action, "key": f"{intent.key}:{sent.id}",
        "mode": intent.mode.value, "priority": intent.priority, "state": sent.state, "hash": digest(intent.content),
        "content": encode(intent.content).decode(), "epoch": sent.epoch, "attempts": sent.attempts, "due": sent.due,
        "hold": sent.hold, "confirm": sent.confirm,
    }  # fmt: skip
    async with store.shard(call) as tx:
        await tx.execute(_INSERT, row)


async def delivery_row(store: Store, call: Call, delivery_id: str) -> dict[str, Any]:
    """The row as it stands."""
    async with store.glance(call) as tx:
        found = await tx.execute(
            text("select * from delivery where tenant = :tenant and id = :id"),
            {"tenant": call.tenant, "id": delivery_id},
        )
        return dict(found.mappings().one())


async def end_lease(store: Store, call: Call, source: str, *, ago: timedelta = timedelta()) -> None:
    """Let the lease of *source* have run out *ago*."""
    async with store.shard(call) as tx:
        await tx.execute(
            text("update lease set until = clock_timestamp() - cast(:ago as interval) where source = :source"),
            {"ago": ago, "source": source},
        )


async def free_lanes(store: Store, call: Call, source: str) -> None:
    """Let everything an older owner sent have arrived."""
    async with store.shard(call) as tx:
        await tx.execute(
            text("update lease set lanes_from = clock_timestamp() where source = :source"), {"source": source}
        )
