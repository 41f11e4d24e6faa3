"""What documents below an order add to its lines."""

from datetime import timedelta
from typing import Any

from hub.flow.facts import KeptMilestone, KeptRecord
from hub.merge.ground import Ground, ground_of
from hub.merge.lines import order_rows
from hub.merge.loads import Load, loads_of, units_in
from hub.model.observation import Content, NaturalKey, line_key
from hub.model.shipment import ShipmentMilestone
from hub.model.vocabulary import Kind
from tests.kit.facts import (
    ALL,
    ERP,
    SHOP,
    START,
    WMS,
    content,
    d,
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
    assert [load.entity for load in loads(shop, left)] == ["s1"]


def test_equal_lines_in_unequal_numbers_are_told() -> None:
    shop = order_record(SHOP, content(line("a", 1), line("b", 1)))
    (load,) = loads(shop, shipment_record(WMS, Content(status="SHIPPED", lines=(line("x", 1),))))
    assert load.unclear


def test_the_units_of_a_line_are_what_it_names() -> None:
    assert units_in(line("x", 3, shipped=2)) == 3
    unnamed = line("x", 0, shipped=2)
    assert units_in(unnamed) == 0


def test_an_erps_parcel_of_the_same_goods_gives_way_to_the_warehouses() -> None:
    shop = order_record(SHOP, content(line("a", 2)))
    erp = shipment_record(ERP, Content(status="SHIPPED", lines=(line("m", 2),)), entity_id="s0")
    found = loads(shop, erp, shipment_record(WMS, Content(status="PICKED", lines=(line("x", 2),))))
    assert [(load.source, load.lines[0][2]["shipped"]) for load in found] == [(ERP, d(2)), (WMS, d(0))]
