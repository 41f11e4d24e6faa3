from hub.flow.facts import HUB, KeptLink
from hub.merge.ground import ground_of
from hub.model.manifest import Tells
from hub.model.observation import Content, NaturalKey
from hub.model.shipment import ShipmentMilestone
from hub.model.vocabulary import FieldGroup, Kind, SystemKind
from tests.kit.facts import (
    CARRIER,
    SHOP,
    WMS,
    binding,
    content,
    event,
    facts,
    landscape,
    link,
    order_record,
    record,
    shipment_record,
)


def test_records_are_kept_by_entity_in_an_order_that_loading_does_not_change() -> None:
    shop, hub = order_record(SHOP, content()), order_record(HUB, Content())
    assert ground_of(facts(shop, hub)).records == ground_of(facts(hub, shop)).records
    assert [one.source for one in ground_of(facts(hub, shop)).records["o1"]] == [SHOP, HUB]


def test_only_entities_under_the_root_are_wanted() -> None:
    ground = ground_of(facts(order_record(SHOP, content()), shipment_record(WMS, Content()), members=frozenset({"o1"})))
    assert (ground.wanted(Kind.ORDER), ground.wanted(Kind.SHIPMENT)) == (("o1",), ())
    assert ground_of(facts(shipment_record(WMS, Content()))).wanted(Kind.SHIPMENT) == ("s1",)


def test_a_parcel_belongs_to_the_order_of_its_shipment() -> None:
    parcel = shipment_record(CARRIER, Content(), entity_id="p1", links=(link("s1", Kind.SHIPMENT),))
    ground = ground_of(facts(order_record(SHOP, content()), shipment_record(WMS, Content()), parcel))
    assert ground.orders_of("p1") == ("o1",)
    assert ground.linked("o1", Kind.SHIPMENT) == ("p1", "s1")


def test_a_reference_tells_the_kind_by_the_row_or_by_its_own_id_scheme() -> None:
    key = NaturalKey(scheme="shop.CUSTOMER.id", value="7")
    shop = order_record(SHOP, content(), links=(KeptLink(key=key, entity_id="c1"), link("c2", Kind.CUSTOMER)))
    assert ground_of(facts(shop)).targets("o1", Kind.CUSTOMER) == ("c1", "c2")


def test_references_are_counted_not_known_orders() -> None:
    one = shipment_record(WMS, Content(), links=(link("o1", Kind.ORDER),))
    two = shipment_record(WMS, Content(), links=(link("o1", Kind.ORDER), link(None)))
    customer = KeptLink(key=NaturalKey(scheme="wms.CUSTOMER.id", value="7"), entity_id=None)
    elsewhere = shipment_record(WMS, Content(), links=(link("o1", Kind.ORDER), customer))
    assert [ground_of(facts(r)).order_references("s1") for r in (one, two, elsewhere)] == [1, 2, 1]


def test_an_order_is_named_by_what_its_records_bear_refer_to_and_are_called() -> None:
    code, ref = NaturalKey(scheme="shop.code", value="C0"), NaturalKey(scheme="erp.number", value="S-1")
    ground = ground_of(facts(order_record(SHOP, content(bears=(code,), refers=(ref,)))))
    assert ground.keys_of("o1") == {code, ref, NaturalKey(scheme="shop.ORDER.id", value="shop-1")}


def test_milestones_are_those_of_the_record_and_its_birth() -> None:
    mine, other = event(ShipmentMilestone.SHIPPED, 1), event(ShipmentMilestone.SHIPPED, 1, birth="2020")
    ground = ground_of(facts(shipment_record(CARRIER, Content()), milestones=(mine, other)))
    assert ground.told_by(ground.records["s1"][0]) == (mine,)


def test_what_a_source_declares_comes_from_its_manifest() -> None:
    groups = {Kind.ORDER: (FieldGroup.ALLOCATION,)}
    ground = ground_of(facts(landscape=landscape(binding(SHOP, groups=groups), binding(CARRIER))))
    assert ground.declares(SHOP, Kind.ORDER) == {FieldGroup.ALLOCATION}
    assert ground.declares("retired", Kind.ORDER) == frozenset()
    assert (ground.tells(CARRIER), ground.tells(SHOP), ground.tells("retired")) == (
        Tells.EVENTS,
        Tells.STATE,
        Tells.STATE,
    )
    assert ground.system(SHOP) is SystemKind.COMMERCE


def test_a_thing_that_refers_to_itself_ends() -> None:
    loop = record(WMS, Kind.SHIPMENT, Content(), (0, 1), entity_id="s1", links=(link("s2", Kind.SHIPMENT),))
    back = record(WMS, Kind.SHIPMENT, Content(), (0, 1), entity_id="s2", links=(link("s1", Kind.SHIPMENT),))
    assert ground_of(facts(loop, back)).orders_of("s1") == ()
