"""A call of a source says to whoever reads the source's logs what it belongs to."""

from __future__ import annotations

from dataclasses import replace

from hub.ports import SourceCall

CALL = SourceCall(tenant="acme", source="shop", correlation_id="order-4711", patience=1.0)


def test_a_call_bears_its_correlation_id_and_where_there_is_one_its_trace() -> None:
    assert CALL.marks == {"x-correlation-id": "order-4711"}
    assert replace(CALL, traceparent="00-a-b-01").marks == {
        "x-correlation-id": "order-4711",
        "traceparent": "00-a-b-01",
    }


def test_who_adds_to_the_headers_of_one_request_changes_no_other() -> None:
    CALL.marks["authorization"] = "secret"
    assert "authorization" not in CALL.marks
