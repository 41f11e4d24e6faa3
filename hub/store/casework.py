"""Work for people: exception cases and holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hub.model.cases import CaseQueue, CaseStatus, ExceptionCode, Hold, RootCause, Severity
from hub.store.rows import Batch


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRow:
    """A row of `exception_case`. `evidence["grows_only"]`: stays until a person closes it."""

    id: str
    root_id: str
    code: ExceptionCode
    dedup_key: str
    status: CaseStatus
    severity: Severity
    queue: CaseQueue
    title: str
    root_cause: RootCause
    source: str | None
    suggested: tuple[str, ...]
    evidence: Mapping[str, Any]  # Any: JSON
    version: int
    occurrences: int
    first_seen_at: datetime
    last_seen_at: datetime
    closed_at: datetime | None
    assignee: str | None = None
    sla_due_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldRow:
    """A row of `hold`."""

    id: str
    root_id: str
    dedup_key: str
    doc: Hold
    released_at: datetime | None


PUT_CASES: Batch[CaseRow] = Batch(
    """id text, root_id text, code text, dedup_key text, status text, severity text, queue text, title text,
    root_cause text, source text, suggested text[], evidence jsonb, version int, occurrences int,
    first_seen_at timestamptz, last_seen_at timestamptz, closed_at timestamptz, assignee text,
    sla_due_at timestamptz""",
    """
insert into exception_case as kept (tenant, id, root_id, code, dedup_key, status, severity, queue, title, root_cause,
  source, suggested, evidence, version, occurrences, first_seen_at, last_seen_at, closed_at, assignee, sla_due_at)
select :tenant, id, root_id, code, dedup_key, status, severity, queue, title, root_cause, source,
  coalesce(suggested, '{}'), evidence, version, occurrences, first_seen_at, last_seen_at, closed_at,
  assignee, sla_due_at
from $rows
on conflict (tenant, id) do update
set root_id = excluded.root_id, dedup_key = excluded.dedup_key, status = excluded.status,
  severity = excluded.severity, title = excluded.title, evidence = excluded.evidence, version = excluded.version,
  occurrences = excluded.occurrences, last_seen_at = excluded.last_seen_at, closed_at = excluded.closed_at,
  assignee = excluded.assignee, sla_due_at = excluded.sla_due_at
""",
)

PUT_HOLDS: Batch[HoldRow] = Batch(
    "id text, root_id text, dedup_key text, doc jsonb, released_at timestamptz",
    """
insert into hold as kept (tenant, id, root_id, dedup_key, doc, released_at)
select :tenant, id, root_id, dedup_key, doc, released_at from $rows
on conflict (tenant, id) do update
set root_id = excluded.root_id, dedup_key = excluded.dedup_key, doc = excluded.doc, released_at = excluded.released_at
""",
)
