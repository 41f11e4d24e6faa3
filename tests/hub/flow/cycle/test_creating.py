"""What an ERP is asked to take on, and what keeps an order from it."""

from __future__ import annotations

from dataclasses import replace

from hub.flow.cycle.creating import content_for, keeps_from_erp, key_of
from hub.flow.cycle.scene import Scene, scene_of
from hub.flow.facts import Allocation, ItemCode, KeptLink, Placed, RootFacts
from hub.merge.assemble import assemble
from hub.model.manifest import ChannelRules
from hub.model.observation import NaturalKey
from tests.kit.facts import ERP, SHOP, d
from tests.kit.flows import order_of
from tests.kit.managed import CODE, ERP_CREATE, TRIO, managed, shop_order


def scene(known: RootFacts) -> Scene:
    return scene_of(order_of(known), known, assemble(known), (), ())


def test_the_key_counts_refusals_of_what_has_changed_since() -> None:
    assert [key_of(ERP, refused) for refused in (0, 1, 2)] == [ERP_CREATE, f"{ERP_CREATE}:2", f"{ERP_CREATE}:3"]


def test_an_item_goes_by_the_source_s_own_code_and_pack() -> None:
    known = managed(codes={(ERP, "MUG"): ItemCode(code="CUP-6", factor=d(6), unit="PK")})
    (line,) = content_for(scene(known), ERP, CODE).lines
    assert (line.sku, line.factor, line.unit, line.quantity) == ("CUP-6", d(6), "PK", d(2))


def test_the_customer_goes_by_the_source_s_own_id_where_a_record_leads_to_it() -> None:
    bought = replace(
        shop_order(), links=(KeptLink(key=NaturalKey(scheme="erp.CUSTOMER.id", value="7"), entity_id="c1"),)
    )
    assert content_for(scene(managed(bought)), ERP, CODE).customer == "7"
    assert content_for(scene(managed()), ERP, CODE).customer is None


def test_it_leaves_from_where_most_of_it_was_placed_else_from_the_channel_s_first_warehouse() -> None:
    placed = (Placed(line_no=1, warehouse="WH", quantity=d(1)), Placed(line_no=1, warehouse="EAST", quantity=d(2)))
    known = managed(allocation=Allocation(placed=placed))
    assert content_for(scene(known), ERP, CODE).warehouse == "EAST"
    channels = {"web": ChannelRules(source=SHOP, warehouses=("WH", "EAST"))}
    known = managed(landscape=replace(TRIO, channels=channels))
    assert content_for(scene(known), ERP, CODE).warehouse == "WH"


def test_routing_that_waits_keeps_the_order_from_the_erp() -> None:
    known = managed(allocation=Allocation(waits_because="nothing is there"))
    assert keeps_from_erp(scene(known), ()) == "nothing is there"
    assert keeps_from_erp(scene(managed()), ()) is None
