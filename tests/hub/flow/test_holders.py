from hub.flow.facts import HUB, RootFacts
from hub.flow.holders import Holder, cancelled_on, holders_of, record_for, units_cancelled
from hub.merge.assemble import assemble
from hub.model.intents import DeliveryState
from hub.model.observation import Content
from hub.model.order import Order
from hub.model.vocabulary import Kind
from tests.kit.facts import (
    ERP,
    SHOP,
    WMS,
    binding,
    content,
    d,
    delivery,
    facts,
    landscape,
    line,
    order_record,
    shipment_record,
)

SHOP_ORDER = order_record(SHOP, content(line("a", 5, cancelled=1), line("b", 3, sku="CUP"), status="ALLOCATED"))
ERP_ORDER = order_record(ERP, content(line("1", 5), status="VALIDATED"))


def holders(known: RootFacts) -> tuple[Holder, ...]:
    picture = assemble(known)
    order = picture.documents["o1"]
    assert isinstance(order, Order)
    return holders_of(order, known, picture.documents)


def test_a_source_that_holds_the_order_has_its_lines() -> None:
    (shop,) = holders(facts(SHOP_ORDER))
    assert (shop.source, shop.kind, shop.source_id, shop.offers) == (SHOP, Kind.ORDER, "shop-1", True)
    assert [(one.line, one.line_no, one.ordered, one.cancelled) for one in shop.lines] == [
        ("a", 1, d(5), d(1)),
        ("b", 2, d(3), d(0)),
    ]
    assert (shop.cancelled(1), shop.holds(2), shop.holds(3)) == (d(1), True, False)


def test_warehouses_come_first_then_who_speaks_then_mirrors() -> None:
    known = facts(SHOP_ORDER, ERP_ORDER, shipment_record(WMS, Content(status="PICKED", lines=(line("x", 2),))))
    assert [(one.source, one.stage) for one in holders(known)] == [(WMS, 0), (ERP, 1), (SHOP, 2)]
    assert [(one.source, one.stage) for one in holders(facts(SHOP_ORDER))] == [(SHOP, 1)]


def test_only_a_parcel_that_has_not_left_is_held_by_a_warehouse() -> None:
    for status, held in (("CREATED", True), ("PACKED", True), ("SHIPPED", False), ("CANCELLED", False)):
        parcel = shipment_record(WMS, Content(status=status, lines=(line("x", 2),)))
        assert (WMS in [one.source for one in holders(facts(SHOP_ORDER, parcel))]) is held
    elsewhere = shipment_record(SHOP, Content(status="PACKED", lines=(line("x", 2),)))
    assert [one.kind for one in holders(facts(SHOP_ORDER, elsewhere))] == [Kind.ORDER]


def test_what_is_gone_and_the_hub_itself_hold_nothing() -> None:
    gone = order_record(ERP, content(line("1")), lives=False)
    assert [one.source for one in holders(facts(SHOP_ORDER, gone, order_record(HUB, content())))] == [SHOP]


def test_who_offers_no_cancel_says_so() -> None:
    known = facts(SHOP_ORDER, landscape=landscape(binding(SHOP, writes={})))
    assert [one.offers for one in holders(known)] == [False]
    retired = facts(SHOP_ORDER, landscape=landscape(binding(SHOP, is_retired=True)))
    assert [one.offers for one in holders(retired)] == [False]
    assert [one.offers for one in holders(facts(SHOP_ORDER, landscape=landscape(binding(ERP))))] == [False]


def test_a_cancelled_document_has_all_its_units_cancelled() -> None:
    whole = order_record(ERP, content(line("1", 5), status="CANCELLED"))
    assert cancelled_on(whole.content.lines[0], whole) == 5
    assert cancelled_on(ERP_ORDER.content.lines[0], ERP_ORDER) == 0


def test_what_a_deliverys_object_shows_is_found_by_its_source_and_id() -> None:
    known = facts(SHOP_ORDER)
    mine = delivery(SHOP, DeliveryState.DONE)
    assert record_for(mine, known) == SHOP_ORDER
    assert units_cancelled(mine, ("a", "b"), known) == 1
    assert units_cancelled(delivery(ERP, DeliveryState.DONE), ("1",), known) == 0
