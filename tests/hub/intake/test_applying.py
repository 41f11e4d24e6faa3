"""One object that cannot be applied never holds up the others."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.errors import HubFault, Overtaken, StoreBusy
from hub.intake.applying import FEWEST, FIRST, MOST, BatchSize, apply_each, cut
from hub.model.observation import Seen
from hub.model.vocabulary import Kind


@settings(max_examples=12)  # each object that cannot be applied is logged with its traceback
@given(st.sets(st.integers(min_value=0, max_value=40), max_size=3))
async def test_all_but_the_spoilt_are_applied_once(spoilt: set[int]) -> None:
    applied: list[int] = []

    async def apply(part: Sequence[int]) -> None:
        if spoilt & set(part):
            message = "cannot"
            raise HubFault(message)
        applied.extend(part)

    left = await apply_each(range(41), apply)
    assert set(left) == spoilt
    assert sorted(applied) == sorted(set(range(41)) - spoilt)


@pytest.mark.parametrize("error", [StoreBusy("away"), Overtaken("gone")])
async def test_what_is_no_fault_of_an_object_is_let_through(error: HubFault) -> None:
    async def apply(_: Sequence[int]) -> None:
        raise error

    with pytest.raises(type(error)):
        await apply_each([1, 2], apply)


def test_transactions_are_sized_to_hold_their_locks_for_a_tenth_of_a_second() -> None:
    batch = BatchSize()
    assert batch.size == FIRST
    batch.took(FIRST, 0.2)
    assert batch.size == FIRST // 2
    batch.took(25, 0.001)
    assert batch.size == FIRST
    batch.took(FIRST, 2.0)
    assert batch.size == FEWEST
    batch.took(1, 10.0)
    assert batch.size == 1
    for _ in range(12):
        batch.took(batch.size, 0.0)
    assert batch.size == MOST


@pytest.mark.parametrize(
    ("kinds", "size", "first"),
    [("OOOO", 2, "OO"), ("OSCOSC", 1, "OSC"), ("OSCOSC", 4, "OSCOSC"), ("OCOC", 2, "OC"), ("OSSS", 2, "OSSS")],
)
def test_what_comes_with_an_object_is_applied_with_it(kinds: str, size: int, first: str) -> None:
    named = {"O": Kind.ORDER, "S": Kind.SHIPMENT, "C": Kind.CUSTOMER}
    found = [Seen(kind=named[kind], source_id=str(at), content=None) for at, kind in enumerate(kinds)]
    part, rest = cut(found, size)
    assert (part, rest) == (found[: len(first)], found[len(first) :])
