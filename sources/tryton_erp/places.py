"""Addresses of a party: the one that is meant, or what a new one should say. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hub.model.values import Address
from sources.tryton_erp.wire import TrytonAddress, TrytonPartyAddress

NOWHERE = "ZZ"
"""The country of an address that names none."""


def found(addresses: Sequence[TrytonPartyAddress], wanted: Address, party_name: str | None) -> int | None:
    """The oldest of a party's addresses that says the same, whatever its spaces and capitals; None if there is none.

    An address without a name of its own bears its party's; one without a country fits any.
    """
    fits = [one.id for one in addresses if _says(one, wanted, party_name)]
    return min(fits, default=None)


def own(addresses: Sequence[TrytonPartyAddress], *, to_deliver: bool) -> int | None:
    """The party's own address for goods, or for bills: the first that is meant for it, else its first."""
    ordered = sorted(addresses, key=lambda one: (not (one.delivery if to_deliver else one.invoice), one.id))
    return ordered[0].id if ordered else None


def values_of(wanted: Address, party: int, country: int | None) -> dict[str, Any]:  # Any: JSON
    """A new address of the party: of this order, so it is nobody's own for goods or bills."""
    return {
        "party": party,
        "party_name": wanted.name,
        "street_unstructured": "\n".join(wanted.lines) or None,
        "postal_code": wanted.postcode,
        "city": wanted.city,
        "country": country,
    }


def _says(one: TrytonAddress | TrytonPartyAddress, wanted: Address, party_name: str | None) -> bool:
    country = one.country.code if one.country else None
    if country is not None and wanted.country not in (country, NOWHERE):
        return False
    there = (one.party_name or party_name, *_lines(one.street), one.postal_code, one.city)
    meant = (wanted.name or party_name, *wanted.lines, wanted.postcode, wanted.city)
    return [_plain(part) for part in there if _plain(part)] == [_plain(part) for part in meant if _plain(part)]


def _lines(street: str | None) -> list[str]:
    return (street or "").splitlines()


def _plain(text: str | None) -> str:
    return " ".join((text or "").split()).casefold()
