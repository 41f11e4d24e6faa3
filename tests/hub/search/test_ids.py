"""Ids of hops as moments."""

from __future__ import annotations

from hub.model.ids import mint
from hub.search.ids import floor_of, millisecond_of, minted_at
from tests.kit.indexing import NOW, id_at


def test_an_id_lies_between_the_floors_of_its_millisecond_and_the_next() -> None:
    for one in (mint(), id_at(NOW), id_at(NOW, 7)):
        assert floor_of(minted_at(one)) < one < floor_of(minted_at(one) + 1)
    assert minted_at(id_at(NOW)) == millisecond_of(NOW)


def test_what_bears_no_moment_is_as_old_as_can_be() -> None:
    assert (minted_at("hop-1"), minted_at("6ba7b810-9dad-41d1-80b4-00c04fd430c8")) == (0, 0)
    assert floor_of(-5) == floor_of(0) < id_at(NOW)
