"""What first loads have read and nobody has applied yet: taken out together with all that belongs to it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import BigInteger, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text

from hub.codec import decode, encode
from hub.model.observation import Observation, Seen
from hub.model.vocabulary import Kind
from hub.store.tx import Tx

# How long a row waits for its like from other sources grows with how long the loads have been running: whoever reads
# three times as slowly is there after three times as long.
_PUT = text("""
with put as (
  insert into staged (tenant, source, kind, body, keys, started, finished, mapping_version, correlation_id,
    ripe_at)
  select :tenant, :source, g.kind, g.body, cast(string_to_array(g.keys, ',') as bigint[]), :started, :finished,
    :mapping_version, :correlation_id, clock_timestamp() + least(:most, greatest(:least, :share * coalesce(
      clock_timestamp() - (select min(run_started_at) from cursor where tenant = :tenant and not is_loaded), :least)))
  from unnest(:kinds, :bodies, :keys) with ordinality as g (kind, body, keys, number)
  order by g.number
  returning id, keys
)
insert into staged_key (tenant, key, staged_id) select distinct :tenant, key, id from put, unnest(keys) as key
""").bindparams(*(bindparam(name, type_=ARRAY(Text)) for name in ("kinds", "bodies", "keys")))
# Each look-up is a lateral of its own, kept apart by `offset 0`: it goes by its whole key whatever the planner believes
# of a table that was never analysed.
_TAKE = text("""
with recursive seed as materialized (
  select id from staged
  where tenant = :tenant and (:all or ripe_at <= clock_timestamp()) and id <> all (:taken)
  order by ripe_at limit :seeds
), reached as (
  select id from seed
  union
  select k.staged_id from reached r
    cross join lateral (select keys from staged s where s.tenant = :tenant and s.id = r.id offset 0) s
    cross join unnest(s.keys) as u(key)
    cross join lateral (select staged_id from staged_key k where k.tenant = :tenant and k.key = u.key offset 0) k
)
select s.* from (select id from reached where id <> all (:taken) limit :size) r
  cross join lateral (select * from staged s where s.tenant = :tenant and s.id = r.id offset 0) s
order by s.id
""").bindparams(bindparam("taken", type_=ARRAY(BigInteger)))
_DROP = text("""
with gone as (delete from staged where tenant = :tenant and id = any (:ids) returning id, keys)
delete from staged_key where ctid = any (array(
  select k.ctid from gone g cross join unnest(g.keys) as u(key) cross join lateral (
    select ctid from staged_key k where k.tenant = :tenant and k.key = u.key and k.staged_id = g.id offset 0) k))
""").bindparams(bindparam("ids", type_=ARRAY(BigInteger)))
_WAITS = text("""
select exists (select from staged where tenant = :tenant and source = :source and kind = any (:kinds))
""").bindparams(bindparam("kinds", type_=ARRAY(Text)))
_READ = text("""
select source, kind, sweep from cursor where tenant = :tenant and (is_loaded or read_at is not null)
""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long what was read waits for what belongs to it."""

    least: timedelta
    most: timedelta
    share: float
    """Of the time for which the loads have been running."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What to take out."""

    seeds: int
    """Rows to begin with."""
    size: int
    """Rows at most, with whatever is tied to them."""
    is_all: bool = False
    """Nothing more is to come, so nothing waits any longer."""
    taken: frozenset[int] = frozenset()
    """In work already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Staged:
    """One object that waits."""

    id: int
    observation: Observation


async def stage(tx: Tx, tenant: str, page: Sequence[tuple[Observation, Collection[int]]], patience: Patience) -> None:
    """Keep the observations of one page of one source, each with the numbers of the keys that tie it to others."""
    if not page:
        return
    one = page[0][0]
    columns = {
        "kinds": [seen.seen.kind.value for seen, _ in page],
        "bodies": [encode(seen.seen).decode() for seen, _ in page],
        "keys": [",".join(map(str, keys)) for _, keys in page],
    }
    asked = {"source": one.source, "started": one.started, "finished": one.finished}
    said = {"mapping_version": one.mapping_version, "correlation_id": one.correlation_id}
    waits = {"least": patience.least, "most": patience.most, "share": patience.share}
    await tx.execute(_PUT, {"tenant": tenant} | columns | asked | said | waits)


async def ripe(tx: Tx, tenant: str, wanted: Wanted) -> list[Staged]:
    """The first that have waited long enough, with whatever is tied to them, oldest first."""
    asked = {"tenant": tenant, "seeds": wanted.seeds, "size": wanted.size, "all": wanted.is_all}
    rows = (await tx.execute(_TAKE, asked | {"taken": sorted(wanted.taken)})).all()
    return [
        Staged(
            id=row.id,
            observation=Observation(
                source=row.source,
                seen=decode(row.body, Seen),
                started=row.started,
                finished=row.finished,
                mapping_version=row.mapping_version,
                correlation_id=row.correlation_id,
            ),
        )
        for row in rows
    ]


async def unstage(tx: Tx, tenant: str, ids: Sequence[int]) -> None:
    """These are applied: written by the one writer, with what they said."""
    if ids:
        await tx.execute(_DROP, {"tenant": tenant, "ids": list(ids)})


async def waits(tx: Tx, tenant: str, source: str, kinds: Collection[Kind]) -> bool:
    """Whether anything of a source and these kinds is not applied yet."""
    told: bool = await tx.scalar(
        _WAITS, {"tenant": tenant, "source": source, "kinds": sorted(kind.value for kind in kinds)}
    )
    return told


async def read_sweeps(tx: Tx, tenant: str) -> frozenset[tuple[str, Kind, str]]:
    """The sweeps, by source, kind and name, whose first run has been read to its end."""
    rows = (await tx.execute(_READ, {"tenant": tenant})).all()
    return frozenset((row.source, Kind(row.kind), row.sweep) for row in rows)
