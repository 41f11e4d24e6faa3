"""Customers, products, prices, warehouses."""

from decimal import Decimal

import pytest

from hub.model.observation import NaturalKey
from hub.model.party import AddressType, CreditStatus, CustomerCredit, CustomerStatus, CustomerType
from hub.model.product import ProductStatus, ProductType
from hub.model.values import Money
from hub.model.vocabulary import IdentifierScheme, Kind
from sources.tryton_erp.mapping.masters import (
    TYPES,
    seen_of_customer,
    seen_of_price,
    seen_of_product,
    seen_of_warehouse,
)
from sources.tryton_erp.wire import (
    TrytonContact,
    TrytonCustomer,
    TrytonPartyAddress,
    TrytonProduct,
    TrytonTemplate,
    TrytonWarehouse,
    Worded,
)
from tests.sources.tryton_erp.made import HOME, MADE, READING, UNIT, money


def eur(text: str) -> Money:
    return Money(amount=Decimal(text), currency_code="EUR")


def party(limit: str | None = "1000.00", owed: str | None = "250.00") -> TrytonCustomer:
    return TrytonCustomer(
        id=2, create_date=MADE, code="ACME", name="Acme NV",
        addresses=[TrytonPartyAddress(id=1, create_date=MADE, street="Meir 44", city="Antwerpen", country=HOME.country,
                                      delivery=delivery, invoice=True) for delivery in (True, False)],
        contact_mechanisms=[TrytonContact(id=2, create_date=MADE, type="phone", value="+32 2 000"),
                            TrytonContact(id=1, create_date=MADE, type="email", value="Desk@ACME.example"),
                            TrytonContact(id=3, create_date=MADE, type="website", value="acme.example"),
                            TrytonContact(id=4, create_date=MADE, type="mobile", value=" ")],
        customer_payment_term=Worded(id=1, name="30 days"), sale_price_list=Worded(id=1, name="Wholesale"),
        credit_limit_amount=money(limit) if limit else None, credit_amount=money(owed) if owed else None,
    )  # fmt: skip


def credit(limit: str | None, owed: str | None) -> CustomerCredit | None:
    content = seen_of_customer(party(limit, owed), READING)[0].content
    assert content is not None
    assert content.customer is not None
    return content.customer.credit


def test_a_party_tells_who_it_is_and_on_what_terms_it_buys() -> None:
    (seen,) = seen_of_customer(party(), READING)
    content = seen.content
    assert content is not None
    assert content.customer is not None
    profile, terms = content.customer.profile, content.customer.terms
    assert profile is not None
    assert terms is not None
    assert (seen.kind, seen.source_id, content.number, content.account) == (Kind.CUSTOMER, "2", "ACME", "acme")
    assert (profile.name, profile.email, profile.phone) == ("Acme NV", "desk@acme.example", "+32 2 000")
    assert (profile.type, profile.status) == (CustomerType.B2B_ACCOUNT, CustomerStatus.ACTIVE)
    assert [address.type for address in profile.addresses] == [AddressType.SHIP, AddressType.BILL]
    assert (terms.price_list, terms.payment_terms, terms.currency_code) == ("Wholesale", "30 days", "EUR")
    assert [(one.scheme, one.value) for one in content.identifiers] == [
        (IdentifierScheme.ACCOUNT, "ACME"), (IdentifierScheme.EMAIL, "Desk@ACME.example"),
        (IdentifierScheme.PHONE, "+32 2 000"),
    ]  # fmt: skip


def test_what_it_may_still_owe_follows_from_limit_and_debt() -> None:
    assert credit("1000.00", "250.00") == CustomerCredit(
        limit=eur("1000.00"), exposure=eur("250.00"), available=eur("750.00"), credit_status=CreditStatus.OK
    )
    assert credit("100.00", "250.00") == CustomerCredit(
        limit=eur("100.00"), exposure=eur("250.00"), available=eur("-150.00"), credit_status=CreditStatus.HOLD
    )
    assert credit(None, "250.00") == CustomerCredit(exposure=eur("250.00"), credit_status=CreditStatus.OK)
    assert credit("100.00", None) == CustomerCredit(
        limit=eur("100.00"), available=eur("100.00"), credit_status=CreditStatus.OK
    )
    assert credit(None, None) is None


def test_one_that_stands_for_many_or_was_archived_says_so() -> None:
    given = party()
    given.code, given.active = "WEB", False
    content = seen_of_customer(given, READING)[0].content
    assert content is not None
    assert content.customer is not None
    assert content.customer.profile is not None
    told = content.customer.profile
    assert (told.type, told.status, content.account) == (CustomerType.UNKNOWN, CustomerStatus.CLOSED, None)


def product(kind: str = "goods", price: str | None = "19.9000", code: str | None = "TSHIRT-M") -> TrytonProduct:
    return TrytonProduct(
        id=3, create_date=MADE, code=code, name="T-shirt M", type=kind, default_uom=UNIT,
        list_price=money(price) if price else None, template=TrytonTemplate(id=8, create_date=MADE),
    )  # fmt: skip


@pytest.mark.parametrize("kind", [*TYPES, "strange"])
def test_a_product_bears_its_code(kind: str) -> None:
    (seen,) = seen_of_product(product(kind), READING)
    content = seen.content
    assert content is not None
    assert content.product is not None
    assert content.product.item is not None
    assert content.bears == (NaturalKey(scheme="product.sku", value="TSHIRT-M"),)
    item = content.product.item
    assert (item.name, item.product_key, item.base_unit) == ("T-shirt M", "8", "C62")
    assert (item.status, item.type) == (ProductStatus.ACTIVE, TYPES.get(kind, ProductType.UNKNOWN))


def test_a_list_price_is_a_reference_of_its_own_and_none_is_none() -> None:
    (seen,) = seen_of_price(product(), READING)
    content = seen.content
    assert content is not None
    assert content.price_reference is not None
    assert content.price_reference.facts is not None
    assert (content.price_reference.facts.list_price, content.status) == (eur("19.9000"), "ACTIVE")
    assert content.refers == (NaturalKey(scheme="product.sku", value="TSHIRT-M"),)
    assert [seen_of_price(one, READING)[0].content for one in (product(price=None), product(code=" "))] == [None, None]


def test_a_warehouse_bears_its_code_and_keeps_the_companys_time() -> None:
    place = TrytonWarehouse(id=5, create_date=MADE, code="WH", name="Main DC", active=False)
    (seen,) = seen_of_warehouse(place, READING)
    content = seen.content
    assert content is not None
    assert content.warehouse is not None
    assert content.warehouse.profile is not None
    told = content.warehouse.profile
    assert (told.name, told.timezone, told.status) == ("Main DC", "Europe/Brussels", "CLOSED")
    assert (content.number, content.bears) == ("WH", (NaturalKey(scheme="warehouse.code", value="WH"),))
