from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from graphql import GraphQLError
from hypothesis import given
from hypothesis import strategies as st

from resolvers.scalars import day_of, decimal_of, decimal_text, instant_of, instant_text, text_of


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**18), max_value=10**18, places=6))
def test_a_decimal_survives_the_way_out_and_back(value: Decimal) -> None:
    assert decimal_of(decimal_text(value)) == value


@pytest.mark.parametrize(("value", "text"), [("1E+3", "1000"), ("1E-3", "0.001"), ("12.50", "12.50"), ("-0", "-0")])
def test_a_decimal_is_written_without_exponent(value: str, text: str) -> None:
    assert decimal_text(Decimal(value)) == text


@pytest.mark.parametrize("value", [1.5, True, None, "x", "NaN", "Infinity", "", "1E+999999", "1" * 39, [1]])
def test_what_is_no_exact_decimal_is_refused(value: object) -> None:
    with pytest.raises(GraphQLError, match="Decimal"):
        decimal_of(value)


def test_whole_numbers_are_decimals() -> None:
    assert decimal_of(5) == Decimal(5)


@given(st.datetimes(timezones=st.just(UTC)))
def test_an_instant_survives_the_way_out_and_back(value: datetime) -> None:
    assert instant_of(instant_text(value)) == value


def test_an_instant_is_written_in_utc() -> None:
    there = datetime(2026, 11, 21, 15, 3, tzinfo=timezone(timedelta(hours=1)))
    assert instant_text(there) == "2026-11-21T14:03:00Z"


@pytest.mark.parametrize("value", ["2026-11-21T14:03:00", "yesterday", "", 5, None])
def test_an_instant_without_offset_is_refused(value: object) -> None:
    with pytest.raises(GraphQLError, match="DateTime"):
        instant_of(value)


def test_days() -> None:
    assert day_of("2026-11-21") == date(2026, 11, 21)
    for wrong in ("21.11.2026", 5):
        with pytest.raises(GraphQLError, match="Date"):
            day_of(wrong)


def test_text_is_text() -> None:
    assert text_of("EUR") == "EUR"
    with pytest.raises(GraphQLError, match="string"):
        text_of(5)
