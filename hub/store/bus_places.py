"""How far the topics of sources were taken in: kept in the transaction that keeps the rows (engines.md 4.4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import text

from hub.store.rows import Batch
from hub.store.tx import Tx

_PLACES = text("select partition, next from bus_place where tenant = :tenant and source = :source and topic = :topic")
_FORGET = text("delete from bus_place where tenant = :tenant and source = :source")
_BEHIND = text("""
select tenant, source, topic, sum(greatest("end" - next, 0))::bigint as behind from bus_place
group by tenant, source, topic order by tenant, source, topic
""")


@dataclass(frozen=True, slots=True, kw_only=True)
class BusPlace:
    """How far one partition was taken in."""

    source: str
    topic: str
    partition: int
    next: int
    """Offset of the first record that was not."""
    end: int
    """Offset after the last one there is, as last heard."""


_KEEP: Batch[BusPlace] = Batch(
    'source text, topic text, partition int, next bigint, "end" bigint',
    """
insert into bus_place (tenant, source, topic, partition, next, "end")
select :tenant, source, topic, partition, next, "end" from $rows
on conflict (tenant, source, topic, partition)
do update set next = excluded.next, "end" = excluded."end", moved_at = clock_timestamp()
""",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """How many records of a source's topic were not yet taken in."""

    tenant: str
    source: str
    topic: str
    behind: int


async def bus_places(tx: Tx, tenant: str, source: str, topic: str) -> Mapping[int, int]:
    """The next offset of each partition that was ever read."""
    rows = await tx.execute(_PLACES, {"tenant": tenant, "source": source, "topic": topic})
    return {row.partition: row.next for row in rows}


async def keep_places(tx: Tx, tenant: str, places: Sequence[BusPlace]) -> None:
    """Keep how far a topic was taken in."""
    await _KEEP.write(tx, tenant, places)


async def forget_places(tx: Tx, tenant: str, source: str) -> None:
    """Begin again at the first record, should the source ever come back."""
    await tx.execute(_FORGET, {"tenant": tenant, "source": source})


async def behind_on_topics(tx: Tx) -> Sequence[Behind]:
    """How far every topic is behind, as its reader last heard."""
    rows = await tx.execute(_BEHIND)
    return [Behind(tenant=row.tenant, source=row.source, topic=row.topic, behind=row.behind) for row in rows]
