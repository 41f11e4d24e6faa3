import pytest

from hub.flow.facts import HUB, KeptRecord
from hub.merge.counters import Statement
from hub.merge.ground import ground_of
from hub.merge.lines import order_rows
from hub.merge.loads import loads_of
from hub.merge.statements import claim_of, heads_of, statements_of
from hub.model.observation import Content
from hub.model.order import OrderStatus
from tests.kit.facts import ALL, ERP, SHOP, WMS, content, d, facts, line, order_record, shipment_record


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
