from dataclasses import replace
from datetime import timedelta

import pytest

from hub.model.intents import DeliveryState
from hub.model.manifest import Landscape, Read, SourceBinding
from hub.model.values import ConflictValue, FieldConflict
from hub.model.views import SystemPresence
from hub.model.vocabulary import FieldGroup, Freshness, Kind, PresenceState, SystemKind
from hub.read.presence import NO_FEED, NOBODY, presence
from hub.read.whole import SourceWords, Whole
from sources.tracking.manifest import MANIFEST as TRACKING
from tests.kit.orders import NOON, SHOP, aged, landscape, make_order, make_record
from tests.kit.wholes import down, make_sent, make_whole


def rows(whole: Whole) -> dict[str, SystemPresence]:
    return {f"{row.system}/{row.source}": row for row in presence(whole, whole.order.id, Kind.ORDER)}


def test_every_system_has_a_row_also_where_none_is_connected() -> None:
    found = presence(make_whole(), "order-R7K2", Kind.ORDER)
    assert [(row.system, row.source, row.state, row.freshness, row.message) for row in found] == [
        (SystemKind.COMMERCE, "shop", PresenceState.PRESENT, Freshness.FRESH, None),
        (SystemKind.ERP, NOBODY, PresenceState.NOT_EXPECTED, Freshness.UNAVAILABLE, "no ERP is connected"),
        (SystemKind.WMS, NOBODY, PresenceState.NOT_EXPECTED, Freshness.UNAVAILABLE, "no WMS is connected"),
    ]
    shop = found[0]
    assert (shop.number, shop.raw_status, shop.url) == ("R7K2", "PaymentSettled", "https://shop/o/1")
    assert (shop.last_seen_at, shop.age_seconds) == (NOON, 120)


def test_a_connected_system_that_nobody_expects_to_know_it_says_so() -> None:
    row = rows(make_whole(landscape=landscape(erp=True)))["ERP/erp"]
    assert (row.state, row.freshness, row.message) == (PresenceState.NOT_EXPECTED, Freshness.UNAVAILABLE, None)


def test_an_expected_mirror_is_pending_until_coverage_proves_it_missing() -> None:
    expecting = landscape(erp=True, expects=(SystemKind.ERP,))
    pending = rows(make_whole(landscape=expecting))["ERP/erp"]
    assert (pending.state, pending.message) == (PresenceState.PENDING, "expected there, not seen yet")
    covered = {("erp", Kind.ORDER): NOON + timedelta(minutes=1)}
    missing = rows(make_whole(landscape=expecting, coverage=covered, missing_in=("ERP",)))["ERP/erp"]
    assert (missing.state, missing.freshness) == (PresenceState.MISSING, Freshness.FRESH)
    assert missing.message == "not found there as of 12:01 UTC"


def test_an_expected_system_that_is_not_connected_is_missing() -> None:
    row = rows(make_whole(landscape=landscape(expects=(SystemKind.ERP,))))[f"ERP/{NOBODY}"]
    assert (row.state, row.message) == (PresenceState.MISSING, "expected there, but no ERP is connected")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (down(), "no answer since 12:00 UTC: breaker open"),
        (down(breaker="HALF_OPEN"), "no answer since 12:00 UTC: breaker half open"),
        (down(last_success_at=None, breaker_since=NOON), "no answer since 12:00 UTC: breaker open"),
        (SourceWords(source="shop", is_paused=True, last_error="401"), "not asked: 401"),
        (SourceWords(source="shop"), None),
    ],
)
def test_a_system_that_does_not_answer_says_since_when(words: SourceWords, message: str | None) -> None:
    row = rows(make_whole(states=(words,)))["COMMERCE/shop"]
    assert (row.state, row.message) == (PresenceState.PRESENT, message)


