"""Orders submitted at once for the last units, through the desk: exactly those units are allocated."""

from __future__ import annotations

from hub.store.store import Store
from tests.oversell.proof import contest


async def test_the_last_units_are_given_once_however_many_ask_at_once(store: Store) -> None:
    tally = await contest((store,), 16, 3)
    assert tally.holds, tally
