from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.errors import CursorInvalid, InvalidInput
from hub.model.views import TimelineEntry
from hub.model.vocabulary import SystemKind
from hub.seal import Seal
from resolvers.timelines import page_of
from tests.kit.orders import NOON

SEAL = Seal(b"secret")


def entry(minute: int, event: str = "order.seen") -> TimelineEntry:
    at = NOON + timedelta(minutes=minute)
    return TimelineEntry(occurred_at=at, observed_at=at, system=SystemKind.HUB, event=event, text=event)


ENTRIES = st.lists(
    st.builds(entry, st.integers(0, 5), st.sampled_from(["a", "b", "c"])), unique_by=lambda e: (e.occurred_at, e.event)
).map(lambda all_of_them: sorted(all_of_them, key=lambda e: (e.occurred_at, e.observed_at, e.event, e.text)))


@given(ENTRIES, st.integers(1, 4))
def test_pages_make_up_the_timeline(entries: list[TimelineEntry], size: int) -> None:
    seen: list[TimelineEntry] = []
    after = None
    while True:
        page = page_of(entries, size, after, SEAL, "order-1")
        seen += page.nodes
        assert page.page_info.has_previous_page is (after is not None and bool(entries))
        if not page.page_info.has_next_page:
            break
        after = page.page_info.end_cursor
    assert seen == entries


def test_entries_that_come_later_do_not_move_a_cursor() -> None:
    first = page_of([entry(1), entry(3)], 1, None, SEAL, "order-1")
    rest = page_of([entry(0), entry(1), entry(2), entry(3)], 9, first.page_info.end_cursor, SEAL, "order-1")
    assert rest.nodes == (entry(2), entry(3))


def test_a_cursor_is_good_for_its_own_order() -> None:
    cursor = page_of([entry(1)], 1, None, SEAL, "order-1").page_info.end_cursor
    with pytest.raises(CursorInvalid):
        page_of([entry(1)], 1, cursor, SEAL, "order-2")
    with pytest.raises(InvalidInput):
        page_of([entry(1)], 101, None, SEAL, "order-1")
