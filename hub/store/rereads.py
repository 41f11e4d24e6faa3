"""Records that a source has told again as they are: is nothing open that hangs on when they were read, then their
intervals move (Obs-2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from hub.model.vocabulary import Kind
from hub.store.rows import Batch


@dataclass(frozen=True, slots=True, kw_only=True)
class Reread:
    """One record, told again."""

    at: int
    """Which of those that are asked together."""
    source: str
    kind: Kind
    source_id: str
    birth: str
    hash: str
    version: int | None
    started: datetime
    finished: datetime
    sku: str | None
    """Of a position in stock, with its warehouse."""
    warehouse: str | None
    below: bool
    """It may serve several orders, and is then a root of its own."""


_COLUMNS = """at int, source text, kind text, source_id text, birth text, hash text, version bigint,
  started timestamptz, finished timestamptz, sku text, warehouse text, below boolean"""
_RECORD = """
r.tenant = :tenant and r.source = x.source and r.kind = x.kind and r.source_id = x.source_id and r.birth = x.birth
  and r.hash = x.hash and r.source_version is not distinct from x.version
"""
_ROOT = """
o.tenant = :tenant and o.id = coalesce((select e.root_id from entity e where e.tenant = r.tenant and e.kind = r.kind
  and e.id = r.entity_id and e.redirect_to is null), case when r.kind = 'INVENTORY' then r.entity_id end)
"""
# What a turn of the root finds depends on a record's interval only beside other answers for the same id, deliveries
# that were claimed or settled since the record was read last, and units that are held back of a position. Time itself
# and what has come to be covered set `wake_at`.
_UNDISTURBED = """
not r.pushed and r.gone_at is null and r.rival is null and not r.in_doubt
  and (o.wake_at is null or o.wake_at > clock_timestamp())
  and not exists (select from absence a where a.tenant = r.tenant and a.source = r.source and a.kind = r.kind
    and a.source_id = r.source_id)
  and not exists (select from record b where b.tenant = r.tenant and b.source = r.source and b.kind = r.kind
    and b.source_id = r.source_id and b.birth <> r.birth)
  and (o.kind = 'ORDER' or not x.below)
  and not exists (select from delivery d where d.tenant = r.tenant and d.root_id = o.id
    and (d.state not in ('DONE', 'REFUSED', 'WITHDRAWN') or greatest(d.claimed_at, d.settled_at) >= r.started))
  and not exists (select from reservation v where v.tenant = r.tenant and v.sku = x.sku and v.warehouse = x.warehouse
    and v.state = 'ACTIVE')
"""


def _batch(sql: str) -> Batch[Reread]:
    for name, meant in (("$record", _RECORD), ("$root", _ROOT), ("$undisturbed", _UNDISTURBED)):
        sql = sql.replace(name, meant)
    return Batch(_COLUMNS, sql)


FIND_STILL = _batch("select x.at::text from $rows join record r on $record join root o on $root where $undisturbed")
"""Which of them are as they were and undisturbed: a look without locks."""

LOCK_ROOTS = _batch(
    "select o.id from $rows join record r on $record join root o on $root order by o.id for update of o"
)
"""Hold the roots that they are under, sorted."""

MOVE_STILL = _batch("""
update record r set started = greatest(r.started, x.started), finished = greatest(r.finished, x.finished)
from $rows, root o where $record and $root and $undisturbed returning x.at::text
""")
"""Move the intervals of those that still are, under the locks: each end to the later of the two."""
