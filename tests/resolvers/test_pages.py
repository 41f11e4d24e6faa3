import pytest

from hub.errors import InvalidInput
from resolvers.pages import PageInfo, checked, given, info_of


def test_a_page_has_at_most_a_hundred_rows() -> None:
    assert [checked(size) for size in (0, 100)] == [0, 100]
    for size in (-1, 101):
        with pytest.raises(InvalidInput):
            checked(size)


def test_null_means_the_usual_size() -> None:
    assert (given(None, 20), given(0, 20)) == (20, 0)


def test_a_page_lies_between_its_first_and_last_cursor() -> None:
    assert info_of((), has_more=False, has_before=True) == PageInfo(has_next_page=False, has_previous_page=True)
    assert info_of(("a", "b", "c"), has_more=True, has_before=False) == PageInfo(
        has_next_page=True, has_previous_page=False, start_cursor="a", end_cursor="c"
    )
