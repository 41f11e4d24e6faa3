"""What has left, told to those who planned it and sold it: once, in their own lines."""

from __future__ import annotations

from dataclasses import replace

from hub.flow.cycle.scene import Scene, scene_of
from hub.flow.cycle.shipping import gone_of
from hub.flow.facts import RootFacts
from hub.merge.assemble import assemble
from hub.model.effects import ShipGoods
from hub.model.intents import DeliveryState
from tests.kit.facts import at, d, line
from tests.kit.flows import apply, flowing, moved, order_of, seen, states
from tests.kit.managed import (
    ERP_SHIP,
    NAMED,
    SHOP_SHIP,
    TRACKING,
    erp_request,
    erp_shipment,
    managed,
    sale,
    shop_order,
    shop_parcel,
    units_of,
    wms_request,
    wms_shipment,
)


def scene(known: RootFacts) -> Scene:
    return scene_of(order_of(known), known, assemble(known), (), ())


def shipped(ordered: int = 2, left: int = 2) -> RootFacts:
    return managed(
        shop_order(ordered), sale(ordered), erp_request(ordered), erp_shipment(ordered),
        wms_request(left, status="CLOSED"), wms_shipment(left, status="SHIPPED"),
    )  # fmt: skip


def carried(known: RootFacts, key: str) -> ShipGoods:
    content = next(intent.content for intent in flowing(known).intents if intent.key == key)
    assert isinstance(content, ShipGoods)
    return content


def test_what_has_left_is_what_the_warehouse_says() -> None:
    (gone,) = gone_of(scene(shipped(3, 2)))
    assert (gone.units, gone.reference, gone.tracking) == ({1: d(2)}, NAMED, (TRACKING,))
    assert (gone.carrier, gone.shipped_at, gone.warehouse) == ("DHL", at(400), "WH")
    assert gone_of(scene(managed(shop_order(), sale(), erp_request(), erp_shipment(), wms_shipment()))) == ()


def test_a_short_shipment_is_told_as_it_left_not_as_it_was_planned() -> None:
    known = shipped(3, 2)
    assert units_of(*carried(known, ERP_SHIP).lines) == [("80", d(2))]
    assert units_of(*carried(known, SHOP_SHIP).lines) == [("a", d(2))]


def test_what_has_left_fills_the_erp_s_lines_in_order_and_none_beyond_what_it_planned() -> None:
    plan = erp_shipment(1)
    first = plan.content.lines[0]
    two = replace(plan, content=replace(plan.content, lines=(first, replace(first, id="81"))))
    known = shipped()
    known = replace(known, records=(*(one for one in known.records if one.content.number != "41"), erp_request(), two))
    assert units_of(*carried(known, ERP_SHIP).lines) == [("80", d(1)), ("81", d(1))]


def test_a_shop_that_shows_the_parcel_or_as_much_as_left_is_told_nothing() -> None:
    for known in (seen(shipped(), shop_parcel()), seen(shipped(), shop_order(shipped=2, seen=(500, 501)))):
        assert [intent.key for intent in flowing(known).intents] == [ERP_SHIP]


def test_what_was_asked_under_a_reference_keeps_its_key_when_its_entity_becomes_another() -> None:
    known = moved(apply(shipped()), SHOP_SHIP, DeliveryState.UNKNOWN, claimed_at=at(450))
    elsewhere = tuple(replace(one, entity_id="s0") if one.entity_id == "s1" else one for one in known.records)
    merged = apply(replace(known, records=elsewhere))
    assert {key for key in states(merged) if key.startswith("shop/ship:")} == {SHOP_SHIP}


def test_an_item_of_its_own_line_is_found_by_its_code_where_nothing_names_the_line() -> None:
    extra = wms_shipment(status="SHIPPED")
    extra = replace(extra, content=replace(extra.content, lines=(line("91", 2, shipped=2),)))
    (gone,) = gone_of(scene(seen(shipped(), extra)))
    assert gone.units == {1: d(2)}
