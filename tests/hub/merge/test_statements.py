from decimal import Decimal

import pytest

from hub.flow.facts import HUB, KeptRecord
from hub.merge.counters import Statement
from hub.merge.ground import ground_of
from hub.merge.lines import order_rows
from hub.merge.loads import loads_of
from hub.merge.statements import claim_of, heads_of, statements_of
from hub.model.observation import Content
from hub.model.order import OrderStatus
from hub.model.vocabulary import FieldGroup, Kind, SystemKind
from tests.kit.facts import (
    ALL,
    ERP,
    SHOP,
    WMS,
    binding,
    content,
    d,
    facts,
    landscape,
    line,
    link,
    order_record,
    record,
    shipment_record,
)


def said(*records: KeptRecord) -> dict[str, Statement]:
    ground = ground_of(facts(*records))
    orders = [record for record in records if record.entity_id == "o1"]
    rows = order_rows(orders, ALL).rows
    return {one.source: one for one in statements_of(ground, orders, rows, loads_of(ground, "o1", rows))}


@pytest.mark.parametrize(
    ("status", "claim"),
    [
        (None, None),
        ("ALLOCATED", OrderStatus.ALLOCATED),
        ("CANCELLED", OrderStatus.CANCELLED),
        ("UNKNOWN", OrderStatus.UNKNOWN),
        ("no such thing", OrderStatus.UNKNOWN),
    ],
)
def test_a_claim_that_is_no_status_of_the_hub_is_unknown(status: str | None, claim: OrderStatus | None) -> None:
    assert claim_of(status) is claim


def test_a_source_tells_its_documents_counters_row_by_row() -> None:
    found = said(order_record(SHOP, content(line("a", 2, shipped=1), line("b", 3, sku="CUP"), status="ALLOCATED")))
    assert found[SHOP].claim is OrderStatus.ALLOCATED
    assert found[SHOP].rows == {0: {"ordered": d(2), "shipped": d(1)}, 1: {"ordered": d(3)}}


def test_a_sources_shipments_speak_before_its_order_document() -> None:
    shop = order_record(SHOP, content(line("a", 2, shipped=0)))
    parcel = shipment_record(SHOP, Content(status="SHIPPED", lines=(line("x", 2),)))
    assert said(shop, parcel)[SHOP].rows[0]["shipped"] == 2


def test_a_source_with_shipments_alone_has_a_statement() -> None:
    shop = order_record(SHOP, content(line("a", 2)))
    parcel = shipment_record(WMS, Content(status="PICKED", lines=(line("x", 2),)))
    warehouse = said(shop, parcel)[WMS]
    assert (warehouse.claim, warehouse.rows[0]["picked"], warehouse.rows[0]["shipped"]) == (None, d(2), d(0))
    assert "ordered" not in warehouse.rows[0]


def test_the_hubs_own_record_says_nothing_while_another_has_the_order() -> None:
    shop, hub = order_record(SHOP, content(line("a", 2))), order_record(HUB, content(line("h", 2, cancelled=2)))
    assert set(said(shop, hub)) == {SHOP}
    assert set(said(hub)) == {HUB}


def test_the_head_is_one_live_document_per_source() -> None:
    gone = order_record(ERP, content(), lives=False)
    shop = order_record(SHOP, content())
    ground = ground_of(facts())
    assert [one.source for one in heads_of(ground, [gone, shop])] == [SHOP]
    assert [one.source for one in heads_of(ground, [gone])] == [ERP]
    doubles = [order_record(SHOP, content(), source_id=name) for name in ("1", "2")]
    assert [one.source_id for one in heads_of(ground, doubles)] == ["1"]


# ------------------------------------------------------------------ goods that several systems tell of count once


ORDERED = order_record(SHOP, content(line("a", 4)))
SALE = order_record(ERP, content(line("1", 4), status="VALIDATED"))


def left(source: str, entity: str, units: int, place: str | None = None) -> KeptRecord:
    """A shipment that has left a warehouse."""
    names = (link("o1", Kind.ORDER), *((link(place, Kind.WAREHOUSE),) if place else ()))
    said = Content(status="SHIPPED", lines=(line("x", units),))
    return shipment_record(source, said, entity_id=entity, source_id=f"{source}-{entity}", links=names)


def shipped(*records: KeptRecord) -> dict[str, Decimal | None]:
    return {name: one.tells(0, "shipped") for name, one in said(ORDERED, SALE, *records).items()}


