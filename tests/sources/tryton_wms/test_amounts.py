"""Quantities exactly as their unit counts them."""

from decimal import Decimal

import pytest

from sources.tryton_wms.amounts import amount, unit_code


@pytest.mark.parametrize(
    ("value", "digits", "right"),
    [
        ("2.0", 0, "2"),
        ("0.30000000000000004", 2, "0.30"),
        ("250.5", 2, "250.50"),
        ("1.2345678", 9, "1.234568"),
        ("-2.0", 0, "-2"),
        ("0.0", 0, "0"),
    ],
)
def test_a_float_is_cut_to_the_digits_that_count(value: str, digits: int, right: str) -> None:
    found = amount(Decimal(value), digits)
    assert (found, str(found)) == (Decimal(right), right)


def test_a_number_beyond_all_digits_is_refused() -> None:
    with pytest.raises(ValueError, match="beyond all digits"):
        amount(Decimal("1E+999"), 2)


def test_units_have_their_international_codes_and_a_strange_one_keeps_its_name() -> None:
    assert [unit_code(symbol) for symbol in ("u", "kg", "g", "m", "l", "Pal")] == [
        "C62",
        "KGM",
        "GRM",
        "MTR",
        "LTR",
        "Pal",
    ]
