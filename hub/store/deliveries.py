"""Intents on their way to sources: what the one writer inserts, withdraws and settles (Flow-1, D7).

Claiming is `hub.store.claims`; both hold the row's lock while they write it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text

from hub.codec import typed
from hub.errors import HubFault
from hub.model.editing import Edit
from hub.model.effects import EFFECT_OF, Effect
from hub.model.intents import DeliveryState, LineGrant, Mode
from hub.model.vocabulary import Kind
from hub.store.rows import Batch
from hub.store.tx import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryRow:
    """A row of `delivery`."""

    id: str
    root_id: str
    source: str
    kind: Kind
    source_id: str | None
    action: str
    key: str
    mode: Mode
    priority: int
    state: DeliveryState
    content: Any  # Any: JSON of the type that ACTION_CONTENT names
    hash: str
    epoch: int
    attempts: int
    has_begun: bool
    claimed_at: datetime | None
    next_attempt_at: datetime
    hold_until: datetime | None
    confirm_by: datetime | None
    settled_at: datetime | None
    reference: str | None
    grants: tuple[LineGrant, ...]
    error: str | None
    error_class: str | None
    withdrawn_because: str | None
    command_id: str | None
    correlation_id: str
    created_at: datetime
    updated_at: datetime
    attempts_before: int = 0
    """Attempts at what it carried before, or before a person sent it again: they cost what it carries now nothing."""
    letter: str | None = None
    """What people did about it as a dead letter."""
    edited: Edit | None = None
    """What a person wrote differently in what it carries."""
    traceparent: str | None = None
    """The W3C trace of who asked for it, where it sent one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Whereabouts:
    """Where a delivery belongs. The source never changes; the root does in a merge."""

    root_id: str
    source: str


_COLUMNS = """id text, root_id text, source text, kind text, source_id text, action text, key text, mode text,
  priority int, state text, content jsonb, hash text, epoch bigint, attempts int, has_begun boolean,
  claimed_at timestamptz, next_attempt_at timestamptz, hold_until timestamptz, confirm_by timestamptz,
  settled_at timestamptz, reference text, grants jsonb, error text, error_class text, withdrawn_because text,
  command_id text, correlation_id text, created_at timestamptz, updated_at timestamptz, letter text,
  attempts_before int, edited jsonb, traceparent text"""
_WHEREABOUTS = text("select id, root_id, source from delivery where tenant = :tenant and id = any (:ids)").bindparams(
    bindparam("ids", type_=ARRAY(Text))
)
_CONTENT = text("select content from delivery where tenant = :tenant and id = :id")
_LOCK = text(
    "select id from delivery where tenant = :tenant and root_id = any (:roots) order by id for update"
).bindparams(bindparam("roots", type_=ARRAY(Text)))

_OPEN_BY_SOURCE = text("""
select tenant, source, count(*) as open from delivery
where state in ('PENDING', 'CLAIMED', 'ACCEPTED', 'UNKNOWN', 'REVIEW', 'DEAD') group by tenant, source
""")

PUT_DELIVERIES: Batch[DeliveryRow] = Batch(
    _COLUMNS,
    """
insert into delivery as kept (tenant, $columns) select :tenant, $columns from $rows
on conflict (tenant, id) do update
set root_id = excluded.root_id, source_id = excluded.source_id, key = excluded.key, state = excluded.state,
  content = excluded.content, hash = excluded.hash, attempts = excluded.attempts, has_begun = excluded.has_begun,
  next_attempt_at = excluded.next_attempt_at, hold_until = excluded.hold_until, confirm_by = excluded.confirm_by,
  settled_at = excluded.settled_at, reference = excluded.reference, grants = excluded.grants, error = excluded.error,
  error_class = excluded.error_class, withdrawn_because = excluded.withdrawn_because, updated_at = excluded.updated_at,
  letter = excluded.letter, attempts_before = excluded.attempts_before, edited = excluded.edited
""",
)


async def whereabouts(tx: Tx, tenant: str, ids: tuple[str, ...]) -> dict[str, Whereabouts]:
    """Root and source of deliveries by their ids; those that do not exist are not there."""
    if not ids:
        return {}
    rows = (await tx.execute(_WHEREABOUTS, {"tenant": tenant, "ids": list(ids)})).all()
    return {row.id: Whereabouts(root_id=row.root_id, source=row.source) for row in rows}


async def content_of(tx: Tx, tenant: str, delivery_id: str) -> Any:  # Any: JSON of an Effect
    """What a delivery carries; None where there is no such delivery."""
    return await tx.scalar(_CONTENT, {"tenant": tenant, "id": delivery_id})


async def open_deliveries(tx: Tx) -> dict[tuple[str, str], int]:
    """How many deliveries have not come to an end, by tenant and source; of every tenant."""
    rows = (await tx.execute(_OPEN_BY_SOURCE)).all()
    return {(row.tenant, row.source): row.open for row in rows}


async def lock_deliveries(tx: Tx, tenant: str, roots: tuple[str, ...]) -> None:
    """Hold every delivery of *roots*, in the order of their ids: no claim comes between reading and writing."""
    if roots:
        await tx.execute(_LOCK, {"tenant": tenant, "roots": list(roots)})


def effect_in(action: str, said: Any) -> Effect:  # Any: JSON
    """What a delivery carries, out of its stored form. Raises HubFault for an action of a later release."""
    kind = EFFECT_OF.get(action)
    if kind is None:
        message = f"a delivery has the action {action}, which this release does not know"
        raise HubFault(message)
    return typed(said, kind)
