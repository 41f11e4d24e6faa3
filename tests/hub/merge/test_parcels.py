"""Where a shipment and its packages stand."""

from datetime import timedelta
from typing import Any

from hub.flow.facts import KeptMilestone, KeptRecord
from hub.merge.ground import Ground, ground_of
from hub.merge.parcels import own_status, parcelled, stale_at, voices_of
from hub.model.observation import Content
from hub.model.shipment import Package, ShipmentMilestone
from hub.model.vocabulary import FieldGroup, Kind
from tests.kit.facts import (
    CARRIER,
    ERP,
    SHOP,
    START,
    WMS,
    binding,
    event,
    facts,
    landscape,
    link,
    shipment_record,
)

M = ShipmentMilestone
PARCEL: dict[str, Any] = {"entity_id": "p1", "links": (link("s1", Kind.SHIPMENT),)}


def ground(*records: KeptRecord, milestones: tuple[KeptMilestone, ...] = (), hours: float = 1) -> Ground:
    return ground_of(facts(*records, milestones=milestones, now=START + timedelta(hours=hours)))


def test_a_carriers_parcel_speaks_of_the_shipment_it_refers_to() -> None:
    records = shipment_record(WMS, Content(status="SHIPPED")), shipment_record(CARRIER, Content(), (0, 1), **PARCEL)
    found = ground(*records, milestones=(event(M.DELIVERED, 10),))
    assert [voice.record.source for voice in voices_of(found, "s1")] == [WMS, CARRIER]
    assert parcelled(found, "s1").status is M.DELIVERED


def test_a_shipment_of_two_packages_is_partial_while_they_differ() -> None:
    packages = (Package(id="1", status=M.DELIVERED), Package(id="2", status=M.SHIPPED))
    found = parcelled(ground(shipment_record(WMS, Content(status="SHIPPED", packages=packages))), "s1")
    assert (found.status, found.is_partial) == (M.SHIPPED, True)
    assert [package.status for package in found.packages] == [M.DELIVERED, M.SHIPPED]


def test_a_shop_that_never_scans_is_not_called_silent() -> None:
    assert stale_at(ground(shipment_record(SHOP, Content(status="SHIPPED"))), "s1") is None
    delivered = ground(
        shipment_record(WMS, Content(status="SHIPPED")),
        shipment_record(CARRIER, Content(), (0, 1), **PARCEL),
        milestones=(event(M.DELIVERED, 0),),
    )
    assert stale_at(delivered, "s1") is None


def test_a_parcel_in_the_shop_speaks_of_itself_alone() -> None:
    packed = Content(
        status="PACKED", packages=(Package(id="1", tracking_number="1Z"), Package(id="2", tracking_number="2Z"))
    )
    shown = Content(status="SHIPPED", packages=(Package(id="f1", tracking_number="1Z"),))
    parcels = [shipment_record(SHOP, shown, source_id="f1")]
    found = parcelled(ground(*parcels, shipment_record(WMS, packed, lives=False)), "s1")
    assert {one.tracking_number: one.status for one in found.packages} == {"1Z": M.SHIPPED, "2Z": M.PACKED}


def test_a_warehouse_that_has_a_shipment_twice_does_not_speak_while_another_can() -> None:
    twice = [shipment_record(WMS, Content(status="SHIPPED"), source_id=name) for name in ("8", "9")]
    planned = shipment_record(ERP, Content(status="PICKED"))
    assert parcelled(ground(*twice, planned), "s1").status is M.PICKED
    assert parcelled(ground(*twice), "s1").status is M.SHIPPED


def test_after_the_warehouse_those_speak_who_say_that_they_know_the_way() -> None:
    sources = (
        binding(WMS, groups={Kind.SHIPMENT: (FieldGroup.FULFILLMENT,)}),
        binding(SHOP, groups={Kind.SHIPMENT: (FieldGroup.FULFILLMENT, FieldGroup.TRACKING)}),
    )
    records = (shipment_record(WMS, Content(status="SHIPPED")), shipment_record(SHOP, Content(status="DELIVERED")))
    known = ground_of(facts(*records, landscape=landscape(*sources)))
    assert parcelled(known, "s1").status is M.DELIVERED
    assert parcelled(ground(*records), "s1").status is M.SHIPPED
    assert own_status(known, records[1]) is M.DELIVERED
