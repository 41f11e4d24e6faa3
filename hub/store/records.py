"""What each source last said, and when an id was asked for and not found (Obs-1 to Obs-3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hub.model.observation import Content
from hub.model.vocabulary import Kind
from hub.store.rows import Batch


@dataclass(frozen=True, slots=True, kw_only=True)
class Rival:
    """A dropped answer that overlaps the kept one."""

    content: Content
    hash: str
    started: datetime | None = None
    finished: datetime
    version: int | None = None
    mapping_version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordRow:
    """A row of `record`. `started` None: only ever pushed, so minus infinity."""

    source: str
    kind: Kind
    source_id: str
    birth: str
    entity_id: str
    content: Content
    hash: str
    started: datetime | None
    finished: datetime
    version: int | None
    mapping_version: int
    raw_ref: str | None
    correlation_id: str
    rival: Rival | None
    gone_at: datetime | None
    in_doubt: bool
    first_seen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordMoved:
    """A record whose content stands: interval, rival, presence or entity moved."""

    source: str
    kind: Kind
    source_id: str
    birth: str
    entity_id: str
    started: datetime | None
    finished: datetime
    rival: Rival | None
    gone_at: datetime | None
    in_doubt: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AbsenceRow:
    """A row of `absence`: no birth of the id was found in this interval."""

    source: str
    kind: Kind
    source_id: str
    started: datetime
    finished: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RawRow:
    """A row of `raw_answer`."""

    ref: str
    body: Any  # Any: the vendor's own JSON


_SLOT = "source text, kind text, source_id text"
_MOVES = "entity_id text, started timestamptz, finished timestamptz, rival jsonb, gone_at timestamptz, in_doubt boolean"

PUT_RECORDS: Batch[RecordRow] = Batch(
    f"""{_SLOT}, birth text, {_MOVES}, content jsonb, hash text, version bigint, mapping_version int, raw_ref text,
    correlation_id text, first_seen_at timestamptz""",
    """
insert into record as kept (tenant, source, kind, source_id, birth, entity_id, content, hash, raw_ref, mapping_version,
  source_version, pushed, started, finished, gone_at, rival, in_doubt, correlation_id, first_seen_at)
select :tenant, source, kind, source_id, birth, entity_id, jsonb_strip_nulls(content), hash, raw_ref, mapping_version,
  version, started is null, coalesce(started, finished), finished, gone_at, jsonb_strip_nulls(nullif(rival, 'null')),
  in_doubt, correlation_id, first_seen_at
from $rows
on conflict (tenant, source, kind, source_id, birth) do update
set entity_id = excluded.entity_id, content = excluded.content, hash = excluded.hash, raw_ref = excluded.raw_ref,
  mapping_version = excluded.mapping_version, source_version = excluded.source_version, pushed = excluded.pushed,
  started = excluded.started, finished = excluded.finished, gone_at = excluded.gone_at, rival = excluded.rival,
  in_doubt = excluded.in_doubt, correlation_id = excluded.correlation_id
""",
)

MOVE_RECORDS: Batch[RecordMoved] = Batch(
    f"{_SLOT}, birth text, {_MOVES}",
    """
update record as kept set entity_id = x.entity_id, pushed = x.started is null,
  started = coalesce(x.started, x.finished), finished = x.finished, gone_at = x.gone_at,
  rival = jsonb_strip_nulls(nullif(x.rival, 'null')), in_doubt = x.in_doubt
from $rows
where kept.tenant = :tenant and kept.source = x.source and kept.kind = x.kind and kept.source_id = x.source_id
  and kept.birth = x.birth
""",
)

PUT_ABSENCES: Batch[AbsenceRow] = Batch(
    f"{_SLOT}, started timestamptz, finished timestamptz",
    """
insert into absence as kept (tenant, source, kind, source_id, started, finished)
select :tenant, source, kind, source_id, started, finished from $rows
on conflict (tenant, source, kind, source_id) do update set started = excluded.started, finished = excluded.finished
""",
)

PUT_RAW: Batch[RawRow] = Batch(
    "ref text, body jsonb",
    """
insert into raw_answer as kept (tenant, ref, body) select :tenant, ref, body from $rows
on conflict (tenant, ref) do update set body = excluded.body, seen_at = clock_timestamp()
""",
)
