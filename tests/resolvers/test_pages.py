import pytest

from hub.errors import InvalidInput
from resolvers.pages import checked, given


def test_a_page_has_at_most_a_hundred_rows() -> None:
    assert [checked(size) for size in (0, 100)] == [0, 100]
    for size in (-1, 101):
        with pytest.raises(InvalidInput):
            checked(size)


def test_null_means_the_usual_size() -> None:
    assert (given(None, 20), given(0, 20)) == (20, 0)
