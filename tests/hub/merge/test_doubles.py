"""A source that has one thing twice."""

from __future__ import annotations

from dataclasses import replace

from hub.flow.facts import CaseWanted, KeptRecord
from hub.merge.doubles import double_cases
from hub.merge.ground import ground_of
from hub.model.cases import ExceptionCode
from hub.model.observation import Content
from hub.model.shipment import Package
from hub.model.vocabulary import Kind
from tests.kit.facts import ERP, SHOP, WMS, content, facts, line, order_record, record, shipment_record


def cases(*records: KeptRecord) -> list[CaseWanted]:
    return list(double_cases(ground_of(facts(*records))))


def test_two_live_documents_of_one_source_are_a_case() -> None:
    doubles = [order_record(ERP, content(line(name), number=f"S-{name}"), source_id=name) for name in ("1", "2")]
    (case,) = cases(order_record(SHOP, content(line("a"))), *doubles)
    assert (case.code, case.dedup_key) == (ExceptionCode.DUPLICATE_ORDER, "DUPLICATE_ORDER|o1|erp")
    assert case.title == "erp has this order 2 times: S-1, S-2"
    gone = order_record(ERP, content(line("2")), source_id="2", lives=False)
    assert cases(doubles[0], gone) == []
    called_off = order_record(ERP, content(line("2"), status="CANCELLED"), source_id="2")
    assert cases(doubles[0], called_off) == []
    assert cases(*doubles, replace(called_off, source_id="3"))[0].title == "erp has this order 2 times: S-1, S-2"


def test_a_shipment_that_the_warehouse_has_twice_is_a_case_and_two_parcels_of_one_are_none() -> None:
    """Three search-then-create at once made ten shipments of five references (systems.md 5.6)."""
    order = order_record(SHOP, content(line("a")))
    twice = [shipment_record(WMS, Content(number=name, status="PACKED"), source_id=name) for name in ("9", "10")]
    assert [case.title for case in cases(order, *twice)] == ["wms has this shipment 2 times: 10, 9"]
    parcels = [
        shipment_record(SHOP, Content(status="SHIPPED", packages=(Package(id=name),)), source_id=name)
        for name in ("f1", "f2")
    ]
    assert cases(order, twice[0], *parcels) == []


def test_an_item_code_that_a_source_uses_twice_is_ambiguous() -> None:
    items = [record(ERP, Kind.PRODUCT, Content(number="MUG"), (0, 1), entity_id="p1", source_id=name) for name in "12"]
    assert [case.code for case in cases(*items)] == [ExceptionCode.SKU_MAPPING_MISSING]
