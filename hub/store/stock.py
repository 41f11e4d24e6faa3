"""Stock rows, the ledger of what moved them, and the soft claims on them (design section 8)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import TextClause, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text

from hub.codec import written
from hub.model.inventory import MovementType, QuantityName, ReservationKind, ReservationState
from hub.store.circle import RECORD, SlotAsked
from hub.store.rows import Batch
from hub.store.tx import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class StockRow:
    """A row of `stock`: one figure that one source tells of one position, which is its root."""

    root_id: str
    sku: str
    warehouse: str
    source: str
    name: QuantityName
    value: Decimal
    unit: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MovementRow:
    """A row of `movement`, never changed."""

    id: str
    root_id: str
    source: str
    name: QuantityName
    type: MovementType
    delta: Decimal
    quantity_after: Decimal
    correlation_id: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReservationRow:
    """A row of `reservation`. `warehouse` empty: none is meant yet, so it weighs on the whole network."""

    id: str
    root_id: str
    """Root of the order or other thing that claims."""
    line: str
    kind: ReservationKind = ReservationKind.ORDER_SOFT
    sku: str
    warehouse: str = ""
    quantity: Decimal
    state: ReservationState = ReservationState.ACTIVE
    acknowledged_at: datetime | None = None
    """When the warehouse said that it has it, by the database's clock."""
    expires_at: datetime | None = None


PUT_STOCK: Batch[StockRow] = Batch(
    "root_id text, sku text, warehouse text, source text, name text, value numeric, unit text",
    """
insert into stock as kept (tenant, root_id, sku, warehouse, source, name, value, unit)
select :tenant, root_id, sku, warehouse, source, name, value, unit from $rows
on conflict (tenant, sku, warehouse, source, name) do update
set value = excluded.value, unit = excluded.unit, updated_at = clock_timestamp()
""",
)

DROP_STOCK: Batch[StockRow] = Batch(
    "sku text, warehouse text, source text, name text",
    """
delete from stock as kept using $rows
where kept.tenant = :tenant and kept.sku = x.sku and kept.warehouse = x.warehouse and kept.source = x.source
  and kept.name = x.name
""",
)

PUT_MOVEMENTS: Batch[MovementRow] = Batch(
    """id text, root_id text, source text, name text, type text, delta numeric, quantity_after numeric,
    correlation_id text, recorded_at timestamptz""",
    """
insert into movement (tenant, id, root_id, source, name, type, delta, quantity_after, correlation_id, recorded_at)
select :tenant, id, root_id, source, name, type, delta, quantity_after, correlation_id, recorded_at from $rows
""",
)

PUT_RESERVATIONS: Batch[ReservationRow] = Batch(
    """id text, root_id text, line text, kind text, sku text, warehouse text, quantity numeric, state text,
    acknowledged_at timestamptz, expires_at timestamptz""",
    """
insert into reservation as kept (tenant, id, root_id, line, kind, sku, warehouse, quantity, state, acknowledged_at,
  expires_at)
select :tenant, id, root_id, line, kind, sku, warehouse, quantity, state, acknowledged_at, expires_at from $rows
on conflict (tenant, id) do update
set quantity = excluded.quantity, warehouse = excluded.warehouse, state = excluded.state,
  acknowledged_at = excluded.acknowledged_at, expires_at = excluded.expires_at
""",
)

_WHAT_IS_THERE = """
with slot as materialized (
  select * from json_to_recordset(cast(:slots as json)) as s(source text, kind text, source_id text)
), place as materialized (select unnest(cast(:positions as text[])) as id)
select 'record', $record
from place p cross join lateral (
  select * from record r where r.tenant = :tenant and r.entity_id = p.id and r.kind = 'INVENTORY' offset 0) r
union all
select 'absence', json_build_object('source', a.source, 'kind', a.kind, 'source_id', a.source_id,
  'started', a.started, 'finished', a.finished)::text
from slot s cross join lateral (select * from absence a where a.tenant = :tenant and a.source = s.source
  and a.kind = s.kind and a.source_id = s.source_id offset 0) a
union all
select 'stock', json_build_object('root_id', k.root_id, 'sku', k.sku, 'warehouse', k.warehouse, 'source', k.source,
  'name', k.name, 'value', k.value::text, 'unit', k.unit)::text
from place p cross join lateral (select * from stock k where k.tenant = :tenant and k.root_id = p.id offset 0) k
union all
select 'reservation', json_build_object('id', v.id, 'root_id', v.root_id, 'line', v.line, 'kind', v.kind, 'sku', v.sku,
  'warehouse', v.warehouse, 'quantity', v.quantity::text, 'state', v.state, 'acknowledged_at', v.acknowledged_at,
  'expires_at', v.expires_at)::text
from (select * from reservation v where v.tenant = :tenant and v.state = 'ACTIVE' and v.sku = any (:skus)
  order by v.id$held) v
""".replace("$record", RECORD)


def _asked(statement: str) -> TextClause:
    return text(statement).bindparams(bindparam("positions", type_=ARRAY(Text)), bindparam("skus", type_=ARRAY(Text)))


_AROUND = _asked(_WHAT_IS_THERE.replace("$held", " for update"))
_BESIDE = _asked(_WHAT_IS_THERE.replace("$held", ""))


async def around_positions(
    tx: Tx, tenant: str, slots: Sequence[SlotAsked], places: dict[str, str], *, settles: bool = True
) -> Sequence[tuple[str, str]]:
    """(sort, JSON) of what is kept of *places* (position -> item), which are locked, and when *slots* were missing.

    Where this transaction *settles* reservations, the items' active ones are held until it ends: after the positions,
    in the order of their ids. Else they are only read: whoever adds to them or takes from them holds the position.
    """
    named = {
        "tenant": tenant,
        "slots": written(slots),
        "positions": sorted(places),
        "skus": sorted(set(places.values())),
    }
    rows: Sequence[Any] = (await tx.execute(_AROUND if settles else _BESIDE, named)).all()  # Any: rows of two texts
    return [(sort, said) for sort, said in rows]
