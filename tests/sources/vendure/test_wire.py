"""Vendure's payloads: samples of a real server decode strictly."""

import json
from importlib.resources import files

import msgspec
import pytest

from hub.errors import SourceGarbled
from sources.kit.decoding import decoded
from sources.vendure.mapping import Reading
from sources.vendure.shelf import shelve
from sources.vendure.wire import VendureHook, VendureOrder
from sources.vendure.wire_answers import GraphQLAnswer, RowPage
from tests.sources.vendure.made import order_json

SAMPLES = files("sources.vendure").joinpath("samples")


def sample(name: str) -> bytes:
    return SAMPLES.joinpath(name).read_bytes()


def test_a_page_of_orders_of_a_real_shop_is_read_whole() -> None:
    answer = msgspec.json.decode(sample("orders.json"), type=GraphQLAnswer)
    assert answer.data is not None
    page = msgspec.json.decode(answer.data["orders"], type=RowPage)
    shelf = shelve(page.items, Reading(source="shop"))
    assert shelf.failed == {}
    assert {order.state for order in shelf.orders.values()} >= {"PaymentSettled", "Delivered", "Cancelled"}


def test_webhooks_of_a_real_shop_are_read() -> None:
    hooks = msgspec.json.decode(sample("webhooks.json"), type=list[VendureHook])
    assert {hook.type for hook in hooks} >= {"order.state", "order.placed", "fulfillment.state", "payment.state"}
    assert all(hook.order_id or hook.order_ids for hook in hooks)


@pytest.mark.parametrize("field", ["id", "code", "state", "lines", "totalWithTax", "currencyCode"])
def test_a_missing_field_is_garbled_with_its_path(field: str) -> None:
    broken = order_json()
    del broken[field]
    with pytest.raises(SourceGarbled, match=f"missing required field `{field}`") as said:
        decoded(msgspec.Raw(json.dumps(broken).encode()), VendureOrder, source="shop", at="$.order")
    assert str(said.value.facts["path"]).startswith("$.order")


def test_a_wrong_type_is_garbled_with_its_path() -> None:
    broken = order_json()
    broken["lines"][0]["quantity"] = "five"
    with pytest.raises(SourceGarbled) as said:
        decoded(msgspec.Raw(json.dumps(broken).encode()), VendureOrder, source="shop", at="$.order")
    assert said.value.facts["path"] == "$.order.lines[0].quantity"


def test_what_vendure_adds_later_is_ignored() -> None:
    grown = json.dumps(order_json(loyaltyPoints=7)).encode()
    assert msgspec.json.decode(grown, type=VendureOrder).id == "7"
