"""Removing for good what a retired source said (design D16): its records, and what was kept of the source itself."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import text

from hub.model.vocabulary import Kind
from hub.store.rows import Batch
from hub.store.tx import Tx

NOWHERE = ""
"""`redirect_to` of an entity that is withdrawn: it leads to nothing, and whatever redirects to it leads nowhere too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordGone:
    """A record to be removed."""

    source: str
    kind: Kind
    source_id: str
    birth: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityGone:
    """An entity that no record tells of any more."""

    kind: Kind
    id: str
    version: int


_THIS = "(k.source, k.kind, k.source_id, k.birth) = (g.source, g.kind, g.source_id, g.birth)"
_SLOT = "(k.source, k.kind, k.source_id) = (g.source, g.kind, g.source_id)"
FORGET_RECORDS: Batch[RecordGone] = Batch(
    "source text, kind text, source_id text, birth text",
    f"""
with gone as materialized (select * from $rows),
  told as (delete from record k using gone g where k.tenant = :tenant and {_THIS}),
  referred as (delete from link k using gone g where k.tenant = :tenant and {_THIS}),
  reached as (delete from milestone k using gone g where k.tenant = :tenant and {_THIS}),
  missed as (delete from absence k using gone g where k.tenant = :tenant and {_SLOT}),
  raw as (
    delete from raw_answer k using gone g
    where k.tenant = :tenant and k.ref = g.source || '/' || g.kind || '/' || g.source_id || '/' || g.birth
  )
delete from hint k using gone g where k.tenant = :tenant and {_SLOT}
""",  # noqa: S608 (constants are put in, no values)
)

WITHDRAW_ENTITIES: Batch[EntityGone] = Batch(
    "kind text, id text, version int",
    """
update entity as kept
set redirect_to = '', version = x.version, doc = '{}', account = null, number = null, status = null,
  status_since = null, placed_at = null, promised_ship_at = null, total = null, channel = null, customer_id = null,
  is_partial = false, missing_in = '{}', skus = '{}', warehouse_ids = '{}', updated_at = clock_timestamp()
from $rows where kept.tenant = :tenant and kept.kind = x.kind and kept.id = x.id
""",
)

_REST = tuple(
    text(f"delete from {table} where tenant = :tenant and source = :source")  # noqa: S608 (names of ours)
    for table in ("coverage", "cursor", "hint", "absence", "identity", "inbox", "bus_place", "source_state")
)


async def forget_source(tx: Tx, tenant: str, source: str) -> None:
    """Remove what was kept of the source itself: how far it was read, what to read again, what it posted, its keys."""
    for statement in _REST:
        await tx.execute(statement, {"tenant": tenant, "source": source})
