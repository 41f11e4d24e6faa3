"""One way to JSON and back: exact, ordered, strict about types, deaf to unknown fields."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.codec import decode, digest, encode, plain, typed
from hub.errors import HubFault


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """Something stored."""

    number: str
    weight: Decimal
    at: datetime
    lines: tuple[int, ...] = ()
    marks: dict[str, str] = field(default_factory=dict)


PARCELS = st.builds(
    Parcel,
    number=st.text(),
    weight=st.decimals(allow_nan=False, allow_infinity=False),
    at=st.datetimes(timezones=st.just(UTC)),
    lines=st.lists(st.integers(-(2**53), 2**53)).map(tuple),
    marks=st.dictionaries(st.text(), st.text()),
)


@given(PARCELS)
def test_what_is_encoded_comes_back_the_same(parcel: Parcel) -> None:
    assert decode(encode(parcel), Parcel) == parcel
    assert typed(plain(parcel), Parcel) == parcel


@given(PARCELS, PARCELS)
def test_two_values_share_a_digest_only_if_they_are_equal(one: Parcel, other: Parcel) -> None:
    assert (digest(one) == digest(other)) == (encode(one) == encode(other))


@given(st.dictionaries(st.text(), st.integers()))
def test_the_order_of_keys_never_changes_a_digest(marks: dict[str, int]) -> None:
    assert digest(marks) == digest(dict(reversed(marks.items())))


def test_an_unknown_field_is_ignored_and_a_missing_one_gets_its_default() -> None:
    stored = b'{"number": "P1", "weight": "1.50", "at": "2026-03-01T12:00:00Z", "later": true}'
    made = decode(stored, Parcel)
    assert made == Parcel(number="P1", weight=Decimal("1.50"), at=datetime(2026, 3, 1, 12, tzinfo=UTC))
    assert str(made.weight) == "1.50"


@pytest.mark.parametrize("stored", ["{}", '{"number": 5, "weight": "1", "at": "2026-03-01T12:00:00Z"}', "[]"])
def test_what_breaks_the_type_is_our_fault_and_names_the_path(stored: str) -> None:
    with pytest.raises(HubFault, match="stored Parcel is not readable"):
        decode(stored, Parcel)


def test_what_a_column_gave_is_judged_as_strictly() -> None:
    with pytest.raises(HubFault, match=r"stored Parcel is not readable: .*\$\.number"):
        typed({"number": 5, "weight": "1", "at": "2026-03-01T12:00:00Z"}, Parcel)
