"""What every mapping needs: whose word it is, and Tryton's units, quantities, money, days and addresses."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

from hub.model.observation import NaturalKey
from hub.model.values import Address, Identifier, Money
from hub.model.vocabulary import IdentifierScheme, Kind
from sources.kit.values import currency, exact
from sources.tryton_erp.wire import Coded, TrytonAddress, TrytonDay, TrytonDecimal, TrytonPartyAddress, TrytonUnit

UNITS: Mapping[str, str] = {
    "u": "C62",
    "kg": "KGM",
    "g": "GRM",
    "t": "TNE",
    "lb": "LBR",
    "oz": "ONZ",
    "m": "MTR",
    "cm": "CMT",
    "mm": "MMT",
    "l": "LTR",
    "ml": "MLT",
    "h": "HUR",
    "d": "DAY",
}
"""Tryton's symbols in UN/ECE codes; any other symbol is kept as it is."""
UTC = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What the mapping must know beside the wire."""

    source: str
    """Who says it."""
    zone: ZoneInfo = UTC
    """The company's: days are in it."""
    currency: str = "EUR"
    """The company's: what has no currency of its own is in it."""
    anonymous: frozenset[str] = frozenset()
    """Codes of parties that stand for many buyers: they are nobody's account."""
    channel_code: re.Pattern[str] = re.compile("[A-Z0-9]{16}")
    """What order codes of the tenant's channels look like; another reference was typed by hand."""
    console: str | None = None
    """Address of the ERP's own client with its database, for links."""

    def url(self, model: str, one: int) -> str | None:
        """Where a person sees the record."""
        return f"{self.console.rstrip('/')}/model/{model}/{one}" if self.console else None

    def day(self, day: TrytonDay | None) -> datetime | None:
        """The beginning of a day in the company's zone."""
        if day is None:
            return None
        return datetime.combine(day.meant(), time(), self.zone).astimezone(UTC)

    def account(self, code: str | None) -> str | None:
        """The account of a party; none for one that stands for many buyers."""
        return None if code is None or code in self.anonymous else code.strip().lower() or None

    def money(self, amount: TrytonDecimal, code: str | None) -> Money:
        """An amount in the document's currency, or in the company's."""
        return Money(amount=exact(amount.decimal), currency_code=currency(code or self.currency))

    def identified(self, *found: tuple[IdentifierScheme, str | None]) -> tuple[Identifier, ...]:
        """Identifiers of what is there, each once."""
        told = dict.fromkeys((scheme, value.strip()) for scheme, value in found if value and value.strip())
        return tuple(Identifier(scheme=scheme, value=value, source=self.source) for scheme, value in told)

    def own(self, kind: Kind, one: int) -> NaturalKey:
        """The key of an object of this source by its own id."""
        return NaturalKey(scheme=f"{self.source}.{kind.value}.id", value=str(one))


def told(scheme: str, value: str | None) -> tuple[NaturalKey, ...]:
    """A key that systems share, where there is a value."""
    return (NaturalKey(scheme=scheme, value=value.strip()),) if value and value.strip() else ()


def units(number: Decimal) -> Decimal:
    """A float's value as it is written: 2.0 is 2, 0.25 stays."""
    return number.quantize(Decimal(1)) if number == number.to_integral_value() else number.normalize()


def unit_code(unit: TrytonUnit | None) -> str:
    """UN/ECE code of a unit; pieces where there is none."""
    return "C62" if unit is None else UNITS.get(unit.symbol, unit.symbol)


def origin_of(origin: str | None, model: str) -> int | None:
    """The id in a reference such as `sale.line,7`, if it is of that model."""
    name, comma, one = (origin or "").partition(",")
    return int(one) if comma and name == model and one.isascii() and one.isdigit() else None


def address_of(address: TrytonAddress | TrytonPartyAddress | None) -> Address | None:
    """A postal address; None for an empty one."""
    if address is None:
        return None
    country: Coded | None = address.country
    made = Address(
        name=address.party_name or None,
        lines=tuple(line.strip() for line in (address.street or "").splitlines() if line.strip()),
        city=address.city or None,
        postcode=address.postal_code or None,
        country=(country.code if country else None) or "ZZ",
    )
    return None if made == Address() else made


def distinct(keys: Iterable[NaturalKey]) -> tuple[NaturalKey, ...]:
    """The keys, each once, in their order."""
    return tuple(dict.fromkeys(keys))
