"""Units, quantities, money, days, addresses, references."""

import re
from dataclasses import replace
from decimal import Decimal

import pytest

from hub.model.observation import NaturalKey
from hub.model.values import Address, Identifier, Money
from hub.model.vocabulary import IdentifierScheme, Kind
from sources.tryton_erp.mapping.words import address_of, distinct, origin_of, told, unit_code, units
from sources.tryton_erp.wire import TrytonAddress, TrytonUnit
from tests.sources.tryton_erp.made import DAY, DAY_AT, HOME, READING, money


def test_a_day_begins_at_midnight_of_the_company() -> None:
    assert READING.day(DAY) == DAY_AT
    assert READING.day(None) is None


def test_a_party_that_stands_for_many_is_nobodys_account() -> None:
    assert [READING.account(code) for code in ("ACME", " Acme ", "WEB", "", None)] == ["acme", "acme", None, None, None]


def test_money_without_a_currency_is_the_companys() -> None:
    assert READING.money(money("19.9000"), "usd") == Money(amount=Decimal("19.9000"), currency_code="USD")
    assert READING.money(money("1"), None) == Money(amount=Decimal(1), currency_code="EUR")
    with pytest.raises(ValueError, match="not a number"):
        READING.money(money("many"), "EUR")


def test_identifiers_are_told_once_and_never_empty() -> None:
    found = READING.identified((IdentifierScheme.SKU, " A "), (IdentifierScheme.SKU, "A"), (IdentifierScheme.RMA, " "))
    assert found == (Identifier(scheme=IdentifierScheme.SKU, value="A", source="erp"),)


def test_an_own_key_has_the_sources_scheme() -> None:
    assert READING.own(Kind.ORDER, 12) == NaturalKey(scheme="erp.ORDER.id", value="12")


def test_a_link_leads_to_the_record_in_the_erps_own_client() -> None:
    assert READING.url("sale.sale", 3) is None
    assert replace(READING, console="http://erp/#db/").url("sale.sale", 3) == "http://erp/#db/model/sale.sale/3"


def test_channel_codes_are_sixteen_letters_or_digits_unless_said_otherwise() -> None:
    assert READING.channel_code.fullmatch("T4D7QK2M9XW3PZ8A")
    assert READING.channel_code.fullmatch("PO-4711") is None
    assert replace(READING, channel_code=re.compile("SHOP-.*")).channel_code.fullmatch("SHOP-1")


@pytest.mark.parametrize(
    ("given", "meant"), [("2.0", "2"), ("250.5", "250.5"), ("0.2500", "0.25"), ("-3.0", "-3"), ("100.0", "100")]
)
def test_a_floats_value_is_kept_digit_for_digit(given: str, meant: str) -> None:
    assert str(units(Decimal(given))) == meant


def test_known_units_have_codes_and_strange_ones_stay() -> None:
    symbols = ("u", "kg", "pallet")
    assert [unit_code(TrytonUnit(id=1, symbol=symbol)) for symbol in symbols] == ["C62", "KGM", "pallet"]
    assert unit_code(None) == "C62"


@pytest.mark.parametrize(
    ("origin", "meant"),
    [("sale.line,7", 7), ("sale.sale,7", None), ("sale.line,", None), ("sale.line", None), (None, None), ("", None)],
)
def test_a_reference_leads_to_its_own_model_only(origin: str | None, meant: int | None) -> None:
    assert origin_of(origin, "sale.line") == meant


def test_an_address_keeps_its_lines_and_an_empty_one_is_none() -> None:
    assert address_of(HOME) == Address(
        name="Ana Silva", lines=("Meir 44", "bus 2"), city="Antwerpen", postcode="2000", country="BE"
    )
    assert address_of(TrytonAddress(id=1, street=" ")) is None
    assert address_of(None) is None


def test_keys_are_told_once_and_only_with_a_value() -> None:
    key = NaturalKey(scheme="product.sku", value="A")
    assert distinct((*told("product.sku", " A "), *told("product.sku", None), key)) == (key,)
