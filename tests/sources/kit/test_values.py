"""Exact values out of vendors' answers."""

from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.model.values import Money
from sources.kit.values import currency, exact, instant, minor

BRUSSELS = ZoneInfo("Europe/Brussels")


@pytest.mark.parametrize(
    ("amount", "code", "digits", "right"),
    [
        (1990, "EUR", 2, "19.90"),
        (1000, "JPY", 0, "1000"),
        (1234, "KWD", 3, "1.234"),
        (-5, "eur", 2, "-0.05"),
        (0, "EUR", 2, "0.00"),
    ],
)
def test_minor_units_become_exact_money(amount: int, code: str, digits: int, right: str) -> None:
    assert minor(amount, code, digits=digits) == Money(amount=Decimal(right), currency_code=code.upper())
    assert str(minor(amount, code, digits=digits).amount) == right


@given(st.integers(-(10**15), 10**15), st.integers(0, 6))
def test_no_minor_unit_is_lost(amount: int, digits: int) -> None:
    assert minor(amount, "EUR", digits=digits).amount.scaleb(digits) == amount


@pytest.mark.parametrize("digits", [-1, 7])
def test_a_precision_out_of_range_is_refused(digits: int) -> None:
    with pytest.raises(ValueError, match="digits"):
        minor(1, "EUR", digits=digits)


@pytest.mark.parametrize("code", ["", "EU", "EURO", "€€€", "12A"])
def test_what_is_no_currency_code_is_refused(code: str) -> None:
    with pytest.raises(ValueError, match="currency"):
        currency(code)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**9), max_value=10**9))
def test_six_decimals_are_kept(number: Decimal) -> None:
    assert exact(str(number)) == number


@pytest.mark.parametrize("text", ["NaN", "Infinity", "", "1,5", "one", "1" * 31, True])
def test_what_is_no_exact_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="number"):
        exact(text)


def test_instants_with_an_offset_become_utc() -> None:
    assert instant("2026-07-01T12:00:00+02:00") == datetime(2026, 7, 1, 10, tzinfo=UTC)
    assert instant("2026-11-21T11:20:23.443Z") == datetime(2026, 11, 21, 11, 20, 23, 443_000, tzinfo=UTC)


def test_an_instant_without_offset_or_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="without an offset"):
        instant("2026-07-01T12:00:00")


def test_a_sources_own_zone_knows_summer_time() -> None:
    assert instant("2026-01-15T12:00:00", zone=BRUSSELS).hour == 11
    assert instant("2026-07-15T12:00:00", zone=BRUSSELS).hour == 10
    assert instant("2026-10-25T02:30:00", zone=BRUSSELS) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert instant("2026-07-15", zone=BRUSSELS) == datetime(2026, 7, 14, 22, tzinfo=UTC)