def test_a_stale_copy_says_how_old_it_is() -> None:
    row = rows(make_whole(None, aged(make_record(), 28)))["COMMERCE/shop"]
    assert (row.freshness, row.message) == (Freshness.STALE, "last confirmed 30 min ago, expected every 5 min")


def test_doubt_is_said() -> None:
    row = rows(make_whole(None, make_record(in_doubt=True)))["COMMERCE/shop"]
    assert (row.freshness, row.message) == (
        Freshness.STALE,
        "its last answers differ or cannot be read: being read again",
    )


def test_what_is_gone_there_is_missing() -> None:
    row = rows(make_whole(None, make_record(lives=False)))["COMMERCE/shop"]
    assert (row.state, row.message) == (PresenceState.MISSING, "gone there, seen at 12:00 UTC")


def test_a_conflict_names_the_field() -> None:
    values = tuple(ConflictValue(source=name, value="1", observed_at=NOON) for name in ("shop", "erp"))
    conflict = FieldConflict(path="total", group=FieldGroup.COMMERCIAL, chosen="erp", values=values)
    whole = make_whole(make_order(conflicts=(conflict,)), landscape=landscape(erp=True))
    assert (rows(whole)["COMMERCE/shop"].state, rows(whole)["COMMERCE/shop"].message) == (
        PresenceState.CONFLICT,
        "disagrees about total",
    )


@pytest.mark.parametrize(
    ("state", "said", "message"),
    [
        (DeliveryState.PENDING, {}, "order.cancel queued"),
        (
            DeliveryState.PENDING,
            {"attempts": 2, "next_attempt_at": NOON + timedelta(minutes=5)},
            "order.cancel queued, next try at 12:05 UTC (2 made)",
        ),
        (DeliveryState.CLAIMED, {}, "order.cancel is being sent"),
        (DeliveryState.ACCEPTED, {}, "order.cancel accepted, not yet seen done"),
        (DeliveryState.UNKNOWN, {}, "the answer to order.cancel was lost, being looked up"),
        (DeliveryState.REVIEW, {}, "order.cancel waits for a person: its outcome is unknown"),
        (DeliveryState.DEAD, {"error": "422"}, "order.cancel failed: 422"),
        (DeliveryState.DONE, {}, None),
        (DeliveryState.WITHDRAWN, {}, None),
    ],
)
def test_what_is_on_its_way_there_is_said(state: DeliveryState, said: dict[str, object], message: str | None) -> None:
    row = rows(make_whole(deliveries=(make_sent(state, **said),)))["COMMERCE/shop"]
    assert (row.state, row.message) == (PresenceState.PRESENT, message)


def test_a_create_on_its_way_makes_the_mirror_pending_and_a_dead_one_failed() -> None:
    there = landscape(erp=True, expects=(SystemKind.ERP,))
    for state, shown in ((DeliveryState.PENDING, PresenceState.PENDING), (DeliveryState.DEAD, PresenceState.FAILED)):
        sent = make_sent(state, source="erp", action="order.create")
        assert rows(make_whole(landscape=there, deliveries=(sent,)))["ERP/erp"].state is shown


def test_a_warehouse_holds_an_order_as_its_shipments() -> None:
    wms = replace(landscape().sources["shop"], source="wms", system=SystemKind.WMS)
    there = Landscape(tenant="acme", sources={**landscape().sources, "wms": wms})
    parcel = make_record("wms", "317", kind=Kind.SHIPMENT, entity_id="shipment-317")
    row = rows(make_whole(None, make_record(), parcel, landscape=there))["WMS/wms"]
    assert (row.state, row.number) == (PresenceState.PRESENT, "317")
    own = presence(make_whole(None, make_record(), parcel, landscape=there), "shipment-317", Kind.SHIPMENT)
    assert [(one.source, one.state) for one in own if one.source == "wms"] == [("wms", PresenceState.PRESENT)]


