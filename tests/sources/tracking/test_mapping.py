"""One event in the hub's words (domain.md 2.5): milestones, exceptions, reversals, sequence, de-duplication."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from importlib.resources import files

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.errors import SourceGarbled
from hub.model.observation import Content, MilestoneClaim, Seen
from hub.model.schemes import tracking_key
from hub.model.shipment import ShipmentExceptionKind, ShipmentMilestone
from hub.model.vocabulary import Kind
from sources.tracking.manifest import EXCEPTIONS, MILESTONES
from sources.tracking.mapping import event_key, seen_of, spelled
from sources.tracking.wire import TrackingEvent

AT = "2026-11-02T08:15:00Z"
SAMPLES = files("sources.tracking").joinpath("samples", "events.json")


def event(**said: object) -> TrackingEvent:
    known: dict[str, object] = {"tracking_number": "1Z1", "occurred_at": AT, "milestone": "SHIPPED", "event_id": "e1"}
    return TrackingEvent(**(known | said))  # type: ignore[arg-type]  # fields of the event


def content(**said: object) -> Content:
    found = seen_of(event(**said), "carrier").content
    assert found is not None
    return found


def version(**said: object) -> int:
    found = seen_of(event(**said), "carrier").version
    assert found is not None
    return found


def sample() -> list[Seen]:
    events = [msgspec.convert(one, TrackingEvent) for one in json.loads(SAMPLES.read_text())]
    return [seen_of(one, "carrier") for one in events]


def test_an_event_claims_its_milestone_for_its_parcel() -> None:
    seen = seen_of(event(), "carrier")
    assert (seen.kind, seen.source_id) == (Kind.SHIPMENT, "1Z1")
    at = datetime(2026, 11, 2, 8, 15, tzinfo=UTC)
    assert content().milestones == (MilestoneClaim(milestone=ShipmentMilestone.SHIPPED, occurred_at=at, part="1Z1"),)
    assert (content().raw_status, content().status) == ("SHIPPED", "SHIPPED")
    assert [(one.id, one.tracking_number) for one in content().packages] == [("1Z1", "1Z1")]
    assert content().bears == (tracking_key("1Z1"),)


@pytest.mark.parametrize("word", [*MILESTONES, *EXCEPTIONS])
def test_every_word_of_the_hub_is_understood_however_it_is_spelled(word: str) -> None:
    for spelling in (word, word.lower(), word.replace("_", " ").title(), word.replace("_", "-")):
        assert spelled(spelling) == word
        found = content(milestone=spelling)
        assert found.status != "UNKNOWN"
        assert bool(found.milestones) is (word in MILESTONES)
        assert bool(found.exceptions) is (word in EXCEPTIONS)


def test_an_unknown_word_is_kept_as_it_was_written() -> None:
    found = content(milestone="Quarantined")
    assert (found.status, found.raw_status, found.milestones) == ("UNKNOWN", "Quarantined", ())


def test_a_reversal_takes_back_a_milestone_and_claims_nothing_else() -> None:
    found = content(milestone="DELIVERED", reversal=True, exception="DAMAGED")
    assert [(one.milestone, one.reverses) for one in found.milestones] == [(ShipmentMilestone.DELIVERED, True)]
    assert found.exceptions == ()
    assert found.shipment is not None
    assert found.shipment.tracking is not None
    assert found.shipment.tracking.delivered_at is None


def test_the_sample_day_of_a_parcel() -> None:
    shipped, out, attempted, delivered, back = (one.content for one in sample())
    assert shipped is not None
    assert shipped.shipment is not None
    assert shipped.shipment.execution is not None
    assert shipped.shipment.execution.carrier == "UPS"
    assert out is not None
    assert out.shipment is not None
    assert out.shipment.tracking is not None
    assert out.shipment.tracking.estimated_delivery_at == datetime(2026, 11, 3, 16, tzinfo=UTC)
    assert attempted is not None
    assert (attempted.milestones, attempted.exceptions) == ((), (ShipmentExceptionKind.DELIVERY_ATTEMPTED,))
    assert delivered is not None
    assert delivered.exceptions == (ShipmentExceptionKind.DAMAGED,)
    assert back is not None
    assert back.milestones[0].reverses
    versions = [one.version or 0 for one in sample()]
    assert versions == sorted(versions)


def test_the_sequence_follows_time_then_progress() -> None:
    assert version(occurred_at="2026-11-02T08:15:00.001Z") > version(milestone="DELIVERED")
    assert version(milestone="DELIVERED") > version(milestone="SHIPPED") > version(milestone="DAMAGED")
    assert version(occurred_at="2026-11-02T09:15:00+01:00") == version()
    assert version(occurred_at="2099-12-31T23:59:59Z") < 2**63


@given(st.datetimes(min_value=datetime(2000, 1, 2), max_value=datetime(2099, 1, 1)))  # noqa: DTZ001  a zone follows
def test_a_later_event_is_never_an_older_one(moment: datetime) -> None:
    at = moment.replace(tzinfo=UTC)
    later = at + timedelta(milliseconds=1)
    assert version(occurred_at=at.isoformat(), milestone="DELIVERED") < version(occurred_at=later.isoformat())


def test_an_event_is_the_same_by_its_id_else_by_parcel_word_minute_and_place() -> None:
    assert event_key(event()) == "e1"
    one = event(event_id=None, location="Köln")
    assert event_key(one) == event_key(event(event_id=None, location="Köln", occurred_at="2026-11-02T08:15:59Z"))
    others = ({"location": "Bonn"}, {"milestone": "DELIVERED"}, {"tracking_number": "2"}, {"reversal": True},
              {"occurred_at": "2026-11-02T08:16:00Z"})  # fmt: skip
    assert event_key(one) not in [
        event_key(event(**({"event_id": None, "location": "Köln"} | said))) for said in others
    ]


@pytest.mark.parametrize(
    ("said", "where"),
    [
        ({"tracking_number": " "}, "trackingNumber"),
        ({"tracking_number": "x" * 121}, "trackingNumber"),
        ({"tracking_number": "a\x00b"}, "trackingNumber"),
        ({"occurred_at": "yesterday"}, "occurredAt"),
        ({"occurred_at": "2026-11-02T08:15:00"}, "occurredAt"),
        ({"occurred_at": "9999-01-01T00:00:00Z"}, "occurredAt"),
        ({"estimated_delivery_at": "soon"}, "estimatedDeliveryAt"),
        ({"milestone": None}, "milestone or an exception"),
    ],
)
def test_what_cannot_be_read_is_garbled_and_says_where(said: dict[str, object], where: str) -> None:
    with pytest.raises(SourceGarbled, match=where):
        seen_of(event(**said), "carrier")
