"""Everything that can be wrong with an order that enters, each with its place (D4)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from hub.flow.entering import MOST_LINES, Entrance
from hub.flow.submit import refusals
from hub.model.command import LineWanted, SubmitCommand
from hub.model.party import Customer, CustomerGroups, CustomerProfile, CustomerStatus, CustomerTerms
from hub.model.product import Product, ProductGroups, ProductItem, ProductStatus, UnitConversion
from hub.model.values import Address, Money
from tests.kit.entering import HOME, sources
from tests.kit.facts import START

LINE = LineWanted(line_ref="1", sku="MUG", quantity=Decimal(12))
ORDER = SubmitCommand(
    order_id="o", channel="CS", customer_id="c", currency_code="EUR", lines=(LINE,), ship_to=HOME, po_number="PO-1"
)


def buyer(status: CustomerStatus | None = CustomerStatus.ACTIVE, currency: str | None = "EUR") -> Customer:
    groups = CustomerGroups(profile=CustomerProfile(status=status), terms=CustomerTerms(currency_code=currency))
    return Customer(id="c", version=1, number="ACME", groups=groups)


def item(sku: str, unit: str | None = "C62", **more: Any) -> Product:  # Any: fields of ProductItem
    return Product(id=sku, version=1, sku=sku, groups=ProductGroups(item=ProductItem(base_unit=unit, **more)))


ITEMS = (
    item("MUG", units=(UnitConversion(unit="CS", factor=Decimal(12)),)),
    item("FLOUR", "KGM", order_multiple=Decimal("0.5")),
    item("RELIC", status=ProductStatus.ARCHIVED),
)
KNOWN = Entrance(landscape=sources(), now=START, customer=buyer(), products={one.sku: one for one in ITEMS})


def wrong(known: Entrance = KNOWN, **changes: Any) -> list[tuple[str, str]]:  # Any: fields of SubmitCommand
    found = refusals(replace(ORDER, **changes), known)
    return [(one.code.value, ".".join(one.field or ())) for one in found]


def line(**changes: Any) -> list[tuple[str, str]]:  # Any: fields of LineWanted
    return [(code, place.removeprefix("lines.0.")) for code, place in wrong(lines=(replace(LINE, **changes),))]


def home(**changes: Any) -> list[tuple[str, str]]:  # Any: fields of Address
    return wrong(ship_to=replace(HOME, **changes))


def eur(amount: str, currency: str = "EUR") -> Money:
    return Money(amount=Decimal(amount), currency_code=currency)


def test_a_sound_order_is_taken() -> None:
    assert wrong() == []
    assert wrong(requested_delivery_on=START.date(), bill_to=HOME, note="ring\ntwice", channel="shop") == []


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (CustomerStatus.BLOCKED, [("CUSTOMER_BLOCKED", "customer")]),
        (CustomerStatus.CLOSED, [("CUSTOMER_BLOCKED", "customer")]),
        (CustomerStatus.ON_HOLD, []),
        (None, []),
    ],
)
def test_a_customer_that_is_closed_or_blocked_takes_no_orders(
    status: CustomerStatus | None, code: list[tuple[str, str]]
) -> None:
    assert wrong(replace(KNOWN, customer=buyer(status))) == code


def test_a_customer_or_a_channel_that_nobody_knows_is_not_found() -> None:
    assert wrong(replace(KNOWN, customer=None)) == [("NOT_FOUND", "customer")]
    assert wrong(channel="moon") == [("NOT_FOUND", "channel")]


def test_an_order_is_in_the_currency_of_its_customer_and_its_prices_are_too() -> None:
    assert wrong(currency_code="USD") == [("CURRENCY_MISMATCH", "currencyCode")]
    assert wrong(replace(KNOWN, customer=buyer(currency=None)), currency_code="USD") == []
    assert wrong(replace(KNOWN, customer=buyer(currency=None)), currency_code="euro") == [("INVALID", "currencyCode")]
    assert line(unit_price=eur("1", "USD")) == [("CURRENCY_MISMATCH", "unitPrice.currencyCode")]


@pytest.mark.parametrize("amount", ["-1", "NaN", "Infinity", "1e12", "0.1234567"])
def test_a_price_is_zero_or_more_and_finite(amount: str) -> None:
    assert line(unit_price=eur(amount)) == [("INVALID", "unitPrice.amount")]


@pytest.mark.parametrize("quantity", ["0", "-1", "NaN", "-Infinity", "Infinity", "1.5", "1000001", "1e30"])
def test_a_quantity_of_pieces_is_whole_and_greater_than_zero(quantity: str) -> None:
    assert line(quantity=Decimal(quantity)) == [("QUANTITY_INVALID", "quantity")]


def test_what_is_weighed_may_be_a_fraction_in_the_steps_it_is_sold_in() -> None:
    assert line(sku="FLOUR", quantity=Decimal("1.5")) == []
    assert line(sku="FLOUR", quantity=Decimal("1.25")) == [("QUANTITY_INVALID", "quantity")]
    assert line(sku="FLOUR", quantity=Decimal("0.1234567")) == [("QUANTITY_INVALID", "quantity")]


def test_a_unit_is_one_that_the_item_is_handled_in() -> None:
    assert line(unit="C62") == line(unit="CS", quantity=Decimal("0.5")) == []
    assert line(unit="KGM") == [("UNIT_INVALID", "unit")]


def test_an_item_must_be_known_and_for_sale() -> None:
    assert line(sku="NONE") == line(sku="") == line(sku="RELIC") == [("UNKNOWN_SKU", "sku")]


def test_where_no_source_tells_of_items_none_is_unknown() -> None:
    bare = replace(KNOWN, products={}, knows_products=False)
    assert wrong(bare) == []
    assert wrong(bare, lines=(replace(LINE, sku="\0"),)) == [("INVALID", "lines.0.sku")]
    assert wrong(bare, lines=(replace(LINE, unit="crate"),)) == [("UNIT_INVALID", "lines.0.unit")]
    assert wrong(bare, lines=(replace(LINE, unit="KGM", quantity=Decimal("0.5")),)) == []


def test_lines_are_told_apart_by_their_references() -> None:
    assert wrong(lines=(LINE, LINE)) == [("DUPLICATE_LINE", "lines.1.lineRef")]
    assert line(line_ref=" ") == [("REQUIRED", "lineRef")]


def test_an_order_has_some_lines_and_ten_thousand_are_not_even_looked_at() -> None:
    assert wrong(lines=()) == [("REQUIRED", "lines")]
    many = tuple(replace(LINE, line_ref=str(at)) for at in range(10_000))
    assert wrong(lines=many) == [("LIMIT_EXCEEDED", "lines")]
    assert wrong(lines=many[:MOST_LINES]) == []


def test_an_address_says_where_a_parcel_goes() -> None:
    assert home(name="", city=None, lines=(" ",)) == [
        ("REQUIRED", "shipTo.name"),
        ("REQUIRED", "shipTo.city"),
        ("REQUIRED", "shipTo.lines"),
    ]
    assert home(country="Belgium") == home(country="ZZ") == [("INVALID", "shipTo.country")]
    assert home(postcode="9" * 201) == [("LIMIT_EXCEEDED", "shipTo.postcode")]
    assert home(lines=("a",) * 7) == [("LIMIT_EXCEEDED", "shipTo.lines")]
    assert wrong(bill_to=Address()) == [
        ("REQUIRED", "billTo.name"),
        ("REQUIRED", "billTo.city"),
        ("REQUIRED", "billTo.lines"),
        ("INVALID", "billTo.country"),
    ]


def test_a_day_that_is_over_everywhere_cannot_be_asked_for() -> None:
    assert wrong(requested_delivery_on=(START - timedelta(days=2)).date()) == [("INVALID", "requestedDeliveryDate")]


@pytest.mark.parametrize("name", ["po_number", "channel_order_id", "shipping_service", "note"])
def test_a_text_can_be_stored_and_is_not_a_book(name: str) -> None:
    place = {"po_number": "poNumber", "channel_order_id": "channelOrderId", "shipping_service": "shippingService"}
    assert wrong(KNOWN, **{name: "a\0b"}) == wrong(KNOWN, **{name: "\ud800"}) == [("INVALID", place.get(name, name))]
    assert wrong(KNOWN, **{name: "x" * 2001}) == [("LIMIT_EXCEEDED", place.get(name, name))]


def test_a_channel_that_names_the_order_names_it() -> None:
    assert wrong(channel_order_id=" ") == [("REQUIRED", "channelOrderId")]
