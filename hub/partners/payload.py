"""What an endpoint gets: the event's own facts, and what its document says of the entity."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import msgspec

from hub.call import Call
from hub.codec import encode
from hub.model.changes import Change
from hub.model.entities import ENTITIES
from hub.model.ids import global_id
from hub.model.vocabulary import Kind

TYPES: dict[Kind, str] = {kind: made.__name__ for kind, made in ENTITIES.items()} | {
    Kind.OPERATION: "Operation",
    Kind.EXCEPTION_CASE: "ExceptionCase",
    Kind.SOURCE: "Source",
}
"""Names in the graph, by kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """What a document answered."""

    node: bytes = b"null"
    """JSON; null where there is nothing that the partner may see."""
    error: str | None = None
    """Why there is no answer."""


Render = Callable[[Call, str, str], Awaitable[Rendered]]
"""Asks a document about the entity of a global id, with the rights of a call. Never raises but for cancellation."""


def subject_of(change: Change) -> str:
    """The global id of what a change is about."""
    return global_id(TYPES[change.kind], change.entity_id)


def body_of(change: Change, seen_as: str, node: bytes) -> bytes:
    """The body of a webhook: `type`, `timestamp`, `data`. *seen_as*: the sort of change it is to the endpoint."""
    data = {
        "eventId": change.event_id,
        "event": change.event,
        "change": seen_as,
        "kind": change.kind,
        "id": subject_of(change),
        "version": change.version,
        "changedFields": change.changed_fields,
        "occurredAt": change.occurred_at,
        "correlationId": change.correlation_id,
        "node": msgspec.Raw(node),
    }
    return encode({"type": change.event, "timestamp": change.recorded_at, "data": data})
