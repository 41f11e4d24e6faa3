"""The memory of the log: reads once what many want, and honours only what it has seen judged."""

from __future__ import annotations

import asyncio

import pytest

from hub.errors import CursorExpired
from hub.store.changelog import Place
from hub.store.store import Store
from subscriptions.recent import Recent
from tests.kit.changes import TERM, make_line
from tests.kit.statements import counted

pytestmark = pytest.mark.anyio


def at(position: int, term: str = TERM) -> Place:
    return Place(term=term, position=position)


async def test_what_was_told_lately_needs_no_store(tailing: Store) -> None:
    recent = Recent(tailing)
    recent.begin(at(5))
    for position in (6, 7, 8):
        recent.told(make_line(position))
    with counted() as sent:
        assert [line.place.position for line in await recent.after(at(5))] == [6, 7, 8]
        await recent.judge(at(7))
    assert sent == []
    assert (recent.place, recent.lag(at(6)), recent.is_reached(at(7)), recent.is_reached(at(8))) == (
        at(8),
        2,
        False,
        True,
    )


async def test_a_cursor_of_another_term_is_left_to_the_store(tailing: Store) -> None:
    recent = Recent(tailing)
    recent.begin(at(5))
    recent.told(make_line(6))
    assert not recent.vouches(at(6, "00000000-0000-4000-8000-00000000000f"))
    with pytest.raises(CursorExpired):
        await recent.judge(at(6, "00000000-0000-4000-8000-00000000000f"))


async def test_a_log_that_was_replaced_is_forgotten(tailing: Store) -> None:
    recent = Recent(tailing)
    recent.begin(at(5))
    recent.told(make_line(6))
    recent.clear()
    assert (recent.place, recent.vouches(at(6)), recent.is_reached(at(6))) == (None, False, False)


async def test_only_the_newest_lines_are_kept(tailing: Store) -> None:
    recent = Recent(tailing, kept=10)
    recent.begin(at(0))
    for position in range(1, 100):
        recent.told(make_line(position))
    assert recent.vouches(at(95))
    assert not recent.vouches(at(70))
    assert len(await asyncio.wait_for(recent.after(at(95)), 1)) == 4
