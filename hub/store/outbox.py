"""Facts waiting for the relay: written after the roots' locks, last of all (engines.md 4.3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hub.model.changes import Change
from hub.store.rows import Batch


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxRow:
    """A row of `outbox`."""

    root_id: str
    account: str | None
    event_id: str
    aggregatetype: str
    aggregateid: str
    type: str
    entity_version: int
    headers: Mapping[str, str]
    payload: Change


PUT_OUTBOX: Batch[OutboxRow] = Batch(
    """root_id text, account text, event_id uuid, aggregatetype text, aggregateid text, type text, entity_version int,
    headers jsonb, payload jsonb""",
    """
insert into outbox (tenant, root_id, account, event_id, aggregatetype, aggregateid, type, entity_version, headers,
  payload)
select :tenant, root_id, account, event_id, aggregatetype, aggregateid, type, entity_version, headers, payload
from $rows
""",
)
