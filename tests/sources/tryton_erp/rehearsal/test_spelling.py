"""Tryton's JSON."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from sources.tryton_erp.rehearsal.spelling import read, written


def test_decimals_days_and_instants_are_objects_with_a_class() -> None:
    value = {"a": Decimal("19.90"), "b": date(2026, 1, 2), "c": datetime(2026, 1, 2, 3, 4, 5, 6), "d": 2.0}  # noqa: DTZ001 - Tryton's are naive
    assert b'{"__class__": "Decimal", "decimal": "19.90"}' in written(value)
    assert read(written(value)) == value


def test_what_has_no_spelling_is_not_written_and_what_is_no_json_is_not_read() -> None:
    with pytest.raises(TypeError, match="not to be written"):
        written({"a": object()})
    with pytest.raises(ValueError, match="Expecting value"):
        read(b"")
