"""Requests that a warehouse may have begun with and does not show yet: the race with the pick. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from hub.flow.facts import KeptDelivery, RootFacts
from hub.model.effects import RequestFulfilment
from hub.model.intents import DeliveryState
from hub.model.vocabulary import Kind

SEEN_WITHIN = timedelta(minutes=15)
"""How long what a warehouse says it has taken on may stay out of sight."""
OUT = frozenset({DeliveryState.CLAIMED, DeliveryState.UNKNOWN, DeliveryState.ACCEPTED, DeliveryState.REVIEW})
"""A delivery that may have had its effect."""


def units_racing(facts: RootFacts, line_no: int) -> Decimal:
    """Units of a line that a warehouse may be picking by a request that it does not show yet."""
    lines = (line for row in unseen(facts) if isinstance(row.content, RequestFulfilment) for line in row.content.lines)
    return sum((line.quantity for line in lines if line.line_no == line_no), Decimal(0))


def unseen(facts: RootFacts) -> Iterator[KeptDelivery]:
    """Requests that may stand at a warehouse and that no record of it names."""
    for row in facts.deliveries:
        asked = row.content if isinstance(row.content, RequestFulfilment) and _may_stand(row, facts) else None
        if asked is not None and not _is_told(row, facts, asked.reference):
            yield row


def looks_at(facts: RootFacts) -> Iterator[datetime | None]:
    """When requests that were taken on should have been seen, and when their answer is due."""
    for row in facts.deliveries:
        if isinstance(row.content, RequestFulfilment) and row.state is DeliveryState.DONE:
            yield row.confirm_by
            yield None if row.settled_at is None else row.settled_at + SEEN_WITHIN


def _may_stand(row: KeptDelivery, facts: RootFacts) -> bool:
    if row.state is DeliveryState.DONE and row.settled_at is not None:
        return facts.now < row.settled_at + SEEN_WITHIN
    return row.state in OUT


def _is_told(row: KeptDelivery, facts: RootFacts, reference: str) -> bool:
    return any(
        record.source == row.source
        and record.kind is Kind.SHIPMENT
        and (record.source_id == row.source_id or any(key.value == reference for key in record.content.refers))
        for record in facts.records
    )
