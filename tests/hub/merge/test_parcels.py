"""Where a shipment and its packages stand."""

from datetime import timedelta
from typing import Any

from hub.flow.facts import KeptMilestone, KeptRecord
from hub.merge.ground import Ground, ground_of
from hub.merge.parcels import parcelled, stale_at, voices_of
from hub.model.observation import Content
from hub.model.shipment import Package, ShipmentMilestone
from hub.model.vocabulary import Kind
from tests.kit.facts import (
    CARRIER,
    SHOP,
    START,
    WMS,
    event,
    facts,
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
