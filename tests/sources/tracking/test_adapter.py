"""A feed is posted to: signed bodies are believed, and nobody is called."""

from __future__ import annotations

import pytest

from hub.errors import Denied, NotOffered, SourceGarbled
from hub.model.vocabulary import Kind
from hub.ports import SourceCall, WebhookDelivery
from hub.settings import Secret
from sources.tracking.adapter import SIGNATURE_HEADER, TrackingAdapter, TrackingSettings
from sources.tracking.rehearsal.sender import letter, signed

SECRET = "the carrier signs with this"
EVENT = {"trackingNumber": "1Z1", "milestone": "SHIPPED", "occurredAt": "2026-11-02T08:15:00Z", "eventId": "e1"}
CALL = SourceCall(tenant="acme", source="carrier", correlation_id="c", patience=1.0)


@pytest.fixture
def adapter() -> TrackingAdapter:
    return TrackingAdapter(TrackingSettings(secret=Secret(SECRET)), "carrier")


def test_a_signed_event_is_one_pushed_object_with_the_senders_id(adapter: TrackingAdapter) -> None:
    came = letter(SECRET, **EVENT)
    delivery = adapter.verify(came.headers, came.body)
    (seen,) = adapter.parse(delivery)
    assert (seen.kind, seen.source_id, adapter.dedupe_key(delivery)) == (Kind.SHIPMENT, "1Z1", "e1")


def test_a_body_that_another_signed_is_denied(adapter: TrackingAdapter) -> None:
    came = letter("somebody else's", **EVENT)
    with pytest.raises(Denied):
        adapter.verify(came.headers, came.body)
    with pytest.raises(Denied):
        adapter.verify({SIGNATURE_HEADER: "sha256="}, came.body)


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"trackingNumber": 7}', b'{"trackingNumber": "x"}'])
def test_a_signed_body_that_is_no_event_is_the_senders_fault(adapter: TrackingAdapter, body: bytes) -> None:
    came = signed(body, SECRET)
    delivery = adapter.verify(came.headers, came.body)
    with pytest.raises(SourceGarbled):
        adapter.dedupe_key(delivery)
    with pytest.raises(SourceGarbled):
        adapter.parse(delivery)


def test_an_event_that_could_not_be_kept_is_refused_at_the_door(adapter: TrackingAdapter) -> None:
    body = letter(SECRET, **(EVENT | {"occurredAt": "noon"})).body
    with pytest.raises(SourceGarbled, match="occurredAt"):
        adapter.dedupe_key(WebhookDelivery(headers={}, body=body))


async def test_nobody_is_called(adapter: TrackingAdapter) -> None:
    assert (await adapter.health(CALL)).version == "1"
    with pytest.raises(NotOffered, match="never called"):
        await adapter.read(CALL, Kind.SHIPMENT, ["1Z1"])
    await adapter.login(CALL)
    await adapter.close()
