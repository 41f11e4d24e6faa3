from datetime import datetime, timedelta

import pytest

from hub.flow.facts import HUB, KeptRecord
from hub.merge.ground import ground_of
from hub.merge.orders import assembled_order, line_id, order_identifiers, totals_of
from hub.model.observation import Content
from hub.model.order import LineOrigin, Order, OrderCommercial, OrderGroups, OrderParties, OrderStatus
from hub.model.shipment import Package
from hub.model.values import Identifier
from hub.model.vocabulary import FieldGroup, IdentifierScheme, Kind
from tests.kit.facts import (
    ERP,
    SHOP,
    START,
    WMS,
    at,
    content,
    d,
    eur,
    facts,
    line,
    link,
    order_record,
    record,
    shipment_record,
)


def order(*records: KeptRecord, **more: object) -> Order:
    return assembled_order(ground_of(facts(*records, **more)), "o1", {}).order


def costs(net: str, gross: str, currency: str = "EUR") -> Content:
    total = eur(gross) if currency == "EUR" else None
    return content(order=OrderGroups(commercial=OrderCommercial(net=eur(net), total=total)), status="VALIDATED")


def test_the_number_is_that_of_the_system_where_it_was_born_whatever_came_first() -> None:
    erp, shop = order_record(ERP, content(number="317")), order_record(SHOP, content(number="C0"))
    assert order(erp, shop).number == order(shop, erp).number == "C0"
    assert order(erp).number == "317"
    assert order(order_record(ERP, content())).number == "erp-1"


def test_it_was_placed_where_it_was_born_whenever_its_mirrors_heard_of_it() -> None:
    def placed(when: datetime | None) -> Content:
        return content(
            order=OrderGroups(commercial=OrderCommercial(placed_at=when, currency_code="EUR")), status="VALIDATED"
        )

    later = START + timedelta(minutes=5)
    found = [
        order(order_record(ERP, placed(later)), order_record(SHOP, placed(when))).groups.commercial
        for when in (START, None)
    ]
    assert [one.placed_at for one in found if one] == [START, later]


def test_lines_say_what_the_owner_says_and_keep_their_origins() -> None:
    shop = order_record(SHOP, content(line("a", 2, price=5, description="Mug"), status="ALLOCATED"))
    erp = order_record(ERP, content(line("1", 2, price=5, description="MUG blue"), status="VALIDATED"))
    (found,) = order(shop, erp).lines
    assert (found.id, found.line_no, found.description, found.unit_price) == ("o1/1", 1, "MUG blue", eur(5))
    assert found.origins == (
        LineOrigin(source=SHOP, document="shop-1", line="a"),
        LineOrigin(source=ERP, document="erp-1", line="1"),
    )
    assert not found.is_extra


def test_a_line_that_the_owner_lacks_is_extra() -> None:
    shop = order_record(SHOP, content(line("a"), line("b", sku="CUP"), status="ALLOCATED"))
    erp = order_record(ERP, content(line("1"), line("2", sku="CARRIER-COST"), status="VALIDATED"))
    assert [(one.sku, one.is_extra) for one in order(shop, erp).lines] == [
        ("MUG", False),
        ("CUP", True),
        ("CARRIER-COST", False),
    ]


def test_lines_stand_in_the_order_of_their_numbers() -> None:
    shop = order_record(SHOP, content(line("b"), line("a", sku="CUP")))
    found = assembled_order(ground_of(facts(shop)), "o1", {"shop|shop-1|a": 1, "shop|shop-1|b": 2})
    assert [(one.line_no, one.sku) for one in found.order.lines] == [(1, "CUP"), (2, "MUG")]
    assert line_id("o1", 2) == found.order.lines[1].id


@pytest.mark.parametrize(
    ("net", "gross", "lines", "differs"),
    [
        ("10", "12.10", 1, False),
        ("10", "12.11", 1, False),
        ("10", "12.12", 1, True),
        ("10", "12.13", 3, False),
        ("10", "12.14", 3, True),
        ("10.01", "12.10", 3, True),
    ],
)
def test_totals_differ_by_net_or_by_more_than_a_cent_a_line_of_gross(
    net: str, gross: str, lines: int, *, differs: bool
) -> None:
    records = [order_record(ERP, costs("10", "12.10")), order_record(SHOP, costs(net, gross))]
    found = totals_of(ground_of(facts(*records)), records, lines, accepted=True)
    assert [(one.source, one.differs) for one in found] == [(ERP, False), (SHOP, differs)]


def test_only_live_records_that_name_an_amount_have_a_total() -> None:
    records = [
        order_record(ERP, costs("10", "12"), lives=False),
        order_record(SHOP, content()),
        order_record(WMS, Content()),
    ]
    assert totals_of(ground_of(facts(*records)), records, 1, accepted=True) == ()


def test_everything_a_caller_may_read_out_is_an_identifier() -> None:
    head = OrderGroups(
        commercial=OrderCommercial(placed_at=START, po_number="PO-7"),
        parties=OrderParties(customer_email="jo@example.org"),
    )
    ref = Identifier(scheme=IdentifierScheme.PAYMENT_REF, value="pay-1", source=SHOP)
    shop = order_record(SHOP, content(number="C0", order=head, identifiers=(ref,)))
    parcel = shipment_record(WMS, Content(number="317", packages=(Package(id="1", tracking_number="1Z"),)))
    ground = ground_of(facts(shop, parcel))
    found = order_identifiers(ground, "o1", [shop], "C0")
    assert [(one.scheme.value, one.value, one.source) for one in found] == [
        ("ORDER_NUMBER", "C0", SHOP),
        ("PAYMENT_REF", "pay-1", SHOP),
        ("CHANNEL_ORDER", "C0", SHOP),
        ("PO_NUMBER", "PO-7", SHOP),
        ("EMAIL", "jo@example.org", SHOP),
        ("WMS_SHIPMENT", "317", WMS),
        ("TRACKING", "1Z", WMS),
    ]


