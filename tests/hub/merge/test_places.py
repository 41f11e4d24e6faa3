"""Which root an entity lies under (Id-4)."""

from __future__ import annotations

from hub.merge.keys import RecordKey
from hub.merge.places import Places
from hub.merge.shelf import Target
from hub.model.observation import NaturalKey
from hub.model.vocabulary import Kind
from tests.kit.merging import CARRIER, SHOP, WMS, key, own

W, P = RecordKey(WMS, Kind.SHIPMENT, "w"), RecordKey(CARRIER, Kind.SHIPMENT, "p")
CODE, OTHER, PARCEL = key("shop.code", "C0"), key("shop.code", "C1"), key("wms.parcel", "p")
ORDER, ANOTHER = Target("order", Kind.ORDER), Target("another", Kind.ORDER)
UNSEEN = Target(None, None)


def places(**links: dict[NaturalKey, Target]) -> Places[RecordKey]:
    """Entities `w` (a shipment) and `p` (its parcel) with the given links."""
    return Places({"w": [W], "p": [P]}, {W: links.get("w", {}), P: links.get("p", {})})


def test_with_one_reference_to_a_known_order_it_lies_under_it() -> None:
    assert places(w={CODE: ORDER}).root("w", Kind.SHIPMENT) == "order"


def test_with_one_reference_to_nothing_known_it_is_a_root_of_its_own() -> None:
    assert places(w={CODE: UNSEEN}).root("w", Kind.SHIPMENT) == "w"


def test_references_are_counted_not_known_orders() -> None:
    half = places(w={CODE: ORDER, OTHER: UNSEEN})
    assert half.root("w", Kind.SHIPMENT) == "w"
    assert half.orders("w") == {"order"}
    assert half.references("w") == {"order", OTHER}


def test_one_that_serves_two_orders_is_linked_to_both() -> None:
    assert places(w={CODE: ORDER, OTHER: ANOTHER}).orders("w") == {"order", "another"}


def test_a_parcel_reaches_the_order_through_its_shipment() -> None:
    through = places(w={CODE: ORDER}, p={PARCEL: Target("w", Kind.SHIPMENT)})
    assert through.orders("p") == {"order"}
    assert through.root("p", Kind.SHIPMENT) == "order"


def test_a_parcel_of_a_shared_shipment_is_shared_too() -> None:
    through = places(w={CODE: ORDER, OTHER: UNSEEN}, p={PARCEL: Target("w", Kind.SHIPMENT)})
    assert through.root("p", Kind.SHIPMENT) == "p"


def test_a_customer_is_only_mentioned() -> None:
    mention = own(SHOP, Kind.CUSTOMER, "c")
    for target in (UNSEEN, Target("customer", Kind.CUSTOMER)):
        assert places(w={CODE: ORDER, mention: target}).root("w", Kind.SHIPMENT) == "order"


def test_what_is_not_below_orders_is_a_root_of_its_own() -> None:
    assert places(w={CODE: ORDER}).root("w", Kind.CUSTOMER) == "w"


def test_things_that_refer_to_each_other_end() -> None:
    circle = places(w={CODE: Target("p", Kind.SHIPMENT)}, p={PARCEL: Target("w", Kind.SHIPMENT)})
    assert circle.orders("w") == frozenset()
    assert circle.root("w", Kind.SHIPMENT) == "w"


def test_two_ways_of_naming_one_order_are_one_reference() -> None:
    """An ERP's shipment names its sale by id, and by a purchase order number that somebody typed."""
    sale, typed = own(WMS, Kind.ORDER, "7"), key("order.code", "PO7")
    assert places(w={sale: ORDER, typed: UNSEEN}).root("w", Kind.SHIPMENT) == "order"
    assert places(w={sale: ORDER, typed: ANOTHER}).root("w", Kind.SHIPMENT) == "w"


def test_records_of_several_sources_each_name_the_order_in_their_own_way() -> None:
    both = {W: {CODE: ORDER}, P: {OTHER: UNSEEN}}
    assert Places({"w": [W, P]}, both).root("w", Kind.SHIPMENT) == "order"


def test_a_reference_to_its_own_kind_that_nobody_bears_yet_names_no_order() -> None:
    assert places(w={CODE: ORDER, key("fulfilment.shipment", "C0/1"): UNSEEN}).root("w", Kind.SHIPMENT) == "order"
