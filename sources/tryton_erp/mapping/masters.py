"""Customers, products, prices and warehouses."""

from __future__ import annotations

from decimal import Decimal

import msgspec

from hub.model.billing import PriceFacts, PriceGroups, PriceSource, PriceStatus
from hub.model.observation import Content, Seen
from hub.model.party import (
    AddressType,
    CreditStatus,
    CustomerAddress,
    CustomerCredit,
    CustomerGroups,
    CustomerProfile,
    CustomerStatus,
    CustomerTerms,
    CustomerType,
)
from hub.model.place import WarehouseGroups, WarehouseProfile, WarehouseStatus, WarehouseType
from hub.model.product import ProductGroups, ProductItem, ProductStatus, ProductType
from hub.model.schemes import PRODUCT_SKU, WAREHOUSE_CODE
from hub.model.values import Money
from hub.model.vocabulary import IdentifierScheme, Kind
from sources.tryton_erp.mapping.words import Reading, address_of, told, unit_code
from sources.tryton_erp.wire import TrytonCustomer, TrytonPartyAddress, TrytonProduct, TrytonWarehouse

TYPES = {"goods": ProductType.GOODS, "assets": ProductType.GOODS, "service": ProductType.SERVICE}
"""Types of products."""


def seen_of_customer(party: TrytonCustomer, reading: Reading) -> tuple[Seen, ...]:
    """A party."""
    emails, phones = _contacts(party, "email"), [*_contacts(party, "phone"), *_contacts(party, "mobile")]
    content = Content(
        customer=CustomerGroups(
            profile=CustomerProfile(
                name=party.name,
                email=emails[0].lower() if emails else None,
                phone=phones[0] if phones else None,
                type=CustomerType.UNKNOWN if party.code in reading.anonymous else CustomerType.B2B_ACCOUNT,
                status=CustomerStatus.ACTIVE if party.active else CustomerStatus.CLOSED,
                addresses=tuple(_addresses(party)),
            ),
            terms=CustomerTerms(
                price_list=party.sale_price_list.name if party.sale_price_list else None,
                payment_terms=party.customer_payment_term.name if party.customer_payment_term else None,
                currency_code=reading.currency,
            ),
            credit=_credit(party, reading),
        ),
        number=party.code,
        identifiers=reading.identified(
            (IdentifierScheme.ACCOUNT, party.code),
            *((IdentifierScheme.EMAIL, email) for email in emails),
            *((IdentifierScheme.PHONE, phone) for phone in phones),
        ),
        account=reading.account(party.code),
        url=reading.url("party.party", party.id),
    )
    return (Seen(kind=Kind.CUSTOMER, source_id=str(party.id), content=content, raw=msgspec.to_builtins(party)),)


def seen_of_product(product: TrytonProduct, reading: Reading) -> tuple[Seen, ...]:
    """A product variant."""
    content = Content(
        product=ProductGroups(
            item=ProductItem(
                name=product.name,
                product_key=str(product.template.id),
                status=ProductStatus.ACTIVE if product.active else ProductStatus.ARCHIVED,
                type=TYPES.get(product.type, ProductType.UNKNOWN),
                base_unit=unit_code(product.default_uom),
            )
        ),
        number=product.code,
        bears=told(PRODUCT_SKU, product.code),
        identifiers=reading.identified((IdentifierScheme.SKU, product.code)),
        url=reading.url("product.product", product.id),
    )
    return (Seen(kind=Kind.PRODUCT, source_id=str(product.id), content=content, raw=msgspec.to_builtins(product)),)


def seen_of_price(product: TrytonProduct, reading: Reading) -> tuple[Seen, ...]:
    """The list price of a product; none where it has no code or no price."""
    one = str(product.id)
    if product.list_price is None or not (product.code or "").strip():
        return (Seen(kind=Kind.PRICE_REFERENCE, source_id=one, content=None),)
    content = Content(
        price_reference=PriceGroups(
            facts=PriceFacts(
                list_price=reading.money(product.list_price, None),
                price_source=PriceSource.LIST,
                is_tax_included=False,
            )
        ),
        number=product.code,
        status=(PriceStatus.ACTIVE if product.active else PriceStatus.EXPIRED).value,
        refers=told(PRODUCT_SKU, product.code),
        identifiers=reading.identified((IdentifierScheme.SKU, product.code)),
    )
    return (Seen(kind=Kind.PRICE_REFERENCE, source_id=one, content=content, raw=msgspec.to_builtins(product)),)


def seen_of_warehouse(place: TrytonWarehouse, reading: Reading) -> tuple[Seen, ...]:
    """A warehouse."""
    content = Content(
        warehouse=WarehouseGroups(
            profile=WarehouseProfile(
                name=place.name,
                type=WarehouseType.DC,
                status=WarehouseStatus.ACTIVE if place.active else WarehouseStatus.CLOSED,
                is_own=True,
                address=address_of(place.address),
                timezone=reading.zone.key,
            )
        ),
        number=place.code,
        bears=told(WAREHOUSE_CODE, place.code),
        identifiers=reading.identified((IdentifierScheme.OTHER, place.code)),
        url=reading.url("stock.location", place.id),
    )
    return (Seen(kind=Kind.WAREHOUSE, source_id=str(place.id), content=content, raw=msgspec.to_builtins(place)),)


def _contacts(party: TrytonCustomer, sort: str) -> list[str]:
    found = sorted((one for one in party.contact_mechanisms if one.type == sort), key=lambda one: one.id)
    return [one.value.strip() for one in found if one.value and one.value.strip()]


def _addresses(party: TrytonCustomer) -> list[CustomerAddress]:
    found = []
    for one in sorted(party.addresses, key=lambda address: address.id):
        address = address_of(one)
        if address is not None:
            found.append(CustomerAddress(type=_purpose(one), address=address))
    return found


def _purpose(address: TrytonPartyAddress) -> AddressType:
    if address.delivery:
        return AddressType.SHIP
    return AddressType.BILL if address.invoice else AddressType.OTHER


def _credit(party: TrytonCustomer, reading: Reading) -> CustomerCredit | None:
    """What it may still owe; nothing is said where no limit was set and nothing is owed."""
    if party.credit_limit_amount is None and party.credit_amount is None:
        return None
    owed = reading.money(party.credit_amount, None) if party.credit_amount else None
    if party.credit_limit_amount is None:
        return CustomerCredit(exposure=owed, credit_status=CreditStatus.OK)
    limit = reading.money(party.credit_limit_amount, None)
    left = limit.amount - (owed.amount if owed else Decimal(0))
    return CustomerCredit(
        limit=limit,
        exposure=owed,
        available=Money(amount=left, currency_code=limit.currency_code),
        credit_status=CreditStatus.OK if left > 0 else CreditStatus.HOLD,
    )
