"""What is due at the sources of a worker, in one look: cheap, so that it may be asked often, and only a hint."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text

from hub.store.tx import Tx

Where = tuple[str, str]
"""Tenant and source."""

_DUE = text("""
select s.tenant, s.source,
  exists (select from inbox i where i.state = 'PENDING' and i.next_attempt_at <= clock_timestamp()) as arrivals,
  exists (select from delivery d where d.tenant = s.tenant and d.source = s.source and d.state = 'PENDING'
            and d.next_attempt_at <= clock_timestamp()) as pending,
  exists (select from delivery d where d.tenant = s.tenant and d.source = s.source
            and (d.state = 'UNKNOWN' and d.hold_until <= clock_timestamp()
                 or d.state = 'ACCEPTED' and d.confirm_by <= clock_timestamp())) as doubtful,
  exists (select from hint h where h.tenant = s.tenant and h.source = s.source and h.is_open
            and h.due_at <= clock_timestamp()) as hinted
from (select) as always left join unnest(:tenants, :sources) as s (tenant, source) on true
""").bindparams(*(bindparam(name, type_=ARRAY(Text)) for name in ("tenants", "sources")))


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """Where there is something to do."""

    arrivals: bool
    """Something has come in that nobody has digested, from whichever source."""
    pending: frozenset[Where]
    """Deliveries wait to be carried out."""
    doubtful: frozenset[Where]
    """The source is to be asked what became of some."""
    hinted: frozenset[Where]
    """Something is to be read again."""


async def due_at(tx: Tx, sources: Sequence[Where]) -> Due:
    """What is due at *sources*, of whichever tenants."""
    asked = {"tenants": [tenant for tenant, _ in sources], "sources": [source for _, source in sources]}
    rows = (await tx.execute(_DUE, asked)).all()
    return Due(
        arrivals=any(row.arrivals for row in rows),
        pending=frozenset((row.tenant, row.source) for row in rows if row.pending),
        doubtful=frozenset((row.tenant, row.source) for row in rows if row.doubtful),
        hinted=frozenset((row.tenant, row.source) for row in rows if row.hinted),
    )
