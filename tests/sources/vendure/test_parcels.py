"""How a parcel says which shipment it is."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.vendure.parcels import bearing, carrier_of, doubles, mark_of, method_of, numbers_of
from tests.sources.vendure.made import Json, order, parcel
from tests.sources.vendure.wanted import SHIPMENT


def ours(number: str, state: str = "Shipped", mark: str = "CODE/1") -> Json:
    return {**parcel(number, state, ("1", 1)), "method": f"DHL [{mark}]", "trackingCode": "T1"}


@given(st.from_regex(r"[A-Z0-9/\-]{1,30}", fullmatch=True), st.sampled_from(["DHL", "DHL [Express]", "", "bpost"]))
def test_what_is_written_is_read_back(reference: str, carrier: str) -> None:
    written = method_of(replace(SHIPMENT, reference=reference, carrier=carrier or None))
    assert mark_of(written) == reference


@pytest.mark.parametrize(
    ("method", "carrier", "mark"),
    [
        ("DHL [C/1]", "DHL", "C/1"),
        ("[C/1]", None, "C/1"),
        ("DHL", "DHL", None),
        ("DHL [", "DHL [", None),
        ("x[C/1]", "x[C/1]", None),
        ("DHL []", "DHL []", None),
        (None, None, None),
    ],
)
def test_a_method_is_a_carrier_and_perhaps_a_reference(
    method: str | None, carrier: str | None, mark: str | None
) -> None:
    assert (carrier_of(method), mark_of(method)) == (carrier, mark)


def test_a_tracking_code_may_hold_many_numbers() -> None:
    assert numbers_of("T1, 3S BPT 5 ,") == ("T1", "3S BPT 5")
    assert numbers_of(None) == ()


def test_a_parcel_of_the_reference_or_a_persons_with_the_tracking_is_the_shipment() -> None:
    by_hand = {**parcel("12", "Pending", ("1", 1)), "trackingCode": "T1"}
    made = order(
        fulfillments=[ours("9"), by_hand, ours("10", mark="CODE/2"), ours("3", "Cancelled"), ours("2", "Pending")]
    )
    found = bearing(made, SHIPMENT)
    assert [one.id for one in found] == ["2", "9", "12"]
    assert [one.id for one in doubles(found, SHIPMENT)] == ["9"]
