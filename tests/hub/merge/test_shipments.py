from datetime import timedelta
from typing import Any

from hub.flow.facts import KeptMilestone, KeptRecord
from hub.merge.ground import Ground, ground_of
from hub.merge.lines import order_rows
from hub.merge.shipments import (
    Load,
    assembled_shipment,
    loads_of,
    parcelled,
    shipment_identifiers,
    stale_at,
    units_in,
    voices_of,
)
from hub.model.observation import Content, NaturalKey, line_key
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
    ALL,
    CARRIER,
    ERP,
    SHOP,
    START,
    WMS,
    at,
    content,
    d,
    event,
    facts,
    line,
    link,
    order_record,
    shipment_record,
)

M = ShipmentMilestone
PARCEL: dict[str, Any] = {"entity_id": "p1", "links": (link("s1", Kind.SHIPMENT),)}


def ground(*records: KeptRecord, milestones: tuple[KeptMilestone, ...] = (), hours: float = 1) -> Ground:
    return ground_of(facts(*records, milestones=milestones, now=START + timedelta(hours=hours)))


def loads(*records: KeptRecord) -> tuple[Load, ...]:
    rows = order_rows([one for one in records if one.entity_id == "o1"], ALL).rows
    return loads_of(ground(*records), "o1", rows)


def assembled(*records: KeptRecord, milestones: tuple[KeptMilestone, ...] = (), hours: float = 1) -> Shipment:
    return assembled_shipment(ground(*records, milestones=milestones, hours=hours), "s1", {("s1", "x"): "o1/1"})


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


def test_what_a_shipment_carries_is_matched_by_reference_then_by_item() -> None:
    shop = order_record(SHOP, content(line("a", 2), line("b", 2)))
    parcel = Content(status="SHIPPED", lines=(line("x", 1, target=line_key(SHOP, Kind.ORDER, "b")), line("y", 1)))
    (load,) = loads(shop, shipment_record(SHOP, parcel))
    assert [(name, row) for name, row, _ in load.lines] == [("x", 1), ("y", 0)]
    assert load.lines[0][2]["shipped"] == 1


def test_several_moves_of_one_line_add_up() -> None:
    """70 pieces = 60 + 10 from two bins (systems.md 5.15)."""
    shop = order_record(SHOP, content(line("a", 70)))
    target = line_key(SHOP, Kind.ORDER, "a")
    parcel = Content(status="PICKED", lines=(line("x", 60, target=target), line("y", 10, target=target)))
    (load,) = loads(shop, shipment_record(WMS, parcel))
    assert [(row, counters["picked"]) for _, row, counters in load.lines] == [(0, d(60)), (0, d(10))]


def test_lines_of_a_shared_shipment_go_by_their_document_and_without_one_to_nobody() -> None:
    code = NaturalKey(scheme="shop.code", value="C0")
    shop = order_record(SHOP, content(line("a", 2), line("b", 1, sku="CUP"), bears=(code,)))
    shared = Content(
        status="SHIPPED",
        lines=(
            line("x", 2, document=code),
            line("y", 1, sku="CUP"),
            line("z", 1, sku="CUP", document=NaturalKey(scheme="shop.code", value="C1")),
        ),
    )
    both = (link("o1", Kind.ORDER), link("o2", Kind.ORDER))
    (load,) = loads(shop, shipment_record(WMS, shared, links=both))
    assert [name for name, _, _ in load.lines] == ["x"]


def test_a_shipment_that_is_gone_counts_only_if_it_had_left() -> None:
    shop = order_record(SHOP, content(line("a", 2)))
    packed = shipment_record(WMS, Content(status="PACKED", lines=(line("x", 2),)), lives=False)
    left = shipment_record(WMS, Content(status="SHIPPED", lines=(line("x", 2),)), lives=False)
    assert loads(shop, packed) == ()
    assert [load.shipment for load in loads(shop, left)] == ["s1"]


def test_equal_lines_in_unequal_numbers_are_told() -> None:
    shop = order_record(SHOP, content(line("a", 1), line("b", 1)))
    (load,) = loads(shop, shipment_record(WMS, Content(status="SHIPPED", lines=(line("x", 1),))))
    assert load.unclear


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


def test_a_shop_that_never_scans_is_not_called_silent() -> None:
    assert stale_at(ground(shipment_record(SHOP, Content(status="SHIPPED"))), "s1") is None
    delivered = ground(
        shipment_record(WMS, Content(status="SHIPPED")),
        shipment_record(CARRIER, Content(), (0, 1), **PARCEL),
        milestones=(event(M.DELIVERED, 0),),
    )
    assert stale_at(delivered, "s1") is None


def test_the_units_of_a_line_are_what_it_names() -> None:
    assert units_in(line("x", 3, shipped=2)) == 3
    unnamed = line("x", 0, shipped=2)
    assert units_in(unnamed) == 0


def test_an_erps_parcel_of_the_same_goods_gives_way_to_the_warehouses() -> None:
    shop = order_record(SHOP, content(line("a", 2)))
    erp = shipment_record(ERP, Content(status="SHIPPED", lines=(line("m", 2),)), entity_id="s0")
    found = loads(shop, erp, shipment_record(WMS, Content(status="PICKED", lines=(line("x", 2),))))
    assert [(load.source, load.lines[0][2]["shipped"]) for load in found] == [(ERP, d(2)), (WMS, d(0))]
