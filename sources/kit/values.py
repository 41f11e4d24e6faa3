"""Exact values out of vendors' answers: money, quantities, instants. No float, no local time, no guess."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

from hub.model.values import Money

MOST_DIGITS = 30
MOST_PLACES = 6
CURRENCY_LETTERS = 3


def minor(amount: int, currency_code: str, *, digits: int) -> Money:
    """Money from whole minor units: 1990 with two digits is 19.90. *digits* is the source's own precision, 0 to 6."""
    if isinstance(amount, bool) or not 0 <= digits <= MOST_PLACES:
        message = f"not a number of minor units with {digits} digits: {amount!r}"
        raise ValueError(message)
    return Money(amount=Decimal(amount).scaleb(-digits), currency_code=currency(currency_code))


def currency(code: str) -> str:
    """An ISO 4217 code in upper case; anything else raises ValueError."""
    if len(code) != CURRENCY_LETTERS or not code.isascii() or not code.isalpha():
        message = f"not a currency code: {code!r}"
        raise ValueError(message)
    return code.upper()


def exact(text: str | int) -> Decimal:
    """A decimal from text or a whole number, digit for digit; NaN, infinities and floats raise ValueError."""
    if isinstance(text, bool) or len(str(text)) > MOST_DIGITS:
        message = f"not an exact number: {text!r}"
        raise ValueError(message)
    try:
        number = Decimal(text)
    except InvalidOperation as wrong:
        message = f"not a number: {text!r}"
        raise ValueError(message) from wrong
    if not number.is_finite():
        message = f"not a finite number: {text!r}"
        raise ValueError(message)
    return number


def instant(text: str, *, zone: ZoneInfo | None = None) -> datetime:
    """An aware UTC instant from ISO 8601 text. Text without an offset needs *zone*, the source's own; else ValueError.

    In the hour that a zone repeats, the earlier instant is meant.
    """
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        if zone is None:
            message = f"an instant without an offset: {text!r}"
            raise ValueError(message)
        moment = moment.replace(tzinfo=zone)
    return moment.astimezone(UTC)
