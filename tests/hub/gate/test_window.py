"""Counts of the recent past."""

from hypothesis import given
from hypothesis import strategies as st

from hub.gate.window import Window


def test_what_is_older_than_the_span_is_forgotten() -> None:
    window = Window(60.0, parts=60)
    window.add(0.0, first=2)
    window.add(30.0, second=1)
    assert window.sums(59.0) == (2, 1)
    assert window.sums(61.0) == (0, 1)
    assert window.sums(1_000.0) == (0, 0)


@given(st.lists(st.floats(min_value=0, max_value=500), max_size=60).map(sorted))
def test_sums_are_exact_to_one_part(moments: list[float]) -> None:
    window = Window(60.0, parts=30)
    for moment in moments:
        window.add(moment, first=1)
    now = moments[-1] if moments else 0.0
    told, _ = window.sums(now)
    assert sum(moment > now - 58 for moment in moments) <= told <= sum(moment > now - 62 for moment in moments)


def test_clearing_begins_anew() -> None:
    window = Window(60.0)
    window.add(1.0, first=1)
    window.clear()
    assert window.sums(1.0) == (0, 0)
