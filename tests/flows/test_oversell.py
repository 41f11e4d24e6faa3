"""Orders submitted at once for the last units, through the desk: exactly those units are allocated."""

from __future__ import annotations

from dataclasses import replace

from hub.store.store import Store
from tests.oversell.proof import Tally, contest


async def test_the_last_units_are_given_once_however_many_ask_at_once(store: Store) -> None:
    tally = await contest((store,), 16, 3)
    assert tally.holds, tally


def test_one_unit_given_twice_or_not_at_all_is_found_out() -> None:
    right = Tally(
        orders=16, units=3, accepted=16, allocated=3, promised=3, complete=3, waiting=13, seconds=1.0, slowest=1.0
    )
    assert right.holds
    assert not replace(right, allocated=4, waiting=12).holds
    assert not replace(right, allocated=2, promised=2, complete=2, waiting=14).holds
    assert not replace(right, accepted=15).holds
