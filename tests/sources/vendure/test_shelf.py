"""A page of raw orders, sorted."""

import json

import msgspec
import pytest

from hub.errors import SourceGarbled
from sources.vendure.mapping import Reading
from sources.vendure.shelf import Shelf, shelve
from tests.sources.vendure.made import order_json


def shelved(*orders: dict[str, object]) -> Shelf:
    return shelve([msgspec.Raw(json.dumps(one).encode()) for one in orders], Reading(source="shop"))


def test_one_broken_order_fails_alone() -> None:
    shelf = shelved(order_json(id="1"), order_json(id="2", total="much"), order_json(id="3"))
    assert (list(shelf.orders), list(shelf.failed)) == (["1", "3"], ["2"])
    assert [one.id for one in shelf.listed] == ["1", "2", "3"]
    assert "$.data.orders.items[1].total" in shelf.failed["2"]


@pytest.mark.parametrize("change", [{"currencyCode": "EURO"}, {"orderPlacedAt": "yesterday"}])
def test_a_value_that_is_none_fails_its_order(change: dict[str, object]) -> None:
    assert list(shelved(order_json(**change)).failed) == ["7"]


def test_an_order_without_an_id_makes_the_page_garbled() -> None:
    broken = order_json()
    del broken["id"]
    with pytest.raises(SourceGarbled, match="id"):
        shelved(broken)


def test_a_cart_is_on_the_shelf_without_content() -> None:
    shelf = shelved(order_json(orderPlacedAt=None))
    assert [seen.content for seen in shelf.seen["7"]] == [None]
