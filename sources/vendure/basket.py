"""What a new order needs of the shop before anything is made there: its variants, its buyer, its addresses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hub.errors import OutcomeCause, SourceRefused
from hub.model.effects import CreateOrder
from hub.model.values import Address
from hub.ports import SourceCall
from sources.kit.decoding import decoded
from sources.vendure.client import VendureClient
from sources.vendure.documents import CUSTOMERS, VARIANTS
from sources.vendure.wire import VendureGood
from sources.vendure.wire_answers import FoundCustomers

MOST_ITEMS = 1000
"""Variants in one answer; Vendure itself takes orders of 999 units."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Basket:
    """An order, in the shop's own ids."""

    items: Mapping[str, int]
    """Units of each variant."""
    buyer: Mapping[str, Any]  # Any: GraphQL input
    """Variables of `setCustomerForDraftOrder`: a customer's id, or a person to be one."""


async def basket(
    call: SourceCall, client: VendureClient, content: CreateOrder, *, source: str, buyer: str | None
) -> Basket:
    """The order's basket; *buyer* is the e-mail of whoever buys for customers that have none.

    Raises SourceRefused where the shop does not know an item or the order names nobody: nothing was made then.
    """
    units = _units(content, source)
    items = await _items(call, client, units, source)
    return Basket(items=items, buyer=await _buyer(call, client, content, source=source, buyer=buyer))


def address_input(address: Address) -> dict[str, Any]:  # Any: GraphQL input
    """Vendure's input for an address; it has two street lines."""
    first, *more = address.lines or ("",)
    told = {
        "fullName": address.name,
        "streetLine1": first,
        "streetLine2": ", ".join(more) or None,
        "city": address.city,
        "province": address.region,
        "postalCode": address.postcode,
        "countryCode": address.country,
    }
    return {name: value for name, value in told.items() if value is not None}


def _units(content: CreateOrder, source: str) -> dict[str, int]:
    """Whole units by SKU: the shop has one line per variant."""
    units: dict[str, int] = {}
    for line in content.lines:
        number = line.quantity
        if number != int(number) or number <= 0:
            message = f"the shop sells whole units, not {number} of {line.sku}"
            raise SourceRefused(message, source=source)
        units[line.sku] = units.get(line.sku, 0) + int(number)
    return units


async def _items(call: SourceCall, client: VendureClient, units: Mapping[str, int], source: str) -> dict[str, int]:
    options = {"take": MOST_ITEMS, "skip": 0, "filter": {"sku": {"in": list(units)}}}
    answered = await client.rows(call, VARIANTS, "productVariants", options)
    goods = [decoded(raw, VendureGood, source=source, at="$.data.productVariants.items[]") for raw in answered.items]
    found: dict[str, int] = {}
    for sku, number in units.items():
        variants = [good.id for good in goods if good.sku == sku]
        if len(variants) != 1:
            message = f"the shop has {'no variant' if not variants else 'several variants'} {sku}"
            raise SourceRefused(message, source=source, cause=OutcomeCause.SKU)
        found[variants[0]] = number
    return found


async def _buyer(
    call: SourceCall, client: VendureClient, content: CreateOrder, *, source: str, buyer: str | None
) -> dict[str, Any]:  # Any: GraphQL input
    """The customer by id, else by e-mail: a registered one cannot be made again, and a known one keeps its name."""
    if content.customer is not None:
        return {"customer": content.customer}
    email = (content.customer_email or buyer or "").strip().lower()
    if not email:
        message = "the order names no customer of the shop, and no e-mail to make one of"
        raise SourceRefused(message, source=source)
    options = {"take": 1, "filter": {"emailAddress": {"eq": email}}}
    known = await client.query(call, CUSTOMERS, {"options": options}, "customers", FoundCustomers)
    if known.items:
        return {"customer": known.items[0].id}
    first, _, last = (content.customer_name or email.partition("@")[0]).strip().partition(" ")
    return {"input": {"emailAddress": email, "firstName": first, "lastName": last.strip()}}
