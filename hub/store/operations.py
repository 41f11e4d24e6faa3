"""Operations as callers list them: commands, and what people decided, with how each stands."""

from __future__ import annotations

from enum import StrEnum

from hub.model.vocabulary import Kind
from hub.store.listing import TEXTS, By, Listing, Sort, Term, moments, texts


class OperationSortField(StrEnum):
    """What operations are sorted by."""

    ACCEPTED_AT = "ACCEPTED_AT"
    """When it was asked for."""
    MOVED_AT = "MOVED_AT"
    """When it came to stand as it does."""


_SOURCE = """
from command e left join entity o on o.tenant = e.tenant and o.kind = 'ORDER' and o.id = e.root_id
where e.tenant = :tenant and (cast(:account as text) is null
  or (e.outcome is null and (o.account = :account or starts_with(o.account, :account || '/')))) $terms
"""
# What staff decided about an order, and at the console, is for staff alone.
_DOC = """json_build_object(
  'id', e.id, 'operation', e.operation, 'actor', e.client, 'input', e.input, 'root_id', e.root_id,
  'accepted_at', e.accepted_at, 'correlation_id', e.correlation_id, 'version', e.version, 'approval', e.approval,
  'remains', e.remains, 'is_decision', e.outcome is not null, 'now', clock_timestamp(),
  'deliveries', (
    select coalesce(json_agg(d order by d.created_at, d.id), '[]')
    from delivery d where d.tenant = :tenant and d.command_id = e.id
  )
)::text"""

OPERATIONS = Listing(
    kind=Kind.OPERATION,
    terms={
        **texts("state", "e.state"),
        **texts("action", "e.operation"),
        **texts("actor", "e.client"),
        **moments("accepted_at", "e.accepted_at"),
        "order": Term(sql="e.root_id = any($value)", type=TEXTS),
        "done": Term(sql="e.is_done = $value"),
    },
    sorts={
        OperationSortField.ACCEPTED_AT: By(sql="e.accepted_at"),
        OperationSortField.MOVED_AT: By(sql="e.moved_at"),
    },
    usual=Sort(field=OperationSortField.ACCEPTED_AT),
    source=_SOURCE,
    shown="command e on e.tenant = :tenant and e.id = p.id",
    doc=_DOC,
)
"""How operations are listed."""
