"""A change as others read it: CloudEvents in binary mode, keyed by the tenant's root."""

from __future__ import annotations

from hub.call import span_id, trace_id
from hub.changes.envelope import key_of, record_of
from hub.codec import decode
from hub.model.changes import Change, ChangeKind, Origin
from hub.model.vocabulary import Kind
from tests.kit.changes import TERM, make_line


def test_attributes_are_headers_and_the_change_is_the_value() -> None:
    line = make_line(7, event="order.cancelled", causation_id="command-1", origin=Origin.BASELINE)
    record = record_of(line, "hub.")
    assert (record.topic, record.key) == ("hub.order.v1", b"acme/order-1")
    assert decode(record.value, Change) == line.change
    assert record.headers == {
        "ce_specversion": "1.0",
        "ce_id": line.change.event_id,
        "ce_source": "/opshub/acme",
        "ce_type": "opshub.order.cancelled.v1",
        "ce_subject": "order/order-1",
        "ce_time": "2026-11-21T12:00:00+00:00",
        "content-type": "application/json",
        "ce_partitionkey": "acme/order-1",
        "ce_correlationid": "correlation-1",
        "x-correlation-id": "correlation-1",
        "traceparent": f"00-{trace_id('correlation-1')}-{span_id(line.change.event_id)}-01",
        "ce_causationid": "command-1",
        "ce_tenantid": "acme",
        "ce_entityversion": "2",
        "ce_schemaversion": "1",
        "ce_origin": "BASELINE",
        "ce_position": "7",
        "ce_term": TERM,
    }


def test_a_change_goes_on_with_the_trace_of_who_caused_it_and_is_sent_the_same_again() -> None:
    line = make_line(7, traceparent=f"00-{'a' * 32}-{'b' * 16}-01")
    sent = record_of(line, "hub.").headers
    assert sent["traceparent"] == f"00-{'a' * 32}-{span_id(line.change.event_id)}-01"
    assert record_of(line, "hub.").headers == sent


def test_attribute_names_are_as_cloudevents_wants_them() -> None:
    names = [name.removeprefix("ce_") for name in record_of(make_line(1), "hub.").headers if name.startswith("ce_")]
    assert all(name.isalnum() and name.islower() and len(name) <= 20 for name in names)


def test_what_caused_it_is_left_out_where_nobody_knows() -> None:
    assert "ce_causationid" not in record_of(make_line(1), "hub.").headers


def test_everything_under_one_order_has_one_key() -> None:
    parcel = make_line(2, kind=Kind.SHIPMENT, entity_id="parcel-1", root_id="order-1", change=ChangeKind.CREATED)
    record = record_of(parcel, "acme-hub.")
    assert (record.topic, record.key) == ("acme-hub.shipment.v1", b"acme/order-1")
    assert key_of(parcel) == key_of(make_line(1))


def test_the_same_line_gives_the_same_record() -> None:
    line = make_line(3)
    assert record_of(line, "hub.") == record_of(line, "hub.")