def test_an_e_mail_that_differs_only_by_case_is_listed_once() -> None:
    listed = Identifier(scheme=IdentifierScheme.EMAIL, value="Jo@Example.org", source=SHOP)
    head = OrderGroups(parties=OrderParties(customer_email="jo@example.org"))
    shop = order_record(SHOP, content(order=head, identifiers=(listed,)))
    found = order_identifiers(ground_of(facts(shop)), "o1", [shop], "C0")
    assert [one.value for one in found if one.scheme is IdentifierScheme.EMAIL] == ["Jo@Example.org"]


def test_what_was_gone_can_still_be_found() -> None:
    shop = order_record(SHOP, content(number="C0"), lives=False)
    assert ("CHANNEL_ORDER", "C0") in [(one.scheme.value, one.value) for one in order(shop).identifiers]


def test_the_customer_is_whom_the_owner_refers_to() -> None:
    shop = order_record(SHOP, content(), links=(link("c1", Kind.CUSTOMER),))
    erp = order_record(ERP, content(status="VALIDATED"), links=(link("c2", Kind.CUSTOMER),))
    assert order(shop).customer_id == "c1"
    assert order(shop, erp).customer_id == "c2"
    assert order(order_record(SHOP, content())).customer_id is None


def test_the_status_remembers_since_when_and_the_version_is_left_to_the_writer() -> None:
    before = Order(id="o1", version=4, number="C0", status=OrderStatus.ALLOCATED, status_since=at(5))
    same = order(order_record(SHOP, content(line("a"), status="ALLOCATED")), documents={"o1": before})
    assert (same.version, same.status_since) == (4, at(5))
    moved = order(order_record(SHOP, content(line("a"), status="SHIPPED")), documents={"o1": before})
    assert (moved.version, moved.status_since) == (4, at(3600))


def test_the_status_is_spoken_for_by_every_record_that_went_into_it() -> None:
    shop = order_record(SHOP, content(line("a")))
    parcel = shipment_record(WMS, Content(status="PICKED", lines=(line("x"),)))
    found = [(one.group, one.source, one.kind) for one in order(shop, parcel).speakers]
    assert found == [
        (FieldGroup.COMMERCIAL, SHOP, Kind.ORDER),
        (FieldGroup.FULFILLMENT, WMS, Kind.SHIPMENT),
        (FieldGroup.LIFECYCLE, SHOP, Kind.ORDER),
        (FieldGroup.LIFECYCLE, WMS, Kind.SHIPMENT),
    ]


def test_a_mirror_that_makes_no_difference_does_not_speak_for_the_status() -> None:
    """With the shop dead the status is no older for it: the ERP and the warehouse told it."""
    shop = order_record(SHOP, content(line("a"), status="ACCEPTED"))
    erp = order_record(ERP, content(line("1"), status="VALIDATED"))
    bill = record(
        ERP, Kind.INVOICE, Content(status="POSTED", lines=(line("b"),)), (0, 1), entity_id="i1",
        links=(link("o1", Kind.ORDER),),
    )  # fmt: skip
    parcel = shipment_record(WMS, Content(status="SHIPPED", lines=(line("x"),)))
    found = order(shop, erp, parcel, bill)
    assert {(one.source, one.kind) for one in found.speakers if one.group is FieldGroup.LIFECYCLE} == {
        (ERP, Kind.ORDER),
        (WMS, Kind.SHIPMENT),
        (ERP, Kind.INVOICE),
    }
    assert [one.source for one in found.speakers if one.group is FieldGroup.INVOICING] == [ERP]


def test_of_two_live_documents_of_one_source_neither_is_silently_chosen() -> None:
    doubles = [order_record(ERP, content(line(name), number=f"S-{name}"), source_id=name) for name in ("1", "2")]
    found = assembled_order(ground_of(facts(order_record(SHOP, content(line("a"))), *doubles)), "o1", {})
    assert [one.source for one in found.order.lines[0].origins] == [SHOP]


def test_lines_that_cannot_be_told_apart_are_a_case() -> None:
    shop = order_record(SHOP, content(line("a"), line("b")))
    found = assembled_order(ground_of(facts(shop, order_record(ERP, content(line("1"))))), "o1", {})
    assert [case.dedup_key for case in found.cases] == ["ORDER_CONFLICT|o1|lines|erp|erp-1"]


def test_shipment_lines_are_told_which_order_line_they_fulfil() -> None:
    shop = order_record(SHOP, content(line("a", 2), line("b", sku="CUP")))
    parcel = shipment_record(WMS, Content(status="SHIPPED", lines=(line("x", sku="CUP"),)))
    found = assembled_order(ground_of(facts(shop, parcel)), "o1", {})
    assert found.line_ids == {("s1", "x"): "o1/2"}
    assert [one.quantities.shipped for one in found.order.lines] == [d(0), d(1)]


def test_an_order_of_the_hub_alone_is_shown_as_the_hub_has_it() -> None:
    hub = order_record(HUB, content(line("h", 2), number="H-1"), source_id="o1")
    found = order(hub)
    assert (found.number, found.status, found.lines[0].quantities.ordered) == ("H-1", OrderStatus.ACCEPTED, d(2))
