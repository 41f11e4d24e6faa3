"""The body of a webhook: type, timestamp, data; ids are those of the graph."""

from __future__ import annotations

import json

from hub.model.vocabulary import Kind
from hub.partners.payload import TYPES, body_of, subject_of
from tests.kit.changes import make_change


def test_the_body_has_the_facts_of_the_event_and_the_answer_of_the_document() -> None:
    change = make_change(event_id="e1", event="order.shipped")
    assert json.loads(body_of(change, "UPDATED", b'{"number":"A1"}')) == {
        "type": "order.shipped",
        "timestamp": "2026-11-21T12:00:00Z",
        "data": {
            "eventId": "e1",
            "event": "order.shipped",
            "change": "UPDATED",
            "kind": "ORDER",
            "id": subject_of(change),
            "version": 2,
            "changedFields": ["status"],
            "occurredAt": "2026-11-21T12:00:00Z",
            "correlationId": "correlation-1",
            "node": {"number": "A1"},
        },
    }


def test_every_kind_has_a_name_in_the_graph() -> None:
    assert set(TYPES) == set(Kind)
