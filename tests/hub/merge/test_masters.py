"""Documents of master data and transfers."""

from __future__ import annotations

from hub.flow.facts import KeptLink, KeptRecord
from hub.merge.ground import ground_of
from hub.merge.masters import (
    assembled_customer,
    assembled_price,
    assembled_product,
    assembled_transfer,
    assembled_warehouse,
)
from hub.model.billing import PriceFacts, PriceGroups, PriceStatus
from hub.model.observation import Content, NaturalKey
from hub.model.place import Location, WarehouseGroups, WarehouseProfile
from hub.model.product import ListingState, MappingState, ProductGroups, ProductItem
from hub.model.transfer import TransferGroups, TransferLine, TransferRequest, TransferStatus
from hub.model.vocabulary import Kind
from tests.kit.facts import ERP, SHOP, WMS, d, eur, facts, line, link, record


def told(source: str, kind: Kind, said: Content, **more: object) -> KeptRecord:
    return record(source, kind, said, (0, 1), **{"entity_id": "x1", **more})


def item(source: str, name: str | None, **more: object) -> KeptRecord:
    groups = ProductGroups(item=ProductItem(name=name)) if name else None
    said = Content(
        product=groups, number="MUG", bears=(NaturalKey(scheme="product.sku", value="MUG"),),
        status="LISTED" if source == SHOP else None,
    )  # fmt: skip
    return told(source, Kind.PRODUCT, said, **more)


def test_an_item_is_named_by_its_owner_and_listed_by_its_channels() -> None:
    found = assembled_product(ground_of(facts(item(SHOP, "Mug!"), item(ERP, "MUG blue"), item(WMS, None))), "x1")
    assert (found.sku, found.groups.item and found.groups.item.name) == ("MUG", "MUG blue")
    assert [(one.channel, one.state) for one in found.channel_listings] == [(SHOP, ListingState.LISTED)]
    assert {(one.source, one.external_sku, one.state) for one in found.mappings} == {
        (source, "MUG", MappingState.MAPPED) for source in (SHOP, ERP, WMS)
    }
    assert {(one.scheme.value, one.value, one.source) for one in found.identifiers} == {
        ("SKU", "MUG", source) for source in (SHOP, ERP, WMS)
    }


def test_a_code_that_a_source_uses_twice_is_ambiguous_there_and_one_that_is_gone_is_unlisted() -> None:
    twice = (item(ERP, "a", source_id="1"), item(ERP, "b", source_id="2"), item(SHOP, "c", lives=False))
    found = assembled_product(ground_of(facts(*twice)), "x1")
    assert [one.state for one in found.mappings] == [
        MappingState.AMBIGUOUS,
        MappingState.AMBIGUOUS,
        MappingState.MAPPED,
    ]
    assert [one.state for one in found.channel_listings] == [ListingState.UNLISTED]


def test_a_warehouse_is_described_by_the_erp_and_mapped_by_its_own_system() -> None:
    bears = (NaturalKey(scheme="warehouse.code", value="WH"),)
    office = Content(warehouse=WarehouseGroups(profile=WarehouseProfile(name="Main DC")), bears=bears)
    floor = Content(warehouse=WarehouseGroups(), bears=bears, locations=(Location(id="1", code="A-01"),))
    known = facts(told(ERP, Kind.WAREHOUSE, office), told(WMS, Kind.WAREHOUSE, floor))
    found = assembled_warehouse(ground_of(known), "x1")
    assert (found.code, [one.code for one in found.locations]) == ("WH", ["A-01"])
    assert found.groups.profile == WarehouseProfile(name="Main DC")


def test_a_transfer_leaves_one_warehouse_and_arrives_in_another() -> None:
    ways = TransferGroups(request=TransferRequest(from_warehouse="WH", to_warehouse="EAST"))
    links = tuple(
        KeptLink(key=NaturalKey(scheme="warehouse.code", value=code), entity_id=entity, kind=Kind.WAREHOUSE)
        for code, entity in (("EAST", "w2"), ("WH", "w1"))
    )
    said = Content(
        transfer=ways, number="12", status="IN_TRANSIT", lines=(line("m", 5, shipped=5, delivered=3, rejected=1),)
    )
    found = assembled_transfer(ground_of(facts(told(ERP, Kind.TRANSFER, said, links=links))), "x1")
    assert (found.status, found.number, found.from_warehouse_id, found.to_warehouse_id) == (
        TransferStatus.IN_TRANSIT,
        "12",
        "w1",
        "w2",
    )
    assert found.lines == (
        TransferLine(sku="MUG", requested=d(5), shipped=d(5), received=d(3), accepted=d(2), rejected=d(1)),
    )


def test_a_price_names_its_item_and_whom_it_is_for() -> None:
    links = (
        KeptLink(key=NaturalKey(scheme="product.sku", value="MUG"), entity_id=None),
        link("c1", Kind.CUSTOMER),
    )
    said = Content(price_reference=PriceGroups(facts=PriceFacts(net_price=eur(9))), status="ACTIVE")
    found = assembled_price(ground_of(facts(told(ERP, Kind.PRICE_REFERENCE, said, links=links))), "x1")
    assert (found.sku, found.status, found.currency_code, found.customer_id) == ("MUG", PriceStatus.ACTIVE, "EUR", "c1")


def test_a_customer_has_the_account_above_it() -> None:
    child = told(ERP, Kind.CUSTOMER, Content(number="ACME-2"), links=(link("c0", Kind.CUSTOMER),))
    assert assembled_customer(ground_of(facts(child)), "x1").parent_id == "c0"
