from datetime import timedelta
from typing import Any

from hub.flow.facts import KeptMilestone, KeptRecord
from hub.merge.ground import Ground, ground_of
from hub.merge.parcels import stale_at
from hub.merge.shipments import assembled_shipment, shipment_identifiers
from hub.model.observation import Content
from hub.model.shipment import (
    Package,
    Shipment,
    ShipmentExceptionKind,
    ShipmentExecution,
    ShipmentGroups,
    ShipmentLine,
    ShipmentMilestone,
)
from hub.model.vocabulary import FieldGroup, Kind
from tests.kit.facts import (
    CARRIER,
    START,
    WMS,
    at,
    d,
    event,
    facts,
    line,
    link,
    shipment_record,
)

M = ShipmentMilestone
PARCEL: dict[str, Any] = {"entity_id": "p1", "links": (link("s1", Kind.SHIPMENT),)}


def ground(*records: KeptRecord, milestones: tuple[KeptMilestone, ...] = (), hours: float = 1) -> Ground:
    return ground_of(facts(*records, milestones=milestones, now=START + timedelta(hours=hours)))


def assembled(*records: KeptRecord, milestones: tuple[KeptMilestone, ...] = (), hours: float = 1) -> Shipment:
    return assembled_shipment(ground(*records, milestones=milestones, hours=hours), "s1", {("s1", "x"): "o1/1"})


def test_rule_4_packages_of_two_feeds_are_merged_by_tracking_number_and_never_replaced() -> None:
    warehouse = shipment_record(WMS, Content(status="SHIPPED", packages=(Package(id="1", tracking_number="1Z"),)))
    parcel = shipment_record(
        CARRIER,
        Content(packages=(Package(id="x", tracking_number="1Z"), Package(id="y", tracking_number="2Z"))),
        **PARCEL,
    )
    found = assembled(warehouse, parcel, milestones=(event(M.IN_TRANSIT, 5, part="3Z"),))
    assert [(one.id, one.tracking_number) for one in found.packages] == [("1", "1Z"), ("y", "2Z"), ("3Z", None)]


def test_carriers_events_about_one_package_move_that_package() -> None:
    packages = (Package(id="1", tracking_number="1Z"), Package(id="2", tracking_number="2Z"))
    records = (
        shipment_record(WMS, Content(status="SHIPPED", packages=packages)),
        shipment_record(CARRIER, Content(), (0, 1), **PARCEL),
    )
    found = assembled(*records, milestones=(event(M.DELIVERED, 9, part="2Z"),))
    assert [one.status for one in found.packages] == [M.SHIPPED, M.DELIVERED]
    assert (found.status, found.is_partial) == (M.SHIPPED, True)


def test_the_document_says_what_it_carries_where_it_stands_and_how_it_got_there() -> None:
    groups = ShipmentGroups(execution=ShipmentExecution(carrier="DHL"))
    said = Content(shipment=groups, number="317", status="SHIPPED", lines=(line("x", 2), line("y", 1, sku="CUP")))
    found = assembled(shipment_record(WMS, said), milestones=(event(M.SHIPPED, 10, source=WMS),))
    assert (found.number, found.status, found.groups, found.order_ids) == ("317", M.SHIPPED, groups, ("o1",))
    assert found.lines == (
        ShipmentLine(sku="MUG", quantity=d(2), order_line_id="o1/1", line="x"),
        ShipmentLine(sku="CUP", quantity=d(1), line="y"),
    )
    assert [(one.milestone, one.is_inferred) for one in found.milestones] == [
        (M.PICKED, True),
        (M.PACKED, True),
        (M.SHIPPED, False),
    ]
    assert [(one.group, one.source) for one in found.speakers] == [
        (FieldGroup.FULFILLMENT, WMS),
        (FieldGroup.LIFECYCLE, WMS),
    ]


def test_its_version_is_left_to_whoever_writes_it() -> None:
    stored = Shipment(id="s1", version=7, status=M.PACKED)
    found = ground_of(facts(shipment_record(WMS, Content(status="SHIPPED")), documents={"s1": stored}))
    assert assembled_shipment(found, "s1", {}).version == 7


def test_tracking_numbers_and_numbers_are_identifiers_the_parcels_too() -> None:
    warehouse = shipment_record(
        WMS, Content(number="317", status="SHIPPED", packages=(Package(id="1", tracking_number="1Z"),))
    )
    parcel = shipment_record(CARRIER, Content(packages=(Package(id="2", tracking_number="2Z"),)), **PARCEL)
    found = shipment_identifiers(ground(warehouse, parcel), "s1")
    assert [(one.scheme.value, one.value, one.source) for one in found] == [
        ("WMS_SHIPMENT", "317", WMS),
        ("TRACKING", "1Z", WMS),
        ("TRACKING", "2Z", CARRIER),
    ]


def test_what_is_wrong_is_what_sources_say_now_and_nothing_once_delivered() -> None:
    wrong = (ShipmentExceptionKind.DELAYED,)
    delayed = shipment_record(WMS, Content(status="SHIPPED", exceptions=wrong))
    assert assembled(delayed).exceptions == wrong
    assert assembled(shipment_record(WMS, Content(status="DELIVERED", exceptions=wrong))).exceptions == ()
    gone = shipment_record(WMS, Content(status="SHIPPED", exceptions=wrong), lives=False)
    assert assembled(gone).exceptions == ()


def test_rule_7_a_silent_carrier_is_an_exception_that_clears_by_itself() -> None:
    records = shipment_record(WMS, Content(status="SHIPPED")), shipment_record(CARRIER, Content(), (0, 1), **PARCEL)
    scans = (event(M.IN_TRANSIT, 0),)
    assert assembled(*records, milestones=scans, hours=47).exceptions == ()
    assert assembled(*records, milestones=scans, hours=48).exceptions == (ShipmentExceptionKind.TRACKING_STALE,)
    more = (*scans, event(M.OUT_FOR_DELIVERY, 47 * 3600))
    assert assembled(*records, milestones=more, hours=48).exceptions == ()
    assert stale_at(ground(*records, milestones=more), "s1") == at((47 + 48) * 3600)
