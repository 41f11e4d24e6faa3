"""Cursors and pages by key."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.errors import CursorExpired
from sources.vendure import sweeps
from sources.vendure.sweeps import EPOCH, Mark

AT = "2026-11-21T11:20:23.443Z"


def test_a_page_asks_for_one_key_only_because_the_shop_sorts_by_the_id_if_it_is_named() -> None:
    mark = Mark(at=AT, ties=2)
    for options in (
        sweeps.forth_options("updatedAt", mark, 10),
        sweeps.back_options("orderPlacedAt", mark, 10),
        sweeps.open_options(mark, 10),
    ):
        assert len(options["sort"]) == 1
        assert (options["take"], options["skip"]) == (12, 0)


def test_a_page_reaches_past_the_orders_of_its_own_instant_up_to_the_shops_limit() -> None:
    assert sweeps.forth_options("updatedAt", Mark(at=AT, ties=995), 10)["take"] == 1000


def test_the_instants_own_orders_come_again_both_ways() -> None:
    forth = sweeps.forth_options("updatedAt", Mark(at=AT), 10)["filter"]["_and"]
    assert forth[1] == {"_or": [{"updatedAt": {"eq": AT}}, {"updatedAt": {"after": AT}}]}
    back = sweeps.back_options("orderPlacedAt", Mark(at=AT), 10)["filter"]["_and"]
    assert back[1] == {"orderPlacedAt": {"before": "2026-11-21T11:20:23.444Z"}}


def test_a_first_page_begins_at_the_newest() -> None:
    assert sweeps.back_options("orderPlacedAt", None, 10)["filter"] == {"_and": [{"orderPlacedAt": {"isNull": False}}]}


@given(st.lists(st.integers(0, 5), max_size=30), st.integers(1, 4))
def test_paging_by_instant_loses_nothing_whatever_the_order_of_ties(moments: list[int], page: int) -> None:
    rows = [(moment, number) for number, moment in enumerate(sorted(moments))]
    mark, seen = None, set[int]()
    for _ in range(100):
        take = page + (mark.ties if mark else 0)
        waiting = [row for row in rows if mark is None or row[0] >= int(mark.at)]
        waiting.sort(key=lambda row: (row[0], -row[1] if len(seen) % 2 else row[1]))  # ties in another order each time
        answer = waiting[:take]
        seen |= {number for _, number in answer}
        if len(answer) < take:
            break
        mark = sweeps.advanced(mark, [str(moment) for moment, _ in answer])
    assert seen == set(range(len(rows)))


def test_an_empty_page_leaves_the_mark() -> None:
    assert sweeps.advanced(Mark(at=AT, ties=1), []) == Mark(at=AT, ties=1)
    assert sweeps.advanced(None, []) is None


def test_a_later_run_reaches_back_by_its_overlap_but_not_before_all_time() -> None:
    assert sweeps.reach_back(AT, timedelta(seconds=60)) == Mark(at="2026-11-21T11:19:23.443Z")
    assert sweeps.reach_back(EPOCH, timedelta(days=1)) == Mark(at=EPOCH)


@pytest.mark.parametrize(
    "given_",
    [{}, {"seen": 1}, {"seen": "never"}, {"seen": AT, "x": 1}, {"seen": AT, "back": {"at": "x"}}, {"was": []}],
)
def test_a_cursor_that_is_not_ours_has_expired(given_: dict[str, Any]) -> None:
    with pytest.raises(CursorExpired):
        sweeps.time_cursor(given_)


@pytest.mark.parametrize("given_", [{"was": 1}, {"at": {"at": "x"}}, {"seen": AT}, {"now": ["1"], "left": "2"}])
def test_a_snapshot_cursor_that_is_not_ours_has_expired(given_: dict[str, Any]) -> None:
    with pytest.raises(CursorExpired):
        sweeps.open_cursor(given_)


def test_a_cursor_ahead_of_the_shops_own_clock_has_expired() -> None:
    clock = datetime(2026, 11, 21, 11, 0, tzinfo=UTC)
    with pytest.raises(CursorExpired, match="future"):
        sweeps.refuse_future(AT, clock)
    sweeps.refuse_future(AT, clock + timedelta(minutes=15))
    sweeps.refuse_future(AT, None)


def test_the_later_instant_is_found_across_spellings() -> None:
    assert sweeps.later("2026-11-21T12:00:00+02:00", "2026-11-21T11:00:00Z") == "2026-11-21T11:00:00Z"


def test_ids_are_read_in_one_request() -> None:
    assert sweeps.by_ids(["1", "2"]) == {"take": 2, "skip": 0, "filter": {"id": {"in": ["1", "2"]}}}
