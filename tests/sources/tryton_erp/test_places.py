"""Which of a party's addresses is meant, and what a new one says."""

from dataclasses import replace

import pytest

from hub.model.values import Address
from sources.tryton_erp.places import found, own, values_of
from sources.tryton_erp.wire import Coded, TrytonPartyAddress
from tests.sources.tryton_erp.made import MADE

HOME = Address(name="Ana Silva", lines=("Meir 44", "bus 2"), city="Antwerpen", postcode="2000", country="BE")


def address(
    one: int,
    name: str | None = "Ana Silva",
    country: str | None = "BE",
    *,
    delivery: bool = False,
    invoice: bool = False,
) -> TrytonPartyAddress:
    return TrytonPartyAddress(
        id=one, create_date=MADE, party_name=name, street="Meir 44\nbus 2", postal_code="2000", city="Antwerpen",
        country=Coded(id=1, code=country) if country else None, delivery=delivery, invoice=invoice,
    )  # fmt: skip


def test_the_oldest_that_says_the_same_is_meant_whatever_its_spaces_and_capitals() -> None:
    there = [address(9), address(8)]
    shouted = replace(HOME, city=" ANTWERPEN ", lines=("meir  44", "Bus 2"))
    assert (found(there, HOME, "Web"), found(there, shouted, "Web")) == (8, 8)


@pytest.mark.parametrize(
    "other",
    [replace(HOME, name="Bo"), replace(HOME, lines=("Meir 45",)), replace(HOME, postcode="2001"),
     replace(HOME, country="NL")],
)  # fmt: skip
def test_another_address_is_another(other: Address) -> None:
    assert found([address(8)], other, "Web") is None


def test_an_address_without_a_name_is_its_partys_and_one_without_a_country_fits_any() -> None:
    assert found([address(8, None)], replace(HOME, name="Acme NV"), "Acme NV") == 8
    assert found([address(8, None)], replace(HOME, name=None), "Acme NV") == 8
    assert found([address(8, None)], HOME, "Acme NV") is None
    assert found([address(8, country=None)], replace(HOME, country="NL"), "Web") == 8
    assert found([address(8)], replace(HOME, country="ZZ"), "Web") == 8


def test_a_partys_own_address_is_the_one_meant_for_it_else_its_first() -> None:
    there = [address(7), address(8, invoice=True), address(9, delivery=True)]
    assert (own(there, to_deliver=True), own(there, to_deliver=False)) == (9, 8)
    assert (own(there[:1], to_deliver=True), own([], to_deliver=True)) == (7, None)


def test_a_new_address_is_the_orders_and_nobodys_own() -> None:
    assert values_of(HOME, 4, None) == {
        "party": 4, "party_name": "Ana Silva", "street_unstructured": "Meir 44\nbus 2", "postal_code": "2000",
        "city": "Antwerpen", "country": None,
    }  # fmt: skip