def test_one_shipment_that_three_systems_hold_counts_once_for_each() -> None:
    found = shipped(*(left(source, "s1", 2, "w1") for source in (WMS, ERP, SHOP)))
    assert found == {WMS: d(2), ERP: d(2), SHOP: d(2)}


def test_what_the_erp_sends_from_a_warehouse_of_its_own_counts_beside_the_warehouses() -> None:
    both = (left(WMS, "s1", 2, "w1"), left(ERP, "s1", 2, "w1"))
    assert shipped(*both, left(ERP, "s2", 1, "w2"))[WMS] == d(3)
    assert shipped(*both, left(ERP, "s2", 1, "w1"))[WMS] == d(2)
    assert shipped(*both, left(ERP, "s2", 1))[WMS] == d(2)
    assert shipped(left(WMS, "s1", 2), left(ERP, "s2", 1, "w2"))[WMS] == d(2)


def test_two_warehouses_of_one_order_add_up_whatever_their_sources() -> None:
    east = left("wms-east", "s2", 1, "w2")
    bindings = landscape(*ALL.sources.values(), binding("wms-east", system=SystemKind.WMS))
    ground = ground_of(facts(ORDERED, left(WMS, "s1", 2, "w1"), east, landscape=bindings))
    rows = order_rows([ORDERED], bindings).rows
    told = {one.source: one for one in statements_of(ground, [ORDERED], rows, loads_of(ground, "o1", rows))}
    assert told[WMS].tells(0, "shipped") == d(3)


def paper(kind: Kind, entity: str, said: Content) -> KeptRecord:
    return record(ERP, kind, said, (0, 1), entity_id=entity, source_id=entity, links=(link("o1", Kind.ORDER),))


def test_bills_credits_and_returns_speak_before_the_sale_s_own_counters() -> None:
    sale = order_record(ERP, content(line("1", 4, invoiced=4, credited=1), status="VALIDATED"))
    bills = (
        paper(Kind.INVOICE, "i1", Content(status="POSTED", lines=(line("b", 2),))),
        paper(Kind.INVOICE, "i2", Content(status="DRAFT", lines=(line("b", 2),))),
        paper(Kind.CREDIT_MEMO, "c1", Content(status="POSTED", lines=(line("b", 1),))),
        paper(Kind.CREDIT_MEMO, "c2", Content(status="VOID", lines=(line("b", 1),))),
        paper(Kind.RETURN, "r1", Content(status="AUTHORIZED", lines=(line("b", 1, returned=1),))),
        paper(Kind.RETURN, "r2", Content(status="CANCELLED", lines=(line("b", 2),))),
    )
    told = said(ORDERED, sale, *bills)[ERP]
    names = ("invoiced", "credited", "return_requested", "returned")
    assert [told.tells(0, name) for name in names] == [d(2), d(1), d(1), d(1)]
    assert said(ORDERED, sale)[ERP].tells(0, "invoiced") == d(4)


def test_goods_are_released_once_the_warehouse_has_said_yes_to_the_request() -> None:
    held = shipment_record(WMS, Content(status="CREATED", lines=(line("x", 2),)), source_id="9")
    for word, units in (("SUBMITTED", None), ("ACCEPTED", d(2)), ("REJECTED", None), ("CLOSED", d(2))):
        answer = record(
            WMS, Kind.FULFILLMENT_ORDER, Content(status=word), (0, 1), entity_id="f1", source_id="9",
            links=(link("o1", Kind.ORDER),),
        )  # fmt: skip
        assert said(ORDERED, held, answer)[WMS].tells(0, "released") == units
    assert said(ORDERED, held)[WMS].tells(0, "released") == d(2)


def test_who_hears_nothing_of_parcels_after_they_left_does_not_say_that_none_arrived() -> None:
    deaf, hears = ((FieldGroup.FULFILLMENT,), (FieldGroup.FULFILLMENT, FieldGroup.TRACKING))
    held = left(WMS, "s1", 2)
    for groups, told in ((deaf, None), (hears, d(0))):
        sources = landscape(binding(SHOP), binding(WMS, groups={Kind.SHIPMENT: groups}))
        ground = ground_of(facts(ORDERED, held, landscape=sources))
        rows = order_rows([ORDERED], sources).rows
        found = {one.source: one for one in statements_of(ground, [ORDERED], rows, loads_of(ground, "o1", rows))}
        assert found[WMS].tells(0, "delivered") == told