def test_a_source_that_is_no_longer_configured_keeps_its_row() -> None:
    row = rows(make_whole(None, make_record(), make_record("old")))["OTHER/old"]
    assert (row.state, row.freshness) == (PresenceState.PRESENT, Freshness.STALE)
    assert row.message == "this source is no longer configured: what it said last is shown"


WMS = replace(SHOP, adapter="wms", reads={Kind.SHIPMENT: Read(batch=10), Kind.FULFILLMENT_ORDER: Read(batch=10)})


def three_systems() -> Landscape:
    sources = landscape(erp=True, expects=(SystemKind.ERP, SystemKind.WMS)).sources
    wms = SourceBinding(source="wms", tenant="acme", system=SystemKind.WMS, manifest=WMS)
    return Landscape(tenant="acme", sources={**sources, "wms": wms})


def test_a_warehouse_that_tells_a_shipment_and_its_request_has_one_row_for_both() -> None:
    told = [
        make_record("wms", "317", kind=kind, source_id=source_id, entity_id=f"{kind}-{source_id}")
        for kind in (Kind.FULFILLMENT_ORDER, Kind.SHIPMENT)
        for source_id in ("7", "8")
    ]
    waiting = make_record("wms", "318", kind=Kind.FULFILLMENT_ORDER, source_id="9", entity_id="request-9")
    found = presence(
        make_whole(None, make_record(), *told, waiting, landscape=three_systems()), "order-R7K2", Kind.ORDER
    )
    assert [(row.system, row.state, row.number) for row in found] == [
        (SystemKind.COMMERCE, PresenceState.PRESENT, "R7K2"),
        (SystemKind.ERP, PresenceState.PENDING, None),
        (SystemKind.WMS, PresenceState.PRESENT, "317"),
        (SystemKind.WMS, PresenceState.PRESENT, "317"),
        (SystemKind.WMS, PresenceState.PRESENT, "318"),
    ]


def test_what_is_no_order_is_awaited_nowhere_and_a_connected_system_is_not_called_absent() -> None:
    parcel = make_record("wms", "317", kind=Kind.SHIPMENT, source_id="7", entity_id="shipment-317")
    whole = make_whole(None, make_record(), parcel, landscape=three_systems(), missing_in=("ERP",))
    found = presence(whole, "shipment-317", Kind.SHIPMENT)
    assert [(row.source, row.state) for row in found] == [
        ("shop", PresenceState.NOT_EXPECTED),
        ("wms", PresenceState.PRESENT),
        (NOBODY, PresenceState.NOT_EXPECTED),
    ]
    assert found[-1].system is SystemKind.CARRIER
    assert found[-1].message == NO_FEED
    assert [row.source for row in presence(whole, "invoice-1", Kind.INVOICE)] == []


def test_a_feed_of_events_has_a_row_where_parcels_are_concerned_and_says_that_it_told_nothing() -> None:
    there = three_systems()
    feed = SourceBinding(source="dhl", tenant="acme", system=SystemKind.CARRIER, manifest=TRACKING)
    there = replace(there, sources={**there.sources, "dhl": feed})
    parcel = make_record("wms", "317", kind=Kind.SHIPMENT, source_id="7", entity_id="shipment-317")
    whole = make_whole(None, make_record(), parcel, landscape=there)
    row = presence(whole, "shipment-317", Kind.SHIPMENT)[-1]
    assert (row.source, row.state, row.message) == (
        "dhl", PresenceState.NOT_EXPECTED, "it has told nothing of this yet",
    )  # fmt: skip
    assert [row.source for row in presence(whole, "invoice-1", Kind.INVOICE)] == []
    scanned = make_record("dhl", "scan", kind=Kind.SHIPMENT, source_id="1Z1", entity_id="shipment-317")
    row = presence(make_whole(None, make_record(), scanned, landscape=there), "shipment-317", Kind.SHIPMENT)[-1]
    assert (row.source, row.state) == ("dhl", PresenceState.PRESENT)
