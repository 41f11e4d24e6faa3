"""What is indexed, and above all what is not."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime

from hub.model.vocabulary import Kind
from hub.search.documents import (
    ENTITY_FIELDS,
    HOP_FIELDS,
    LONGEST,
    bare,
    entity_action,
    entity_document,
    hop_action,
    hop_document,
)
from hub.store.indexing import IndexedEntity, IndexedHop

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
ENTITY = IndexedEntity(
    tenant="acme", kind=Kind.ORDER, id="o-1", root_id="o-1", version=3, account=None, redirect_to=None, number="R7",
    status="ACCEPTED", channel="web", customer_id=None, placed_at=NOON, updated_at=NOON, is_partial=False,
    missing_in=("erp",), skus=("MUG",), identifiers=("R7",), normalised=("r7",), words=("x" * 9_000,),
)  # fmt: skip
HOP = IndexedHop(
    tenant="acme", id="h-1", correlation_id="c-1", parent_id=None, kind="CHANGE", system="HUB", source=None,
    operation="order.updated", outcome="OK", attempt=None, started_at=NOON, duration_ms=3, waiting_ms=0, error=None,
    roots=("o-1",),
)  # fmt: skip
INDEXABLE = {
    "tenant", "kind", "id", "root_id", "account", "number", "status", "channel", "customer_id", "missing_in", "skus",
    "identifiers", "normalised", "placed_at", "updated_at", "version", "is_partial", "words",
}  # fmt: skip
"""The golden list (threat S24): whoever adds a field says here that it may leave the store."""


def test_the_fields_that_are_indexed_are_those_that_may_be() -> None:
    assert set(ENTITY_FIELDS) == INDEXABLE | {"problem"}
    assert set(entity_document(ENTITY)) == INDEXABLE
    assert set(hop_document(HOP)) | {"problem"} == set(HOP_FIELDS)
    assert {one.name for one in fields(IndexedHop)} - {"started_at"} == set(HOP_FIELDS) - {"problem", "@timestamp"}


def test_instants_are_utc_and_words_have_an_end() -> None:
    document = entity_document(ENTITY)
    assert (document["placed_at"], len(document["words"][0])) == ("2026-11-22T12:00:00Z", LONGEST)
    assert hop_document(HOP)["@timestamp"] == "2026-11-22T12:00:00Z"


def test_an_entity_that_was_merged_away_is_deleted_under_its_version() -> None:
    merged = IndexedEntity(**{one.name: getattr(ENTITY, one.name) for one in fields(ENTITY)} | {"redirect_to": "o-0"})
    action = entity_action(merged, "t-entity")
    assert (action.id, action.document, action.version) == ("acme:ORDER:o-1", None, 3)


def test_a_hop_has_one_id_for_ever_and_no_version() -> None:
    assert (hop_action(HOP, "t-hop-2026.11").id, hop_action(HOP, "x").version) == ("acme:h-1", None)


def test_what_is_refused_keeps_its_keys_and_says_why() -> None:
    assert bare(hop_document(HOP), "no" * 500) == {
        "tenant": "acme", "kind": "CHANGE", "id": "h-1", "correlation_id": "c-1", "@timestamp": "2026-11-22T12:00:00Z",
        "problem": "no" * 250,
    }  # fmt: skip
