"""Hints that wait to be served, for the owner of their source (Obs-2). Raising and closing them is the writer's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text

from hub.model.vocabulary import Kind
from hub.store.tx import Tx

_OPEN = text("""
select kind, source_id, counter, priority, attempts, correlation_id from hint
where tenant = :tenant and source = :source and is_open and due_at <= clock_timestamp()
  and kind || ' ' || source_id <> all (:busy)
order by priority, due_at limit :size
""").bindparams(bindparam("busy", type_=ARRAY(Text)))
_LATER = text("""
update hint set attempts = attempts + 1, error = coalesce(failed.error, hint.error),
  due_at = clock_timestamp() + least(cast(:most as interval), cast(:first as interval) * power(2, least(attempts, 16)))
from unnest(:ids, :errors) as failed (id, error)
where tenant = :tenant and source = :source and kind = :kind and source_id = failed.id and is_open
""").bindparams(bindparam("ids", type_=ARRAY(Text)), bindparam("errors", type_=ARRAY(Text)))

FIRST_WAIT = timedelta(seconds=1)
LONGEST_WAIT = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenHint:
    """An object to read again."""

    kind: Kind
    source_id: str
    counter: int
    """As it stood before the read: what the read serves."""
    priority: int
    attempts: int
    """Reads that failed since it was last served."""
    correlation_id: str

    @property
    def name(self) -> str:
        """What tells it from other hints of its source."""
        return f"{self.kind.value} {self.source_id}"


async def open_hints(tx: Tx, where: tuple[str, str], size: int, busy: Sequence[str]) -> tuple[OpenHint, ...]:
    """The first *size* due hints of (tenant, source) by priority, but for those *busy* by name."""
    tenant, source = where
    rows = await tx.execute(_OPEN, {"tenant": tenant, "source": source, "size": size, "busy": list(busy)})
    return tuple(
        OpenHint(
            kind=Kind(row.kind),
            source_id=row.source_id,
            counter=row.counter,
            priority=row.priority,
            attempts=row.attempts,
            correlation_id=row.correlation_id,
        )
        for row in rows.all()
    )


async def back_off(tx: Tx, where: tuple[str, str], kind: Kind, failed: Mapping[str, str | None]) -> None:
    """Leave hints of (tenant, source) for later: 1, 2, 4 ... seconds, at most five minutes.

    *failed* says by id why the object itself cannot be read; None where it was the source that failed.
    """
    tenant, source = where
    terms = {"tenant": tenant, "source": source, "kind": kind.value}
    lists = {"ids": list(failed), "errors": list(failed.values())}
    await tx.execute(_LATER, terms | lists | {"first": FIRST_WAIT, "most": LONGEST_WAIT})
