"""Builders of changes and lines of the log."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import insert

from hub.codec import plain
from hub.model.changes import Change, ChangeKind
from hub.model.ids import mint
from hub.model.vocabulary import Kind
from hub.store.changelog import LoggedChange, Place
from hub.store.tables import outbox
from hub.store.tx import Tx

THEN = datetime(2026, 11, 21, 12, tzinfo=UTC)
TERM = "00000000-0000-4000-8000-000000000001"


_USUAL = Change(
    event_id=mint(),
    event="order.updated",
    change=ChangeKind.UPDATED,
    kind=Kind.ORDER,
    entity_id="order-1",
    root_id="order-1",
    version=2,
    root_version=2,
    changed_fields=("status",),
    occurred_at=THEN,
    recorded_at=THEN,
    correlation_id="correlation-1",
)


def make_change(**said: Any) -> Change:  # Any: any field of a change
    """A change of an order, with what is said."""
    return replace(_USUAL, **({"event_id": mint()} | said))


def make_line(position: int, *, tenant: str = "acme", **said: Any) -> LoggedChange:  # Any: as above
    """A line of the log."""
    return LoggedChange(place=Place(term=TERM, position=position), tenant=tenant, change=make_change(**said))


async def put_outbox(tx: Tx, *changes: Change, tenant: str = "acme") -> None:
    """Put changes where the one writer leaves them."""
    rows = [
        {
            "tenant": tenant,
            "root_id": change.root_id,
            "account": change.account,
            "event_id": change.event_id,
            "aggregatetype": change.kind.value,
            "aggregateid": change.entity_id,
            "type": change.event,
            "entity_version": change.version,
            "headers": {},
            "payload": plain(change),
        }
        for change in changes
    ]
    await tx.execute(insert(outbox), rows)
