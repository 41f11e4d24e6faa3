"""Snapshot differences over any list: all of it, what left it, resumed anywhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import pytest

from hub.errors import CursorExpired
from hub.model.observation import Content, Seen
from hub.model.vocabulary import Kind
from hub.ports import ChangePage, SourceCall
from sources.vendure.snapshot import Turn, by_age, snapshot
from sources.vendure.sweeps import Mark, OpenCursor

CALL = SourceCall(tenant="t", source="shop", correlation_id="test-correlation", patience=10.0)


class Numbers:
    """A list of numbers, one instant each."""

    def __init__(self, *there: int, hidden: tuple[int, ...] = (), size: int = 2) -> None:
        self.source, self.size = "shop", size
        self.there, self.hidden = there, hidden
        self.asked: list[Sequence[str]] = []

    async def page(self, _call: SourceCall, mark: Mark | None) -> Turn:
        rows = [one for one in self.there if mark is None or _instant(one) >= mark.at]
        take = self.size + (mark.ties if mark else 0)
        return self._turn(rows[:take], is_last=len(rows) < take)

    async def some(self, _call: SourceCall, ids: Sequence[str]) -> Turn:
        self.asked.append(ids)
        return self._turn([one for one in (*self.there, *self.hidden) if str(one) in ids], is_last=True)

    def _turn(self, rows: Sequence[int], *, is_last: bool) -> Turn:
        return Turn(
            kind=Kind.PRODUCT,
            listed=tuple(str(one) for one in rows),
            seen={
                str(one): (Seen(kind=Kind.PRODUCT, source_id=str(one), content=Content(number=str(one))),)
                for one in rows
            },
            instants=tuple(_instant(one) for one in rows),
            total=len(self.there),
            is_last=is_last,
        )


def _instant(number: int) -> str:
    return f"2026-11-20T09:00:{number:02d}.000Z"


async def pages_of(listing: Numbers, cursor: dict[str, Any] | None = None) -> list[ChangePage]:  # Any: a cursor's JSON
    return [page async for page in snapshot(CALL, listing, cursor)]


def told(pages: list[ChangePage]) -> dict[str, bool]:
    return {one.source_id: one.content is not None for page in pages for one in page.found}


async def test_all_is_listed_and_the_end_remembers_it() -> None:
    pages = await pages_of(Numbers(1, 2, 3, 4, 5))
    assert told(pages) == dict.fromkeys("12345", True)
    assert (pages[0].total, pages[-1].is_last) == (5, True)
    assert pages[-1].cursor == msgspec.to_builtins(OpenCursor(was=list("12345")))


async def test_what_left_the_list_is_read_once_more_hidden_or_gone() -> None:
    listing = Numbers(1, 2, hidden=(4,), size=2)
    pages = await pages_of(listing, msgspec.to_builtins(OpenCursor(was=["9", "4", "2", "10"])))
    assert told(pages) == {"1": True, "2": True, "4": True, "9": False, "10": False}
    assert listing.asked == [["4", "9"], ["10"]]
    assert pages[-1].cursor == msgspec.to_builtins(OpenCursor(was=["1", "2"]))


async def test_it_goes_on_from_every_page() -> None:
    listing = Numbers(1, 2, 3, 4, 5, 6, 7)
    pages = await pages_of(listing, {"was": ["8", "9", "11"], "now": []})
    for place, page in enumerate(pages[:-1]):
        rest = await pages_of(listing, dict(page.cursor))
        assert told(pages[: place + 1]) | told(rest) == told(pages)
        assert rest[-1].cursor == pages[-1].cursor


async def test_a_cursor_that_is_none_of_ours_expires() -> None:
    with pytest.raises(CursorExpired):
        await pages_of(Numbers(1), {"seen": "yesterday"})


def test_ids_are_ordered_by_age() -> None:
    assert sorted(["10", "9", "2/10", "2/9"], key=by_age) == ["9", "10", "2/9", "2/10"]
