"""Three systems side by side: one present, and numbers as their owners wished."""

from __future__ import annotations

from datetime import timedelta

from hub.clock import SystemClock
from hub.demo.trio import make_trio


async def test_all_three_stand_in_the_past_together_and_come_back() -> None:
    trio = make_trio(SystemClock(), seed=3)
    clocks = (trio.shop.clock, trio.erp.clock, trio.wms.depot.clock)
    past = trio.clock.now() - timedelta(days=3)
    with trio.at(past):
        assert {clock.now() for clock in clocks} == {past}
    assert all(clock.at is None for clock in clocks)
    await trio.close()


async def test_the_erps_numbers_have_prefixes() -> None:
    trio = make_trio(SystemClock(), seed=3)
    numbers = trio.erp.erp.books.sequences
    assert (numbers.sale.take(), numbers.invoice.take(), numbers.party.take()) == ("SO-10001", "INV-20001", "1")
    await trio.close()
