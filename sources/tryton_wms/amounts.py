"""Quantities and units: Tryton keeps floats and says how many digits of them count."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

MOST_PLACES = 6
UNITS: Mapping[str, str] = {
    "u": "C62",
    "kg": "KGM",
    "g": "GRM",
    "m": "MTR",
    "cm": "CMT",
    "l": "LTR",
    "d": "DAY",
    "h": "HUR",
}
"""Tryton's symbols as UN/ECE units."""


def amount(value: Decimal, digits: int) -> Decimal:
    """The quantity with as many digits as its unit has. Raises ValueError for a number that is none."""
    try:
        return value.quantize(Decimal(1).scaleb(-min(max(digits, 0), MOST_PLACES)))
    except InvalidOperation as wrong:
        message = "a quantity beyond all digits"
        raise ValueError(message) from wrong


def unit_code(symbol: str) -> str:
    """The UN/ECE code of a unit, else the symbol itself."""
    return UNITS.get(symbol, symbol)
