"""From rows to documents, and what the engine is told of their fields. Pure.

What is not named here is not indexed: no address, e-mail or telephone number leaves PostgreSQL (threat S24).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from hub.store.indexing import IndexedEntity, IndexedHop

Document = Mapping[str, Any]  # Any: JSON
Fields = Mapping[str, Mapping[str, Any]]  # Any: JSON

LONGEST = 8_000
"""Characters of an error or a description; what is longer is found by its beginning."""

KEYWORD: Mapping[str, Any] = {"type": "keyword", "ignore_above": 512}
DATE: Mapping[str, Any] = {"type": "date_nanos"}
WORDS: Mapping[str, Any] = {"type": "text", "analyzer": "words"}
ENTITY_FIELDS: Fields = {
    **dict.fromkeys(("tenant", "kind", "id", "root_id", "account", "number", "status", "channel"), KEYWORD),
    **dict.fromkeys(("customer_id", "missing_in", "skus", "identifiers", "normalised", "problem"), KEYWORD),
    **dict.fromkeys(("placed_at", "updated_at"), DATE),
    "version": {"type": "long"},
    "is_partial": {"type": "boolean"},
    "words": WORDS,
}
HOP_FIELDS: Fields = {
    **dict.fromkeys(("tenant", "id", "correlation_id", "parent_id", "kind", "system", "source", "outcome"), KEYWORD),
    **dict.fromkeys(("roots", "problem"), KEYWORD),
    "operation": {**KEYWORD, "fields": {"words": WORDS}},
    "error": WORDS,
    "@timestamp": DATE,
    "attempt": {"type": "integer"},
    "duration_ms": {"type": "long"},
    "waiting_ms": {"type": "long"},
}
"""Every field that is indexed, and how."""
PLACE_FIELDS: Fields = {"through": {"type": "long"}}
BARE = ("tenant", "kind", "id", "root_id", "account", "version", "correlation_id", "@timestamp")
"""What is kept of a document that the engine does not take as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One document to be written, or deleted where there is none."""

    index: str
    """Where: an alias, unless `is_index`."""
    id: str
    document: Document | None
    version: int | None = None
    """Of what may change: never overwritten by an older one. None: it is immutable."""
    is_index: bool = False


def entity_document(row: IndexedEntity) -> Document:
    """The document of an entity."""
    return {
        "tenant": row.tenant,
        "kind": row.kind.value,
        "id": row.id,
        "root_id": row.root_id,
        "version": row.version,
        "account": row.account,
        "number": row.number,
        "status": row.status,
        "channel": row.channel,
        "customer_id": row.customer_id,
        "placed_at": None if row.placed_at is None else instant(row.placed_at),
        "updated_at": instant(row.updated_at),
        "is_partial": row.is_partial,
        "missing_in": list(row.missing_in),
        "skus": list(row.skus),
        "identifiers": list(row.identifiers),
        "normalised": list(row.normalised),
        "words": [one[:LONGEST] for one in row.words],
    }


def hop_document(row: IndexedHop) -> Document:
    """The document of a hop."""
    return {
        "tenant": row.tenant,
        "id": row.id,
        "correlation_id": row.correlation_id,
        "parent_id": row.parent_id,
        "kind": row.kind,
        "system": row.system,
        "source": row.source,
        "operation": row.operation,
        "outcome": row.outcome,
        "attempt": row.attempt,
        "@timestamp": instant(row.started_at),
        "duration_ms": row.duration_ms,
        "waiting_ms": row.waiting_ms,
        "error": None if row.error is None else row.error[:LONGEST],
        "roots": list(row.roots),
    }


def bare(document: Document, problem: str) -> Document:
    """What is indexed instead of a document that is refused: its keys, and why."""
    return {name: document[name] for name in BARE if name in document} | {"problem": problem[:500]}


def instant(value: datetime) -> str:
    """As the engine reads it, whatever the zone."""
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def entity_action(row: IndexedEntity, index: str, *, is_index: bool = False) -> Action:
    """An entity as it is; one that was merged away is deleted."""
    document = None if row.redirect_to is not None else entity_document(row)
    return Action(
        index=index, id=entity_id(row.tenant, row.kind.value, row.id), document=document, version=row.version,
        is_index=is_index,
    )  # fmt: skip


def hop_action(row: IndexedHop, index: str, *, is_index: bool = False) -> Action:
    """A hop: immutable, the same under the same id."""
    return Action(index=index, id=hop_id(row.tenant, row.id), document=hop_document(row), is_index=is_index)


def entity_id(tenant: str, kind: str, local: str) -> str:
    """Of its document: the same on every repetition."""
    return f"{tenant}:{kind}:{local}"


def hop_id(tenant: str, local: str) -> str:
    """Of its document."""
    return f"{tenant}:{local}"
