"""Assembled documents, what finds them, and the roots they lie under."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from hub.model.vocabulary import Kind
from hub.store.rows import Batch


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityRow:
    """A row of `entity`: the document, and beside it what queries filter and sort by."""

    kind: Kind
    id: str
    root_id: str
    version: int
    root_version: int
    account: str | None
    doc: Any  # Any: the dataclass that ENTITIES names for the kind
    number: str | None = None
    status: str | None = None
    status_since: datetime | None = None
    placed_at: datetime | None = None
    promised_ship_at: datetime | None = None
    updated_at: datetime
    total: Decimal | None = None
    channel: str | None = None
    customer_id: str | None = None
    is_partial: bool = False
    missing_in: tuple[str, ...] = ()
    skus: tuple[str, ...] = ()
    warehouse_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Redirect:
    """An entity that a merge made a redirect."""

    kind: Kind
    id: str
    redirect_to: str
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentifierRow:
    """A row of `identifier`: for finding, not unique."""

    kind: Kind
    entity_id: str
    scheme: str
    source: str
    value: str
    normalised: str
    root_id: str
    account: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """An entity whose identifiers are written anew."""

    kind: Kind
    entity_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RootRow:
    """A row of `root`."""

    id: str
    kind: Kind
    version: int
    flow_version: int
    managed_by: str
    wake_at: datetime | None
    line_numbers: dict[str, int]
    is_baseline: bool = False
    """It came with a first load and has not changed since (D8)."""


_COLUMNS = """kind text, id text, root_id text, version int, root_version int, account text, doc jsonb, number text,
  status text, status_since timestamptz, placed_at timestamptz, promised_ship_at timestamptz, updated_at timestamptz,
  total numeric, channel text, customer_id text, is_partial boolean, missing_in text[], skus text[],
  warehouse_ids text[]"""

PUT_ENTITIES: Batch[EntityRow] = Batch(
    _COLUMNS,
    """
insert into entity (tenant, $columns)
select :tenant, kind, id, root_id, version, root_version, account, doc, number, status, status_since, placed_at,
  promised_ship_at, updated_at, total, channel, customer_id, is_partial,
  coalesce(missing_in, '{}'), coalesce(skus, '{}'), coalesce(warehouse_ids, '{}')
from $rows
on conflict (tenant, kind, id) do update
set root_id = excluded.root_id, version = excluded.version, root_version = excluded.root_version,
  account = excluded.account, doc = excluded.doc, number = excluded.number, status = excluded.status,
  status_since = excluded.status_since, placed_at = excluded.placed_at, promised_ship_at = excluded.promised_ship_at,
  updated_at = excluded.updated_at, total = excluded.total, channel = excluded.channel,
  customer_id = excluded.customer_id, is_partial = excluded.is_partial, missing_in = excluded.missing_in,
  skus = excluded.skus, warehouse_ids = excluded.warehouse_ids
""",
)

REDIRECT_ENTITIES: Batch[Redirect] = Batch(
    "kind text, id text, redirect_to text, version int",
    """
update entity as kept set redirect_to = x.redirect_to, version = x.version, updated_at = clock_timestamp()
from $rows where kept.tenant = :tenant and kept.kind = x.kind and kept.id = x.id
""",
)

DROP_IDENTIFIERS: Batch[Named] = Batch(
    "kind text, entity_id text",
    """
delete from identifier as kept using $rows
where kept.tenant = :tenant and kept.kind = x.kind and kept.entity_id = x.entity_id
""",
)

PUT_IDENTIFIERS: Batch[IdentifierRow] = Batch(
    """kind text, entity_id text, scheme text, source text, value text, normalised text, root_id text,
    account text""",
    """
insert into identifier (tenant, kind, entity_id, scheme, source, value, normalised, root_id, account)
select :tenant, kind, entity_id, scheme, source, value, normalised, root_id, account from $rows
on conflict do nothing
""",
)

PUT_ROOTS: Batch[RootRow] = Batch(
    """id text, kind text, version int, flow_version int, managed_by text, wake_at timestamptz,
    line_numbers jsonb, is_baseline boolean""",
    """
insert into root as kept (tenant, id, kind, version, flow_version, managed_by, wake_at, line_numbers, is_baseline)
select :tenant, id, kind, version, flow_version, managed_by, wake_at, line_numbers, is_baseline from $rows
on conflict (tenant, id) do update
set version = excluded.version, managed_by = excluded.managed_by, wake_at = excluded.wake_at,
  line_numbers = excluded.line_numbers, is_baseline = excluded.is_baseline
""",
)
