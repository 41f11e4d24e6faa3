"""The scalars of the surface: how each is written, and what is accepted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, NewType

import strawberry
from graphql import GraphQLError

CurrencyCode = NewType("CurrencyCode", str)
"""ISO 4217."""
CountryCode = NewType("CountryCode", str)
"""ISO 3166-1 alpha-2."""
UnitCode = NewType("UnitCode", str)
"""UN/ECE recommendation 20."""
URL = NewType("URL", str)
"""Absolute."""

SCALAR_FIELDS: Mapping[str, object] = {
    "currency_code": CurrencyCode,
    "country": CountryCode,
    "unit": UnitCode,
    "base_unit": UnitCode,
    "origin_country": CountryCode,
    "url": URL,
    "tracking_url": URL,
    "document_url": URL,
    "label_url": URL,
    "image_url": URL,
}
"""Text fields of the canonical model that are more than a String, by name."""

ID_FIELDS: Mapping[str, str] = {
    "parent_id": "TraceHop", "order_id": "Order", "shipment_id": "Shipment", "return_id": "Return",
    "inventory_position_id": "InventoryPosition", "operation_id": "Operation", "exception_case_id": "ExceptionCase",
    "source_id": "Source",
}  # fmt: skip
"""Text fields that hold the hub id of another thing, by name, and that thing's type; `id` is the type's own."""

MOST_DIGITS = 38
"""Of a decimal that a caller sends."""


def decimal_text(value: Decimal) -> str:
    """A decimal as plain digits, never with an exponent."""
    return format(value, "f")


def decimal_of(value: object) -> Decimal:
    """A decimal out of a string or a whole number; a float is refused, for it has already lost digits."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        message = 'a Decimal is sent as a string, such as "12.50"'
        raise GraphQLError(message)
    try:
        number = Decimal(value)
    except (InvalidOperation, ValueError) as wrong:
        message = 'this is no Decimal; send it as a string, such as "12.50"'
        raise GraphQLError(message) from wrong
    if not number.is_finite() or len(number.as_tuple().digits) > MOST_DIGITS or abs(number.adjusted()) > MOST_DIGITS:
        message = f"a Decimal has at most {MOST_DIGITS} digits"
        raise GraphQLError(message)
    return number


def instant_text(value: datetime) -> str:
    """An instant as RFC 3339 in UTC with `Z`."""
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def instant_of(value: object) -> datetime:
    """An instant out of RFC 3339 text with an offset."""
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        message = "a DateTime is RFC 3339 text with an offset, such as 2026-11-21T14:03:00Z"
        raise GraphQLError(message)
    return moment


def day_of(value: object) -> date:
    """A calendar day out of its ISO text."""
    try:
        return date.fromisoformat(value if isinstance(value, str) else "")
    except ValueError as wrong:
        message = "a Date is ISO text, such as 2026-11-21"
        raise GraphQLError(message) from wrong


def text_of(value: object) -> str:
    """Text as sent."""
    if not isinstance(value, str):
        message = "this is sent as a string"
        raise GraphQLError(message)
    return value


def _scalar(name: str, said: str, url: str, write: Callable[[Any], str], read: Callable[[object], object]) -> Any:
    return strawberry.scalar(name=name, description=said, specified_by_url=url, serialize=write, parse_value=read)


SCALARS: Mapping[object, Any] = {
    datetime: _scalar(
        "DateTime", "An instant, RFC 3339; answers are in UTC.", "https://www.rfc-editor.org/rfc/rfc3339",
        instant_text, instant_of,
    ),
    date: _scalar(
        "Date", "A calendar day, ISO 8601.", "https://www.rfc-editor.org/rfc/rfc3339#section-5.6",
        date.isoformat, day_of,
    ),
    Decimal: _scalar(
        "Decimal", "An exact decimal number, as a string without exponent.",
        "https://scalars.graphql.org/chillicream/decimal.html", decimal_text, decimal_of,
    ),
    URL: _scalar("URL", "An absolute address.", "https://www.rfc-editor.org/rfc/rfc3986", str, text_of),
    CurrencyCode: _scalar(
        "CurrencyCode", "A currency, ISO 4217.", "https://www.iso.org/iso-4217-currency-codes.html", str, text_of
    ),
    CountryCode: _scalar(
        "CountryCode", "A country, ISO 3166-1 alpha-2; `ZZ` where the source does not say.",
        "https://www.iso.org/iso-3166-country-codes.html", str, text_of,
    ),
    UnitCode: _scalar(
        "UnitCode", "A unit of measure, UN/ECE recommendation 20; `C62` is one piece.",
        "https://unece.org/trade/uncefact/cl-recommendations", str, text_of,
    ),
}  # fmt: skip
"""How Strawberry shows each Python type."""
